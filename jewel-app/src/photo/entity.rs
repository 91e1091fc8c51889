//! Photos in the database: all their SQL.

use jewel_core::page::{Cursor, Paging};
use jewel_core::{Account, Id, Page, Timestamp, Tx, db};
use sqlx::FromRow;

use super::problem::RemovePhotoProblem;
use super::rules::PhotoFormat;

/// A photo that was uploaded.
#[derive(Debug, FromRow)]
pub struct Photo {
    pub(super) id: Id<Photo>,
    pub(super) name: String,
    pub(super) format: PhotoFormat,
    pub(super) bytes: i64,
    pub(super) width: i32,
    pub(super) height: i32,
    pub(super) created_at: Timestamp,
}

/// A photo that is to be written down.
#[derive(Debug)]
pub(super) struct Draft<'d> {
    pub(super) id: Id<Photo>,
    pub(super) account: Id<Account>,
    pub(super) name: &'d str,
    pub(super) format: PhotoFormat,
    pub(super) bytes: u64,
    pub(super) width: u32,
    pub(super) height: u32,
    pub(super) sha256: [u8; 32],
    pub(super) object: &'d str,
}

/// Writes a photo down whose bytes are in the store.
pub(super) async fn insert(tx: &mut Tx, draft: &Draft<'_>) -> Result<Photo, db::Error> {
    Ok(sqlx::query_as(
        "insert into photos \
            (id, account, name, format, bytes, width, height, sha256, object) \
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9) \
         returning id, name, format, bytes, width, height, created_at",
    )
    .bind(draft.id)
    .bind(draft.account)
    .bind(draft.name)
    .bind(draft.format)
    .bind(i64::try_from(draft.bytes).unwrap_or(i64::MAX))
    .bind(i32::try_from(draft.width).unwrap_or(i32::MAX))
    .bind(i32::try_from(draft.height).unwrap_or(i32::MAX))
    .bind(&draft.sha256[..])
    .bind(draft.object)
    .fetch_one(&mut *tx)
    .await?)
}

/// A photo of the transaction's account.
pub(super) async fn find(tx: &mut Tx, id: Id<Photo>) -> Result<Option<Photo>, db::Error> {
    Ok(sqlx::query_as(
        "select id, name, format, bytes, width, height, created_at from photos where id = $1",
    )
    .bind(id)
    .fetch_optional(&mut *tx)
    .await?)
}

/// An account's photos, newest first.
pub(super) async fn list(
    tx: &mut Tx,
    account: Id<Account>,
    part: &Paging,
) -> Result<Page<Photo>, db::Error> {
    let (after, size) = (part.start(), part.size());
    let rows: Vec<Photo> = sqlx::query_as(
        "select id, name, format, bytes, width, height, created_at from photos \
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

/// Deletes a photo that no unfinished shot needs; where its bytes are.
pub(super) async fn delete(tx: &mut Tx, id: Id<Photo>) -> Result<String, RemovePhotoProblem> {
    let found = sqlx::query_scalar("delete from photos where id = $1 returning object")
        .bind(id)
        .fetch_optional(&mut *tx)
        .await
        .map_err(|error| match db::Error::from(error) {
            error if error.constraint() == Some("shots_photo_needed") => RemovePhotoProblem::InUse,
            error => RemovePhotoProblem::Internal(error),
        })?;
    found.ok_or(RemovePhotoProblem::NotFound)
}
