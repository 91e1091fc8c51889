//! The handle on jobs that were enqueued: look, follow, cancel. An application has it as `State`.
//!
//! It shows every job to whoever asks, but for [`Jobs::work`]: whose job it is, the application
//! must know.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Instant;

use serde::de::DeserializeOwned;

use super::follow::{Follow, Follows};
use super::health::{Health, Stalled};
use super::queue::Register;
use super::task::Definition;
use super::ticket::{JobId, Status};
use super::wake::{self, Notice};
use super::{Enqueue, Work, announce, status, storage};
use crate::db::{self, Db};
use crate::id::Id;
use crate::tenant::Account;

/// Looks at, follows and cancels jobs.
///
/// ```no_run
/// # use jewel_core::job::{JobId, Jobs};
/// # async fn example(jobs: &Jobs, id: JobId) -> Result<(), jewel_core::db::Error> {
/// if let Some(mut follow) = jobs.follow(id).await? {
///     while let Some(status) = follow.next().await {
///         println!("{:?} {:?}", status.place, status.progress);
///     }
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct Jobs {
    db: Db,
    follows: Arc<Follows>,
    health: Arc<Health>,
}

/// What came of the wish to cancel a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cancel {
    /// It had not started, and never will.
    Cancelled,
    /// It runs: its worker will tell it. It may still finish its work.
    Requested,
    /// It is over, or there is no such job.
    Over,
    /// It kept moving: ask again.
    Busy,
}

impl Jobs {
    /// The jobs in this database. Give the queue a small pool of its own, of 4 connections, say, so
    /// that a busy application cannot starve its heartbeat.
    pub fn new(db: Db) -> Self {
        Self { db, follows: Arc::default(), health: Arc::default() }
    }

    /// Makes known what holds for these jobs and their queues: before the first one is enqueued,
    /// since a job goes by what was known then. A [`Worker`](super::Worker) does it by itself.
    ///
    /// # Errors
    /// Where the database does not answer.
    pub async fn declare(&self, definitions: &[Definition]) -> Result<(), db::Error> {
        Register::sync(&self.db, definitions, &[]).await.map(drop)
    }

    /// What is known of a job; `None` where there is none (yet: its transaction may be open).
    ///
    /// # Errors
    /// Where the database does not answer.
    pub async fn status(&self, id: JobId) -> Result<Option<Status>, db::Error> {
        Ok(self.statuses(&[id]).await?.remove(&id))
    }

    /// What is known of these jobs, by one query; those that there are not are missing.
    ///
    /// # Errors
    /// Where the database does not answer.
    pub async fn statuses(&self, ids: &[JobId]) -> Result<HashMap<JobId, Status>, db::Error> {
        if ids.is_empty() {
            return Ok(HashMap::new());
        }
        Ok(status::statuses(&self.db, ids).await?.into_iter().collect())
    }

    /// A job of kind `J` that was enqueued for this account, and what it returned; `None` where
    /// there is no such job.
    ///
    /// # Errors
    /// Where the database does not answer.
    pub async fn work<J: Enqueue, T: DeserializeOwned>(
        &self,
        account: Id<Account>,
        id: JobId,
    ) -> Result<Option<Work<T>>, db::Error> {
        if !status::is_of(&self.db, id, J::DECLARED.name, account).await? {
            return Ok(None);
        }
        Ok(self.status(id).await?.map(|status| Work::new(id, status)))
    }

    /// Follows a job; `None` where there is none. [`serve`](Self::serve) must be running.
    ///
    /// # Errors
    /// Where the database does not answer.
    pub async fn follow(&self, id: JobId) -> Result<Option<Follow>, db::Error> {
        let follow = self.follows.follow(id); // before looking: nothing in between is missed
        let found = status::statuses(&self.db, &[id]).await?;
        let known = !found.is_empty();
        self.follows.publish(&[id], found);
        Ok(known.then_some(follow))
    }

    /// Cancels a job: at once where it waits; where it runs, its worker is told.
    ///
    /// # Errors
    /// Where the database does not answer.
    pub async fn cancel(&self, id: JobId) -> Result<Cancel, db::Error> {
        let said = storage::cancel(&self.db, id).await?;
        let (came, notice, payload) = match said.as_str() {
            "cancelled" => (Cancel::Cancelled, Notice::Changed([id].into()), format!("job {id}")),
            "requested" => (Cancel::Requested, Notice::Cancel(id), format!("cancel {id}")),
            "busy" => return Ok(Cancel::Busy),
            _ => return Ok(Cancel::Over),
        };
        wake::tell(notice);
        if let Err(error) = storage::notify(&self.db, &payload).await {
            tracing::debug!(%error, "other processes hear of it later");
        }
        Ok(came)
    }

    /// Hears from other processes, tells them of what was enqueued here, and keeps followers up to
    /// date, until `shutdown`. Every process needs it running once; without it workers find new
    /// jobs by polling.
    pub async fn serve(&self, shutdown: impl Future<Output = ()>) {
        tokio::select! {
            () = wake::listen(&self.db) => {}
            () = announce::announce(&self.db) => {}
            () = self.follows.serve(&self.db) => {}
            () = shutdown => {}
        }
    }

    /// The queue, if there is one, whose first job has waited for more than a minute although this
    /// process's worker had a free slot all that time: it does not work as it should.
    pub fn stalled(&self) -> Option<Stalled> {
        self.health.stalled(Instant::now())
    }

    pub(super) fn db(&self) -> &Db {
        &self.db
    }

    pub(super) fn health(&self) -> &Arc<Health> {
        &self.health
    }
}
