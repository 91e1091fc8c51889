//! How much waits, runs and ended badly: counted where that is little, never among all jobs.

use std::time::Duration;

use serde::Serialize;

use crate::clock::Timestamp;
use crate::db;
use crate::job::Jobs;

/// How much waits, runs and ended badly.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Stats {
    /// By queue.
    pub queues: Vec<QueueStats>,
    /// By kind.
    pub kinds: Vec<KindStats>,
    /// Who works.
    pub workers: Workers,
    /// The length of time over which bad ends are counted, in seconds.
    pub bad_ends_within_s: u64,
}

/// What is in a queue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, sqlx::FromRow)]
pub struct QueueStats {
    /// Its name.
    pub queue: String,
    /// Since when nothing is taken from it, where it is paused.
    pub paused_at: Option<Timestamp>,
    /// Jobs that wait for a worker.
    pub ready: i64,
    /// Jobs that wait for their time.
    pub scheduled: i64,
    /// Jobs that wait for their next attempt.
    pub retrying: i64,
    /// Jobs that wait for others.
    pub blocked: i64,
    /// Jobs that workers have.
    pub running: i64,
    /// Since when the first in its order has waited for a worker, as well as one can tell.
    pub oldest_ready_at: Option<Timestamp>,
}

/// What there is of a kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, sqlx::FromRow)]
pub struct KindStats {
    /// Its name.
    pub kind: String,
    /// Jobs that wait for a worker.
    pub ready: i64,
    /// Jobs that wait for their time.
    pub scheduled: i64,
    /// Jobs that wait for their next attempt.
    pub retrying: i64,
    /// Jobs that wait for others.
    pub blocked: i64,
    /// Jobs that workers have.
    pub running: i64,
    /// Jobs that died lately.
    pub dead: i64,
    /// Jobs that were cancelled lately.
    pub cancelled: i64,
    /// Jobs whose workers died too often, lately.
    pub poisoned: i64,
}

/// Who works.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, sqlx::FromRow)]
pub struct Workers {
    /// Workers that live.
    pub alive: i64,
    /// Workers whose time ran out without a farewell and that nobody has declared dead yet.
    pub lost: i64,
}

impl Jobs {
    /// How much waits and runs, and what ended badly `within` that time. Cheap: completed jobs are
    /// not counted.
    ///
    /// # Errors
    /// Where the database does not answer.
    pub async fn stats(&self, within: Duration) -> Result<Stats, db::Error> {
        let queues = sqlx::query_as(
            "select queue, paused_at, ready, scheduled, retrying, blocked, running, \
                oldest_ready_at from jewel.queue_stats()",
        )
        .fetch_all(self.db())
        .await?;
        let kinds = sqlx::query_as(
            "select kind, ready, scheduled, retrying, blocked, running, dead, cancelled, \
                poisoned from jewel.kind_stats(now() - make_interval(secs => $1))",
        )
        .bind(within.as_secs_f64())
        .fetch_all(self.db())
        .await?;
        Ok(Stats {
            queues,
            kinds,
            workers: self.workers().await?,
            bad_ends_within_s: within.as_secs(),
        })
    }

    pub(super) async fn workers(&self) -> Result<Workers, db::Error> {
        Ok(sqlx::query_as(
            "select count(*) filter (where expires_at > now()) alive, \
                count(*) filter (where expires_at <= now()) lost \
             from jewel.worker where dead_at is null",
        )
        .fetch_one(self.db())
        .await?)
    }
}
