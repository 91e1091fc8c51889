//! Shots in the database: all their SQL.
//!
//! What ends a shot stands in `settle`, which ends its hold with it.

use jewel_core::db::{self, Db};
use jewel_core::job::JobId;
use jewel_core::{Account, Id, Timestamp, Tx, entity};
use sqlx::FromRow;

use super::problem::OrderProblem;
use super::rules::{FailureCode, ShotStatus};
use crate::credit::{Hold, Transfer};
use crate::photo::Photo;

/// A shot that was ordered, and what became of it.
#[entity(table = "shots", owner = account, fillfactor = 80,
    may(insert, update(status, ticket, problem, jpeg_bytes, webp_bytes, finished_at)),
    foreign(account, photo, to = Photo(account, id), on_delete = set_null(photo),
        name = shots_photo_known),
    foreign(hold, account, price, hold_kind, to = Transfer(id, account, amount, kind)),
    check("photo is not null or status in ('completed', 'failed', 'cancelled')",
        name = shots_photo_needed),
    check("(status in ('completed', 'failed', 'cancelled')) = (finished_at is not null)",
        name = shots_finished),
    check("(status = 'failed') = (problem is not null)", name = shots_failed),
    check("(status = 'completed') = (jpeg_bytes is not null)", name = shots_completed),
    check("(jpeg_bytes is null) = (webp_bytes is null)", name = shots_pictures),
    index(account, created_at desc, id desc, name = shots_list),
    index(account, photo, name = shots_photo))]
#[derive(Clone)]
pub struct Shot {
    /// Its identifier.
    #[key]
    pub(super) id: Id<Shot>,
    /// Whose it is.
    pub(super) account: Id<Account>,
    /// Nobody any more, once the photo is deleted.
    #[references(none)]
    pub(super) photo: Option<Id<Photo>>,
    /// The style's id.
    #[garde(pattern("^[a-z][a-z0-9-]{0,59}$"))]
    pub(super) style: String,
    /// What was wished for.
    #[pii]
    #[garde(length(chars, min = 1, max = 500))]
    pub(super) note: Option<String>,
    /// What it costs, in credits.
    #[check("price > 0")]
    pub(super) price: i64,
    /// The credits that are set aside for it: spent when it completes, released when it does not.
    #[unique]
    pub(super) hold: Id<Hold>,
    /// What that transfer has to be.
    #[generated("'hold'")]
    pub(super) hold_kind: Option<String>,
    /// The job that renders it.
    pub(super) job: JobId,
    /// Where it is.
    #[default("'queued'")]
    pub(super) status: ShotStatus,
    /// The name under which a renderer elsewhere knows it, while it works there.
    #[garde(length(chars, min = 1, max = 200))]
    pub(super) ticket: Option<String>,
    /// Why it failed.
    #[check("problem ~ '^[a-z][a-z_]{0,59}$'")]
    pub(super) problem: Option<FailureCode>,
    /// The JPEG's size.
    #[check("jpeg_bytes > 0")]
    pub(super) jpeg_bytes: Option<i64>,
    /// The WebP's size.
    #[check("webp_bytes > 0")]
    pub(super) webp_bytes: Option<i64>,
    /// When it was ordered.
    #[default("now()")]
    pub(super) created_at: Timestamp,
    /// When it changed last.
    #[default("now()")]
    pub(super) updated_at: Timestamp,
    /// When it was completed, failed or was cancelled.
    pub(super) finished_at: Option<Timestamp>,
    /// Counts its changes, so that whoever follows it can tell them apart.
    #[version]
    #[default("1")]
    pub(super) version: i32,
}

/// A move that a shot may make; the same table stands in `rules.rs`, and a test compares the two.
#[entity(table = "shot_moves", may())]
pub struct Move {
    /// From where.
    #[key]
    pub(super) was: String,
    /// To where.
    #[key]
    pub(super) now: String,
}

/// What an attempt needs to know.
#[derive(Debug, FromRow)]
pub(super) struct Work {
    pub(super) account: Id<Account>,
    pub(super) style: String,
    pub(super) note: Option<String>,
    pub(super) ticket: Option<String>,
    pub(super) object: String,
    pub(super) bytes: i64,
}

/// How a shot ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ending {
    /// With pictures of these sizes, in bytes.
    Completed { jpeg_bytes: u64, webp_bytes: u64 },
    /// Without.
    Failed(FailureCode),
    /// Nobody wants it any more.
    Cancelled,
}

/// Writes an order down.
pub(super) async fn insert(tx: &mut Tx, new: NewShot) -> Result<Shot, OrderProblem> {
    Shot::insert(tx, new).await.map_err(|error| match error {
        error if error.constraint() == Some("shots_photo_known") => OrderProblem::PhotoNotFound,
        error => OrderProblem::Internal(error),
    })
}

/// Begins an attempt, the first or another one; nothing where the shot is over.
pub(super) async fn start(tx: &mut Tx, id: Id<Shot>) -> Result<Option<Work>, db::Error> {
    let rendering = ShotStatus::Rendering;
    let mut from = rendering.reached_from();
    from.push(rendering.as_str());
    Ok(sqlx::query_as(
        "update shots s set status = $2 from photos p \
         where s.id = $1 and s.status = any($3) and p.id = s.photo \
         returning s.account, s.style, s.note, s.ticket, p.object, p.bytes",
    )
    .bind(id)
    .bind(rendering)
    .bind(from)
    .fetch_optional(&mut *tx)
    .await?)
}

/// Keeps the name under which a renderer elsewhere knows it.
pub(super) async fn keep_ticket(tx: &mut Tx, id: Id<Shot>, ticket: &str) -> Result<(), db::Error> {
    sqlx::query("update shots set ticket = $2 where id = $1 and status = 'rendering'")
        .bind(id)
        .bind(ticket)
        .execute(&mut *tx)
        .await?;
    Ok(())
}

/// Ends a shot, if it is where this ending is reached from; nothing where it is not.
pub(super) async fn end(
    tx: &mut Tx,
    id: Id<Shot>,
    ending: Ending,
) -> Result<Option<Shot>, db::Error> {
    let size = |bytes: u64| i64::try_from(bytes).unwrap_or(i64::MAX);
    let (status, problem, jpeg, webp) = match ending {
        Ending::Completed { jpeg_bytes, webp_bytes } => {
            (ShotStatus::Completed, None, Some(size(jpeg_bytes)), Some(size(webp_bytes)))
        }
        Ending::Failed(code) => (ShotStatus::Failed, Some(code), None, None),
        Ending::Cancelled => (ShotStatus::Cancelled, None, None, None),
    };
    let done = sqlx::query(
        "update shots set status = $2, problem = $3, jpeg_bytes = $4, webp_bytes = $5, \
            finished_at = now() \
         where id = $1 and status = any($6)",
    )
    .bind(id)
    .bind(status)
    .bind(problem)
    .bind(jpeg)
    .bind(webp)
    .bind(status.reached_from())
    .execute(&mut *tx)
    .await?;
    if done.rows_affected() == 0 { Ok(None) } else { Shot::get(tx, id).await }
}

/// Whose a shot is, whoever asks: for a link that proved that it may be read.
pub(super) async fn owner(db: &Db, id: Id<Shot>) -> Result<Option<Id<Account>>, db::Error> {
    Ok(sqlx::query_scalar("select account_of_shot($1)").bind(id).fetch_one(db).await?)
}

/// The name of the photo that a shot was made of, if it is still there.
pub(super) async fn photo_name(tx: &mut Tx, shot: &Shot) -> Result<Option<String>, db::Error> {
    Ok(sqlx::query_scalar("select name from photos where id = $1")
        .bind(shot.photo)
        .fetch_optional(&mut *tx)
        .await?)
}
