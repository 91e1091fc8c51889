//! The statements by which it is known how far jobs are: written by whoever runs them, read by
//! whoever follows them. Nothing depends on them.

use uuid::Uuid;

use super::sealed;
use super::ticket::{JobId, Place, Progress, Status};
use crate::db::{self, Db};
use crate::id::Id;
use crate::tenant::Account;

type Result<T> = std::result::Result<T, db::Error>;

/// Writes how far jobs are, and tells who follows them.
pub(super) async fn report(
    db: &Db,
    worker: i64,
    reports: &[(JobId, Uuid, Progress)],
) -> Result<()> {
    let ids: Vec<i64> = reports.iter().map(|(id, ..)| id.0).collect();
    let leases: Vec<Uuid> = reports.iter().map(|(_, lease, _)| *lease).collect();
    let percents: Vec<i16> = reports.iter().map(|(.., at)| i16::from(at.percent)).collect();
    let steps: Vec<&str> = reports.iter().map(|(.., at)| at.step.as_str()).collect();
    sqlx::query("select jewel.report($1, $2, $3, $4, $5)")
        .bind(worker)
        .bind(leases)
        .bind(ids)
        .bind(percents)
        .bind(steps)
        .execute(db)
        .await?;
    Ok(())
}

/// Forgets how far settled jobs were, and tells who follows them.
pub(super) async fn hush(db: &Db, ids: &[i64]) -> Result<()> {
    sqlx::query("select jewel.hush($1)").bind(ids).execute(db).await?;
    Ok(())
}

/// Whether there is such a job of this kind, for this account.
pub(super) async fn is_of(db: &Db, id: JobId, kind: &str, account: Id<Account>) -> Result<bool> {
    let sql = "select exists (select from jewel.job j join jewel.kind k on k.id = j.kind_id \
        where j.id = $1 and k.name = $2 and j.meta ->> 'account' = $3)";
    Ok(sqlx::query_scalar(sql).bind(id).bind(kind).bind(account.to_string()).fetch_one(db).await?)
}

/// What is known of these jobs; an unknown one is missing from the answer.
pub(super) async fn statuses(db: &Db, ids: &[JobId]) -> Result<Vec<(JobId, Status)>> {
    type Row = (JobId, String, i32, Option<i16>, Option<String>, Option<String>, Option<String>);
    let ids: Vec<i64> = ids.iter().map(|id| id.0).collect();
    let rows: Vec<Row> = sqlx::query_as(
        "select p.job_id, p.place, p.attempt::int, g.percent, g.step, f.result::text, k.name \
         from jewel.place p \
            left join jewel.progress g on g.job_id = p.job_id and p.place = 'running' \
            left join jewel.finished f on f.id = p.job_id and p.place = 'completed' \
            left join jewel.kind k on k.id = f.kind_id \
         where p.job_id = any($1)",
    )
    .bind(ids)
    .fetch_all(db)
    .await?;
    let status = |(id, place, attempt, percent, step, result, kind): Row| {
        let progress = percent
            .zip(step)
            .map(|(percent, step)| Progress { percent: percent.try_into().unwrap_or(0), step });
        let result = result.and_then(|json| serde_json::from_str(&json).ok());
        let result = kind.zip(result);
        let result = result.and_then(|(kind, value)| sealed::told(db.keys(), &kind, id, value));
        let attempt = attempt.try_into().unwrap_or(0);
        Place::parse(&place).map(|place| (id, Status { place, attempt, progress, result }))
    };
    Ok(rows.into_iter().filter_map(status).collect())
}
