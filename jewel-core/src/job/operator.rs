//! What people do with jobs: count them, run one again.

use sqlx::Row;

use super::jobs::Jobs;
use super::storage;
use super::ticket::JobId;
use crate::db;

impl Jobs {
    /// How many jobs of each kind are where: kind, place, count.
    ///
    /// # Errors
    /// Where the database does not answer.
    pub async fn census(&self) -> Result<Vec<(String, String, i64)>, db::Error> {
        let rows = sqlx::query(
            "select kind, state, count(*) from jewel.jobs group by kind, state order by 1, 2",
        )
        .fetch_all(self.db())
        .await?;
        let counted = |row: &sqlx::postgres::PgRow| {
            Ok::<_, sqlx::Error>((row.try_get(0)?, row.try_get(1)?, row.try_get(2)?))
        };
        Ok(rows.iter().map(counted).collect::<Result<_, _>>()?)
    }

    /// Makes a finished, dead or cancelled job ready again, its attempts counted from zero; says
    /// whether there was such a job.
    ///
    /// # Errors
    /// Where the database does not answer.
    pub async fn retry(&self, id: JobId) -> Result<bool, db::Error> {
        storage::retry(self.db(), id).await
    }
}
