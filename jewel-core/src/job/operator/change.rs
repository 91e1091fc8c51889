//! Changing what jobs and queues do: run again, with better arguments where those were wrong;
//! forget; pause and resume.
//!
//! Cancelling is not here: everybody may wish for that (`super::super::jobs`).

use serde_json::Value;

use crate::db;
use crate::job::{JobId, Jobs, MAX_ARGS, Place, sealed, storage};

/// Why nothing was done with a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// There is none of this number (any more).
    #[error("there is no such job")]
    Unknown,
    /// It is not over.
    #[error("it is {0}, and this is for jobs that are over; cancel it first")]
    Live(Place),
    /// Another job has its unique key meanwhile.
    #[error("another job holds its unique key; it can run once that one is over")]
    KeyTaken,
    /// Others wait for it, and would run as if it had done well.
    #[error("other jobs wait for it; cancel those first")]
    Awaited,
}

/// What became of each job: `None` where the wish was fulfilled.
pub type Verdicts = Vec<(JobId, Option<Refusal>)>;

/// How many jobs one statement changes.
const BATCH: usize = 500;

impl Jobs {
    /// Makes a finished, dead or cancelled job ready again, its attempts counted from zero; says
    /// whether there was such a job.
    ///
    /// # Errors
    /// Where the database does not answer.
    pub async fn retry(&self, id: JobId) -> Result<bool, db::Error> {
        Ok(self.retry_all(&[id]).await?.iter().all(|(_, refusal)| refusal.is_none()))
    }

    /// Makes jobs that are over ready again, their attempts counted from zero.
    ///
    /// # Errors
    /// Where the database does not answer: some may be ready then, and asking again does no harm.
    pub async fn retry_all(&self, ids: &[JobId]) -> Result<Verdicts, db::Error> {
        let mut verdicts = Vec::with_capacity(ids.len());
        for batch in ids.chunks(BATCH) {
            let moved: Vec<JobId> = sqlx::query_scalar("select jewel.retry($1)")
                .bind(numbers(batch))
                .fetch_all(self.db())
                .await?;
            self.wake(&moved).await?;
            verdicts.extend(self.verdicts(batch, &moved, Refusal::KeyTaken).await?);
        }
        Ok(verdicts)
    }

    /// Gives a job that is over other arguments and makes it ready again, its attempts counted from
    /// zero. Whether the arguments are those of its kind, its worker will find. The keys by which
    /// it is unique or limited stay those of its old arguments. Where the old ones are sealed, the
    /// new ones are.
    ///
    /// # Errors
    /// Where the database does not answer, the arguments are larger than [`MAX_ARGS`] or sealed
    /// already, or there is no key to seal them with: nothing has happened then.
    pub async fn mend(&self, id: JobId, args: &Value) -> Result<Option<Refusal>, db::Error> {
        self.mend_as(id, args, false).await
    }

    /// The same; `encrypted` where the program knows that the job is, whatever the old ones are.
    pub(crate) async fn mend_as(
        &self,
        id: JobId,
        args: &Value,
        encrypted: bool,
    ) -> Result<Option<Refusal>, db::Error> {
        let mut args = args.to_string();
        if args.len() > MAX_ARGS {
            let why = format!("the arguments have {} bytes, more than {MAX_ARGS}", args.len());
            return Err(sqlx::Error::Encode(why.into()).into());
        }
        if sealed::is_sealed(&args) {
            let why = "the arguments are sealed: say them as they are";
            return Err(sqlx::Error::Encode(why.into()).into());
        }
        let mut tx = self.db().begin(None).await?;
        let old: Option<(String, Value)> = sqlx::query_as(
            "select k.name, j.args from jewel.job j join jewel.kind k on k.id = j.kind_id \
             where j.id = $1",
        )
        .bind(id)
        .fetch_optional(&mut tx)
        .await?;
        if let Some((kind, old)) = old
            && (encrypted || sealed::sealed_key(&old).is_some())
        {
            let sealed = sealed::args(self.db().keys(), &kind, &args);
            args = sealed.map_err(|closed| sqlx::Error::Encode(closed.into()))?;
        }
        sqlx::query("select jewel.mend($1, $2::text::jsonb)")
            .bind(id)
            .bind(args)
            .execute(&mut tx)
            .await?;
        let moved: Vec<JobId> = sqlx::query_scalar("select jewel.retry(array[$1::bigint])")
            .bind(id)
            .fetch_all(&mut tx)
            .await?;
        if moved.is_empty() {
            tx.rollback().await?; // its key is taken: the arguments stay as they were
        } else {
            tx.commit().await?;
            self.wake(&moved).await?;
        }
        let verdicts = self.verdicts(&[id], &moved, Refusal::KeyTaken).await?;
        Ok(verdicts.into_iter().find_map(|(_, refusal)| refusal))
    }

    /// Forgets jobs that are over, with everything that was written about them. This cannot be
    /// undone.
    ///
    /// # Errors
    /// Where the database does not answer: some may be gone then, and asking again does no harm.
    pub async fn discard(&self, ids: &[JobId]) -> Result<Verdicts, db::Error> {
        let mut verdicts = Vec::with_capacity(ids.len());
        for batch in ids.chunks(BATCH) {
            let gone: Vec<JobId> = sqlx::query_scalar("select jewel.discard($1)")
                .bind(numbers(batch))
                .fetch_all(self.db())
                .await?;
            verdicts.extend(self.verdicts(batch, &gone, Refusal::Awaited).await?);
        }
        Ok(verdicts)
    }

    /// Takes nothing more from a queue; what runs finishes. Says whether there is such a queue.
    ///
    /// # Errors
    /// Where the database does not answer.
    pub async fn pause(&self, queue: &str) -> Result<bool, db::Error> {
        let known: Option<bool> =
            sqlx::query_scalar("select jewel.pause($1)").bind(queue).fetch_one(self.db()).await?;
        Ok(known.is_some())
    }

    /// Takes from a queue again. Says whether there is such a queue.
    ///
    /// # Errors
    /// Where the database does not answer.
    pub async fn resume(&self, queue: &str) -> Result<bool, db::Error> {
        let known: Option<bool> =
            sqlx::query_scalar("select jewel.resume($1)").bind(queue).fetch_one(self.db()).await?;
        if known.is_some() {
            // From the first place on: all that waited.
            storage::notify(self.db(), &format!("ready {queue} 0")).await?;
        }
        Ok(known.is_some())
    }

    /// Tells workers of jobs that became ready.
    pub(super) async fn wake(&self, ids: &[JobId]) -> Result<(), db::Error> {
        sqlx::query(
            "select jewel.wake(q.name, min(r.seq)) \
             from (select job_id, queue_id, seq from jewel.ready \
                union all select job_id, queue_id, seq from jewel.lane) r \
                join jewel.queue q on q.id = r.queue_id \
             where r.job_id = any($1) group by q.name",
        )
        .bind(numbers(ids))
        .execute(self.db())
        .await?;
        Ok(())
    }

    /// Why those were refused that are not among the `done`; `over` is the reason where a job is
    /// over and was refused all the same.
    async fn verdicts(
        &self,
        ids: &[JobId],
        done: &[JobId],
        over: Refusal,
    ) -> Result<Verdicts, db::Error> {
        let refused: Vec<JobId> = ids.iter().filter(|id| !done.contains(id)).copied().collect();
        let found = self.statuses(&refused).await?;
        let verdict = |id: &JobId| {
            let refusal = (!done.contains(id)).then(|| match found.get(id) {
                None => Refusal::Unknown,
                Some(status) if status.place.is_final() => over,
                Some(status) => Refusal::Live(status.place),
            });
            (*id, refusal)
        };
        Ok(ids.iter().map(verdict).collect())
    }
}

fn numbers(ids: &[JobId]) -> Vec<i64> {
    ids.iter().map(|id| id.0).collect()
}
