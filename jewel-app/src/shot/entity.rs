//! Shots in the database: all their SQL.
//!
//! What ends a shot stands in `settle`, which ends its hold with it.

use jewel_core::db::{self, Db};
use jewel_core::job::JobId;
use jewel_core::page::{Cursor, Paging};
use jewel_core::{Account, Id, Page, Timestamp, Tx};
use sqlx::FromRow;

use super::problem::OrderProblem;
use super::rules::{FailureCode, ShotStatus};
use crate::credit::Hold;
use crate::photo::Photo;

/// A shot that was ordered.
#[derive(Debug, Clone, FromRow)]
pub struct Shot {
    pub(super) id: Id<Shot>,
    pub(super) photo: Option<Id<Photo>>,
    pub(super) style: String,
    pub(super) note: Option<String>,
    pub(super) price: i64,
    pub(super) hold: Id<Hold>,
    pub(super) job: JobId,
    pub(super) status: ShotStatus,
    pub(super) problem: Option<FailureCode>,
    pub(super) created_at: Timestamp,
    pub(super) finished_at: Option<Timestamp>,
}

/// A shot that is to be written down.
#[derive(Debug)]
pub(super) struct Draft<'d> {
    pub(super) id: Id<Shot>,
    pub(super) account: Id<Account>,
    pub(super) photo: Id<Photo>,
    pub(super) style: &'d str,
    pub(super) note: Option<&'d str>,
    pub(super) price: i64,
    pub(super) hold: Id<Hold>,
    pub(super) job: JobId,
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
pub(super) async fn insert(tx: &mut Tx, draft: &Draft<'_>) -> Result<Shot, OrderProblem> {
    sqlx::query_as(
        "insert into shots (id, account, photo, style, note, price, hold, job) \
         values ($1, $2, $3, $4, $5, $6, $7, $8) \
         returning id, photo, style, note, price, hold, job, status, problem, \
            created_at, finished_at",
    )
    .bind(draft.id)
    .bind(draft.account)
    .bind(draft.photo)
    .bind(draft.style)
    .bind(draft.note)
    .bind(draft.price)
    .bind(draft.hold)
    .bind(draft.job)
    .fetch_one(&mut *tx)
    .await
    .map_err(|error| match db::Error::from(error) {
        error if error.constraint() == Some("shots_photo_known") => OrderProblem::PhotoNotFound,
        error => OrderProblem::Internal(error),
    })
}

/// A shot of the transaction's account.
pub(super) async fn find(tx: &mut Tx, id: Id<Shot>) -> Result<Option<Shot>, db::Error> {
    Ok(sqlx::query_as(
        "select id, photo, style, note, price, hold, job, status, problem, created_at, \
            finished_at \
         from shots where id = $1",
    )
    .bind(id)
    .fetch_optional(&mut *tx)
    .await?)
}

/// An account's shots, newest first.
pub(super) async fn list(
    tx: &mut Tx,
    account: Id<Account>,
    part: &Paging,
) -> Result<Page<Shot>, db::Error> {
    let (after, size) = (part.start(), part.size());
    let rows: Vec<Shot> = sqlx::query_as(
        "select id, photo, style, note, price, hold, job, status, problem, created_at, \
            finished_at \
         from shots \
         where account = $1 and (created_at, id) < ($2, $3) \
         order by created_at desc, id desc limit $4",
    )
    .bind(account)
    .bind(after.at)
    .bind(after.id)
    .bind(i64::from(size) + 1)
    .fetch_all(&mut *tx)
    .await?;
    Ok(Page::cut(rows, size, |row| Cursor { at: row.created_at, id: row.id.uuid() }))
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
    Ok(sqlx::query_as(
        "update shots set status = $2, problem = $3, jpeg_bytes = $4, webp_bytes = $5, \
            finished_at = now() \
         where id = $1 and status = any($6) \
         returning id, photo, style, note, price, hold, job, status, problem, \
            created_at, finished_at",
    )
    .bind(id)
    .bind(status)
    .bind(problem)
    .bind(jpeg)
    .bind(webp)
    .bind(status.reached_from())
    .fetch_optional(&mut *tx)
    .await?)
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
