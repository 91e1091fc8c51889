//! Every form of a right endpoint, under the lints that an application may deny.

#![deny(missing_docs, unused, clippy::pedantic)]
#![expect(dead_code, reason = "it need only compile")]

use jewel_core::http::{Call, Extract, NoContent, Reject};
use jewel_core::manifest::Describe;
use jewel_core::{
    Accepted, Account, Body, Caller, Id, Path, Problem, Public, Query, State, Tx, User, delete,
    endpoints, get, input, output, patch, post, put,
};

/// Names a photo.
#[derive(Debug)]
pub(crate) enum Photo {}

/// What can go wrong.
#[derive(Debug, thiserror::Error, Problem)]
pub(crate) enum ShotProblem {
    /// Too poor.
    #[error("this shot costs {need} credits and {have} are left")]
    #[problem(402, "insufficient_credits")]
    InsufficientCredits {
        /// What it costs.
        need: i64,
        /// What is left.
        have: i64,
    },
    /// Ours.
    #[error("internal error")]
    #[problem(internal)]
    Internal(#[from] jewel_core::db::Error),
}

/// An order.
#[input]
pub(crate) struct OrderShot {
    /// Which look.
    #[garde(length(chars, min = 1, max = 60))]
    pub style: String,
    /// Anything else.
    #[garde(length(chars, max = 500))]
    #[serde(default)]
    pub note: Option<String>,
    /// In a hurry.
    pub urgent: bool,
    /// After which.
    pub after: Option<Id<Photo>>,
}

/// A shot.
#[output]
pub(crate) struct ShotView {
    /// Which.
    pub id: Id<Photo>,
}

/// Order a shot
/// of a photo.
///
/// Holds the credits.
///
/// Then renders.
#[post("/v1/photos/{photo}/shots",
    access(account),
    limit(30 / minute, per = account),
    limit(3 / second),
    idempotent,
    slo(p95 = 200ms, available = 99.9),
    deadline = 30s,
    body = 10MiB)]
pub(crate) async fn order(
    caller: Caller<Account>,
    photo: Path<Id<Photo>>,
    order: Body<OrderShot>,
    tx: &mut Tx,
) -> Result<Accepted<ShotView>, ShotProblem> {
    let _ = (&caller, &order.style, &order.note, order.urgent, order.after, &mut *tx);
    Ok(Accepted::at(api::show::path(*photo), ShotView { id: *photo }))
}

/// In a module, not public, and with types under another path.
pub(crate) mod api {
    use super::{Caller, Id, NoContent, Photo, ShotProblem, ShotView, User, get};
    use jewel_core::http as web;

    /// Show a shot.
    #[get("/v1/shots/{shot}", access(user))]
    pub(crate) async fn show(
        _: Caller<User>,
        shot: web::Path<Id<Photo>>,
    ) -> Result<ShotView, ShotProblem> {
        Ok(ShotView { id: *shot })
    }

    #[cfg(any())]
    /// Not there.
    #[get("/v1/nothing", access(public))]
    pub async fn nothing() -> Missing {}

    /// Not there either.
    #[get("/v1/nothing", access(public))]
    #[cfg(any())]
    pub async fn nothing() -> Missing {}

    /// Nothing at all.
    #[get("/", access(public))]
    pub(super) async fn root() -> Result<NoContent, ShotProblem> {
        Ok(NoContent)
    }
}

/// An argument of its own.
pub(crate) struct Language(String);

impl Extract for Language {
    fn extract(call: &mut Call, _: &'static str) -> Result<Self, Reject> {
        let header = call.parts().headers.get("accept-language");
        Ok(Self(header.and_then(|value| value.to_str().ok()).unwrap_or("en").to_owned()))
    }

    fn describe(_: &'static str, _: &mut Describe) {}
}

/// Which ones.
#[input]
struct Filter {
    /// From where.
    #[garde(range(min = 1, max = 100))]
    size: u16,
}

/// List them.
#[get("/v1/shots", access(public), limit(1 / hour, per = global))]
async fn list(
    caller: Caller<Public>,
    filter: Query<Filter>,
    language: Language,
    settings: State<u32>,
) -> Result<NoContent, ShotProblem> {
    let _ = (caller, filter.size, &language.0, *settings);
    Ok(NoContent)
}

/// Replace one; an argument may be called like the function, or like what is written around it.
#[put("/v1/photos/{call}/{replace}/{tx}", access(user))]
async fn replace(
    call: Path<u8>,
    replace: Path<String>,
    tx: Path<u64>,
    head: Body<OrderShot>,
) -> Result<NoContent, ShotProblem> {
    let _ = (call, replace, tx, head);
    Ok(NoContent)
}

/// Change one.
#[patch("/v1/photos/{photo}", access(user), repeatable)]
async fn change(tx: &mut Tx, photo: Path<Id<Photo>>) -> Result<NoContent, ShotProblem> {
    let _ = (tx, photo);
    Ok(NoContent)
}

/// Remove one.
#[delete("/v1/photos/{photo}", access(user))]
async fn remove(photo: Path<Id<Photo>>) -> Result<NoContent, ShotProblem> {
    let _ = photo;
    Ok(NoContent)
}

/// Everything that is mounted.
pub(crate) fn routes() -> &'static [jewel_core::http::Route] {
    endpoints![order, api::show, api::root, list, replace, change, remove]
}

/// URLs of operations that are not public either: a path is as visible as its function.
pub(crate) fn urls() -> [jewel_core::http::Url; 2] {
    [api::root::path(), replace::path(7, "a/b ä?", "~x")]
}
