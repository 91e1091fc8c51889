//! Order, list, show and cancel shots.

use std::time::Duration;

use jewel_core::db::Db;
use jewel_core::job::{Enqueue, JobId, Jobs};
use jewel_core::live::{self, Followed};
use jewel_core::page::Paging;
use jewel_core::{
    Accepted, Account, Body, Caller, Id, NoContent, Page, Path, Query, State, Tx, delete, get,
    input, post,
};

use super::entity::{self, Ending, NewShot, Shot};
use super::jobs::{Reconcile, Render};
use super::problem::{CancelProblem, ListShotsProblem, OrderProblem, ShotProblem};
use super::settle::settle;
use super::view::ShotView;
use crate::credit;
use crate::photo::Photo;
use crate::style::Catalogue;

/// When an order is looked after first: by then most are finished.
const LOOK_AFTER: Duration = Duration::from_mins(5);

/// What is to be made of a photo.
#[input]
pub struct OrderShot {
    /// The style's id, one of `/v1/styles`.
    #[garde(length(chars, min = 1, max = 60))]
    pub style: String,
    /// A wish, in your own words.
    #[garde(length(chars, min = 1, max = 500), pattern("^[^\\x00]*$"))]
    pub note: Option<String>,
}

/// Start a studio shot of a photo.
///
/// Holds the credits, then renders in the background; follow it at `/v1/shots/{shot}/events`. The
/// credits are spent when it completes, and free again when it fails or is cancelled.
#[post("/v1/photos/{photo}/shots",
    access(account),
    limit(30 / minute, per = account),
    idempotent,
    slo(p95 = 200ms, available = 99.9))]
pub async fn order(
    caller: Caller<Account>,
    photo: Path<Id<Photo>>,
    order: Body<OrderShot>,
    catalogue: State<Catalogue>,
    tx: &mut Tx,
) -> Result<Accepted<ShotView>, OrderProblem> {
    let OrderShot { style, note } = order.into_inner();
    let Some(style) = catalogue.find(&style) else {
        return Err(OrderProblem::UnknownStyle { style });
    };
    let (id, account) = (Id::new(), caller.account());
    let ticket = Render { shot: id, account }.enqueue(tx).await?;
    let _ = Reconcile { shot: id }.enqueue_in(LOOK_AFTER, tx).await?;
    // The balance is locked from here to the commit, so this comes late.
    let hold = credit::hold(tx, account, id.uuid(), style.price).await?;
    let new = NewShot {
        id,
        account,
        photo: Some(*photo),
        style: style.id.to_owned(),
        note,
        price: style.price,
        hold,
        job: ticket.id,
        ticket: None,
        problem: None,
        jpeg_bytes: None,
        webp_bytes: None,
        finished_at: None,
    };
    let shot = entity::insert(tx, new).await?;
    Ok(Accepted::at(show::path(shot.id), shot.into()))
}

/// List my shots, newest first.
#[get("/v1/shots", access(account), slo(p95 = 200ms))]
pub async fn list(
    caller: Caller<Account>,
    part: Query<Paging>,
    db: State<Db>,
    jobs: State<Jobs>,
) -> Result<Page<ShotView>, ListShotsProblem> {
    let mut tx = db.begin(Some(caller.account())).await?;
    let page = Shot::page(&mut tx, caller.account(), &part).await?;
    tx.commit().await?;
    let open: Vec<JobId> =
        page.items.iter().filter(|shot| !shot.status.is_over()).map(|shot| shot.job).collect();
    let statuses = jobs.statuses(&open).await?;
    Ok(page.map(|shot| {
        let status = statuses.get(&shot.job);
        let mut view = ShotView::from(shot);
        if let Some(status) = status {
            view.tell(status);
        }
        view
    }))
}

/// Show a shot.
///
/// Asked again and again it tells the same story as the shot's events.
#[get("/v1/shots/{shot}", access(account), slo(p95 = 200ms))]
pub async fn show(
    caller: Caller<Account>,
    shot: Path<Id<Shot>>,
    db: State<Db>,
    jobs: State<Jobs>,
) -> Result<ShotView, ShotProblem> {
    let found = find(&db, &caller, *shot).await?;
    Ok(live::present(&jobs, found.job, found.into()).await?)
}

/// Cancel a shot.
///
/// It may be waiting or in the making; its credits are free again at once.
#[delete("/v1/shots/{shot}", access(account), slo(p95 = 200ms))]
pub async fn cancel(
    caller: Caller<Account>,
    shot: Path<Id<Shot>>,
    db: State<Db>,
    jobs: State<Jobs>,
) -> Result<NoContent, CancelProblem> {
    let mut tx = db.begin(Some(caller.account())).await?;
    let Some(cancelled) = settle(&mut tx, *shot, Ending::Cancelled).await? else {
        let found = Shot::get(&mut tx, *shot).await?.ok_or(CancelProblem::NotFound)?;
        return Err(CancelProblem::AlreadyFinished { shot: found.status });
    };
    tx.commit().await?;
    // A job that does not hear of it finds the shot cancelled.
    if let Err(error) = jobs.cancel(cancelled.job).await {
        tracing::warn!(%error, shot = %cancelled.id, "the job of a cancelled shot was not told");
    }
    Ok(NoContent)
}

/// A shot of the caller's, in a transaction no longer than the look.
pub(super) async fn find(
    db: &Db,
    caller: &Caller<Account>,
    id: Id<Shot>,
) -> Result<Shot, ShotProblem> {
    let mut tx = db.begin(Some(caller.account())).await?;
    let found = Shot::get(&mut tx, id).await?;
    tx.commit().await?;
    found.ok_or(ShotProblem::NotFound)
}
