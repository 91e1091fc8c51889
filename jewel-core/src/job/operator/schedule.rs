//! Schedules as operators see them: what they enqueue, when next, and whether they are paused.
//!
//! When a schedule's job is due is decided elsewhere, by whoever keeps the time.

use serde::Serialize;

use crate::clock::Timestamp;
use crate::db;
use crate::job::{JobId, Jobs};

/// A job that is enqueued by the clock.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, sqlx::FromRow)]
pub struct Schedule {
    /// Its name.
    pub name: String,
    /// What it enqueues.
    pub kind: String,
    /// Where that waits.
    pub queue: String,
    /// When, as a cron expression.
    pub expression: String,
    /// The time zone in which the expression is meant.
    pub zone: String,
    /// When next.
    pub next_at: Timestamp,
    /// Since when it is paused, where it is.
    pub paused_at: Option<Timestamp>,
}

impl Jobs {
    /// All schedules, by name.
    ///
    /// # Errors
    /// Where the database does not answer.
    pub async fn schedules(&self) -> Result<Vec<Schedule>, db::Error> {
        Ok(sqlx::query_as(
            "select c.name, k.name kind, q.name queue, c.expr expression, c.tz zone, c.next_at, \
                c.paused_at \
             from jewel.cron c \
                join jewel.kind k on k.id = c.kind_id \
                join jewel.queue q on q.id = c.queue_id \
             order by c.name",
        )
        .fetch_all(self.db())
        .await?)
    }

    /// Lets a schedule enqueue nothing until it is resumed. Says whether there is such a schedule.
    ///
    /// # Errors
    /// Where the database does not answer.
    pub async fn pause_schedule(&self, name: &str) -> Result<bool, db::Error> {
        self.set_paused(name, true).await
    }

    /// Lets a schedule enqueue again; what its annotation says of missed times is done about those
    /// that passed meanwhile. Says whether there is such a schedule.
    ///
    /// # Errors
    /// Where the database does not answer.
    pub async fn resume_schedule(&self, name: &str) -> Result<bool, db::Error> {
        self.set_paused(name, false).await
    }

    /// Enqueues a schedule's job now, paused or not; its next time stays what it was. `None` where
    /// there is no such schedule.
    ///
    /// # Errors
    /// Where the database does not answer.
    pub async fn run_schedule(&self, name: &str) -> Result<Option<JobId>, db::Error> {
        let id: Option<JobId> =
            sqlx::query_scalar("select jewel.cron_run($1)").bind(name).fetch_one(self.db()).await?;
        if let Some(id) = id {
            self.wake(&[id]).await?;
        }
        Ok(id)
    }

    async fn set_paused(&self, name: &str, pause: bool) -> Result<bool, db::Error> {
        let known: Option<bool> = sqlx::query_scalar("select jewel.cron_pause($1, $2)")
            .bind(name)
            .bind(pause)
            .fetch_one(self.db())
            .await?;
        Ok(known.is_some())
    }
}
