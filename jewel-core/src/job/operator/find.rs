//! Finding jobs: by where they are, kind, queue and time, the newest first.

use std::time::Duration;

use serde::Serialize;

use crate::clock::Timestamp;
use crate::db;
use crate::job::{JobId, Jobs, Place};

/// Which jobs; empty lists and `None` mean all.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// Where they are.
    pub states: Vec<Place>,
    /// Their kinds, by name.
    pub kinds: Vec<String>,
    /// Their queues, by name.
    pub queues: Vec<String>,
    /// Bad ends of at most so long ago; of others, what was enqueued at most so long ago. By the
    /// database's clock.
    pub since: Option<Duration>,
    /// Only those that a list which ended with this job left out: the older ones.
    pub after: Option<JobId>,
}

/// A job in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, sqlx::FromRow)]
pub struct Found {
    /// Its number.
    pub id: JobId,
    /// What it does.
    pub kind: String,
    /// Where it waits.
    pub queue: String,
    /// 0 runs first.
    pub priority: i16,
    /// Where it is.
    #[sqlx(try_from = "String")]
    pub state: Place,
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
    /// The worker that has it, or had it last.
    pub worker_id: Option<i64>,
    /// What its last failure said.
    pub error: Option<String>,
}

impl Jobs {
    /// The newest `most` jobs that pass the filter, the newest first. The next ones come with
    /// [`Filter::after`].
    ///
    /// A job in no place, which there should not be, is not found: [`Jobs::check`] tells of it.
    ///
    /// ```no_run
    /// # use jewel_core::job::{Jobs, Place, operator::Filter};
    /// # async fn example(jobs: &Jobs) -> Result<(), jewel_core::db::Error> {
    /// let dead = Filter { states: vec![Place::Dead], ..Filter::default() };
    /// for job in jobs.list(&dead, 50).await? {
    ///     println!("{} {}: {}", job.id, job.kind, job.error.unwrap_or_default());
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// Where the database does not answer, or would take too long: completed jobs of a kind that
    /// hardly any are of are looked for among all.
    pub async fn list(&self, filter: &Filter, most: u32) -> Result<Vec<Found>, db::Error> {
        let states: Vec<&str> = filter.states.iter().map(|place| place.as_str()).collect();
        Ok(sqlx::query_as(
            "select id, kind, queue, priority, state, attempt, created_at, run_at, started_at, \
                finished_at, worker_id, error \
             from jewel.find($1, $2, $3, now() - make_interval(secs => $4), $5, $6)",
        )
        .bind(some(&states))
        .bind(some(&filter.kinds))
        .bind(some(&filter.queues))
        .bind(filter.since.map(|since| since.as_secs_f64()))
        .bind(filter.after.map_or(i64::MAX, |id| id.0))
        .bind(i32::try_from(most).unwrap_or(i32::MAX))
        .fetch_all(self.db())
        .await?)
    }

    /// The numbers of all jobs that pass the filter, the newest first.
    ///
    /// # Errors
    /// As [`Jobs::list`].
    pub async fn select(&self, filter: &Filter) -> Result<Vec<JobId>, db::Error> {
        let mut filter = filter.clone();
        let mut all = Vec::new();
        loop {
            let page = self.list(&filter, PAGE).await?;
            all.extend(page.iter().map(|found| found.id));
            if page.len() < PAGE as usize {
                return Ok(all);
            }
            filter.after = all.last().copied();
        }
    }

    /// The names of all kinds that were ever enqueued or declared.
    ///
    /// # Errors
    /// Where the database does not answer.
    pub async fn kinds(&self) -> Result<Vec<String>, db::Error> {
        Ok(sqlx::query_scalar("select name from jewel.kind order by name")
            .fetch_all(self.db())
            .await?)
    }

    /// The names of all queues.
    ///
    /// # Errors
    /// Where the database does not answer.
    pub async fn queues(&self) -> Result<Vec<String>, db::Error> {
        Ok(sqlx::query_scalar("select name from jewel.queue order by name")
            .fetch_all(self.db())
            .await?)
    }
}

/// How many jobs one statement selects.
const PAGE: u32 = 1000;

/// An empty list filters nothing.
fn some<T>(list: &[T]) -> Option<&[T]> {
    (!list.is_empty()).then_some(list)
}
