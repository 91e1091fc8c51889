//! Everything that is known of one job.

use serde::Serialize;
use serde_json::Value;
use uuid::Uuid;

use crate::clock::Timestamp;
use crate::db;
use crate::job::{Closed, JobId, Jobs, Place, sealed};

/// Everything that is known of one job.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Detail {
    /// Itself.
    #[serde(flatten)]
    pub standing: Standing,
    /// The worker that has it, or had it last.
    pub worker: Option<Holder>,
    /// What went wrong so far, the oldest first.
    pub failures: Vec<Failure>,
    /// The jobs that must do well before it may run.
    pub waits_for: Vec<JobId>,
    /// The jobs that may not run before it did well.
    pub awaited_by: Vec<JobId>,
}

/// A job as it stands.
#[derive(Debug, Clone, PartialEq, Serialize, sqlx::FromRow)]
pub struct Standing {
    /// Its number.
    pub id: JobId,
    /// What it does.
    pub kind: String,
    /// Where it waits.
    pub queue: String,
    /// 0 runs first.
    pub priority: i16,
    /// Where it is; `None` breaks the law that every job is somewhere.
    #[sqlx(try_from = "Word")]
    pub state: Option<Place>,
    /// The attempt that runs, or the last that did; 0 before the first.
    pub attempt: i16,
    /// When it was enqueued.
    pub created_at: Timestamp,
    /// When it is due, where it waits for a time.
    pub run_at: Option<Timestamp>,
    /// When the attempt began that runs, or was the last.
    pub started_at: Option<Timestamp>,
    /// When it ended, where it is over.
    pub finished_at: Option<Timestamp>,
    /// Its arguments; of an encrypted job `{"$sealed": ".."}`, until they are
    /// [revealed](Jobs::reveal).
    pub args: Value,
    /// What it carries beside them: the account, the trace.
    pub meta: Option<Value>,
    /// What it returned; sealed like its arguments.
    pub result: Option<Value>,
    /// How far it says it is, in percent, while it runs.
    pub percent: Option<i16>,
    /// What it says it is doing.
    pub step: Option<String>,
    /// The lease under which it runs.
    pub lease: Option<Uuid>,
    /// How many workers were lost while they had it, in a row; known while it runs.
    pub crashes: Option<i16>,
    /// Whether it runs and was asked to stop.
    pub cancel_requested: bool,
    /// The lane in which it waits, in a queue with limits.
    pub lane_key: Option<i64>,
    /// Whether it keeps others of its unique key out.
    pub holds_key: bool,
}

/// A place, or nowhere.
#[derive(sqlx::Type)]
#[sqlx(transparent)]
struct Word(Option<String>);

impl TryFrom<Word> for Option<Place> {
    type Error = String;

    fn try_from(Word(word): Word) -> Result<Self, String> {
        word.map(Place::try_from).transpose()
    }
}

/// A worker that has or had a job.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, sqlx::FromRow)]
pub struct Holder {
    /// Its number, never used again.
    pub id: i64,
    /// Its name; `None` where it was forgotten.
    pub name: Option<String>,
    /// When it started.
    pub started_at: Option<Timestamp>,
    /// Whether it lives.
    pub alive: bool,
}

/// What went wrong in an attempt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, sqlx::FromRow)]
pub struct Failure {
    /// The attempt.
    pub attempt: i16,
    /// When.
    pub at: Timestamp,
    /// `error`, `panic`, `timeout`, `worker_lost` or `cancelled`.
    pub reason: String,
    /// What it said.
    pub message: Option<String>,
    /// The worker that had it.
    pub worker_id: Option<i64>,
}

impl Jobs {
    /// Everything that is known of a job; `None` where there is none.
    ///
    /// # Errors
    /// Where the database does not answer.
    pub async fn show(&self, id: JobId) -> Result<Option<Detail>, db::Error> {
        let Some(standing) = self.standing(id).await? else { return Ok(None) };
        let worker = sqlx::query_as(
            "select t.id, w.name, w.started_at, \
                coalesce(w.dead_at is null and w.expires_at > now(), false) alive \
             from (select worker_id from jewel.running where job_id = $1 \
                union all select worker_id from jewel.finished where id = $1) t (id) \
                left join jewel.worker w on w.id = t.id \
             where t.id is not null limit 1",
        )
        .bind(id)
        .fetch_optional(self.db())
        .await?;
        let failures = sqlx::query_as(
            "select attempt, at, message, worker_id, coalesce((array['error', 'panic', \
                'timeout', 'worker_lost', 'cancelled'])[reason], 'unknown') reason \
             from jewel.failure where job_id = $1 order by at, attempt",
        )
        .bind(id)
        .fetch_all(self.db())
        .await?;
        let (waits_for, awaited_by) = sqlx::query_as(
            "select array(select parent_id from jewel.dep where child_id = $1 order by 1), \
                array(select child_id from jewel.dep where parent_id = $1 order by 1)",
        )
        .bind(id)
        .fetch_one(self.db())
        .await?;
        let ids = |list: Vec<i64>| list.into_iter().map(JobId).collect();
        let (waits_for, awaited_by) = (ids(waits_for), ids(awaited_by));
        Ok(Some(Detail { standing, worker, failures, waits_for, awaited_by }))
    }

    /// Opens what is sealed of a job, where these keys do. It is secret: ask whether whoever sees
    /// it may.
    ///
    /// # Errors
    /// Where the handle's database has no keys, or not the right one, or the text was altered.
    pub fn reveal(&self, mut detail: Detail) -> Result<Detail, Closed> {
        let (keys, job) = (self.db().keys(), &mut detail.standing);
        job.args = sealed::shown_args(keys, &job.kind, job.args.take())?;
        if let Some(result) = job.result.take() {
            job.result = Some(sealed::shown_result(keys, &job.kind, job.id, result)?);
        }
        Ok(detail)
    }

    async fn standing(&self, id: JobId) -> Result<Option<Standing>, db::Error> {
        Ok(sqlx::query_as(
            "select j.id, k.name kind, q.name queue, j.priority, p.place state, \
                coalesce(p.attempt, 0)::smallint attempt, j.created_at, p.run_at, \
                coalesce(r.claimed_at, f.started_at) started_at, f.finished_at, j.args, j.meta, \
                f.result, g.percent, g.step, r.lease, r.crashes, \
                coalesce(r.cancel_requested, false) cancel_requested, j.lane_key, \
                exists (select from jewel.unique_lock u where u.job_id = j.id) holds_key \
             from jewel.job j \
                join jewel.kind k on k.id = j.kind_id \
                join jewel.queue q on q.id = j.queue_id \
                left join jewel.place p on p.job_id = j.id \
                left join jewel.finished f on f.id = j.id \
                left join jewel.running r on r.job_id = j.id \
                left join jewel.progress g on g.job_id = j.id and p.place = 'running' \
             where j.id = $1 limit 1",
        )
        .bind(id)
        .fetch_optional(self.db())
        .await?)
    }
}
