//! The statements by which what is over is forgotten, and room is made ahead. Nothing is decided
//! here.

use crate::db::{self, Db};

type Result<T> = std::result::Result<T, db::Error>;

/// Forgets workers that died days ago, and how far jobs were that are over.
pub(super) async fn prune(db: &Db, most: i32) -> Result<()> {
    sqlx::query("select jewel.prune($1)").bind(most).execute(db).await?;
    Ok(())
}

/// Makes a table of the next range of ids, where it is time; its name.
pub(super) async fn extend(db: &Db) -> Result<Option<String>> {
    Ok(sqlx::query_scalar("select jewel.extend()").fetch_one(db).await?)
}

/// Drops the ranges of ids of which nothing is to be kept; how many.
pub(super) async fn retire(db: &Db) -> Result<i32> {
    Ok(sqlx::query_scalar("select jewel.retire_old()").fetch_one(db).await?)
}

/// Forgets jobs behind an id that are over for long; where to go on, if there are more.
pub(super) async fn forget(db: &Db, after: i64, most: i32) -> Result<Option<i64>> {
    Ok(sqlx::query_scalar("select jewel.forget($1, $2)")
        .bind(after)
        .bind(most)
        .fetch_one(db)
        .await?)
}
