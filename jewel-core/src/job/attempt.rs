//! What a job's function is told of its own attempt: the argument `job: &mut Job`.
//!
//! No transaction is open while a job runs, unless it takes one: it opens its own, as short as they
//! can be.

use std::sync::Arc;
use std::time::Instant;

use uuid::Uuid;

use crate::clock::Timestamp;
use crate::db::{self, Db, Tx};
use crate::id::Id;
use crate::tenant::Account;
use crate::trace::TraceParent;

use super::cancel::{Cancellation, Stop};
use super::progress::Reporter;
use super::ticket::JobId;

/// One attempt at a job, as its function sees it.
///
/// ```no_run
/// # use jewel_core::job::{Job, JobError};
/// # async fn page(_: u8) {}
/// async fn print(job: &mut Job) -> Result<(), JobError> {
///     for number in 0..100 {
///         if job.is_cancelled() {
///             return Err(JobError::cancelled());
///         }
///         page(number).await;
///         job.progress(number, "printing");
///     }
///     let mut tx = job.begin().await?; // for the account that enqueued it
///     sqlx::query("update books set printed = true").execute(&mut tx).await?;
///     tx.commit().await?;
///     Ok(())
/// }
/// ```
#[derive(Debug)]
pub struct Job {
    pub(super) id: JobId,
    pub(super) worker: i64,
    pub(super) lease: Uuid,
    pub(super) began: Instant,
    pub(super) tick: Option<Timestamp>,
    pub(super) attempt: u16,
    pub(super) attempts: u16,
    pub(super) account: Option<Id<Account>>,
    pub(super) trace: TraceParent,
    pub(super) db: Arc<Db>,
    pub(super) cancellation: Cancellation,
    pub(super) reporter: Reporter,
}

impl Job {
    /// Its number.
    pub fn id(&self) -> JobId {
        self.id
    }

    /// Which attempt this is, from 1. After lost workers it can be above
    /// [`attempts`](Self::attempts).
    pub fn attempt(&self) -> u16 {
        self.attempt
    }

    /// How many attempts it has in all.
    pub fn attempts(&self) -> u16 {
        self.attempts
    }

    /// Whether no other attempt follows if this one fails.
    pub fn is_last_attempt(&self) -> bool {
        self.attempt >= self.attempts
    }

    /// The account for which it was enqueued: that of the transaction.
    pub fn account(&self) -> Option<Id<Account>> {
        self.account
    }

    /// The time of the schedule that enqueued it: the planned one, not when somebody got to it.
    pub fn tick(&self) -> Option<Timestamp> {
        self.tick
    }

    /// The trace it belongs to: its enqueuer's.
    pub fn trace(&self) -> TraceParent {
        self.trace
    }

    /// Opens a transaction for the account for which it was enqueued.
    ///
    /// # Errors
    /// [`db::Error::Exhausted`] where no connection is free in time.
    pub async fn begin(&self) -> Result<Tx, db::Error> {
        self.db.begin(self.account).await
    }

    /// The database, for statements that need no transaction.
    pub fn db(&self) -> &Db {
        &self.db
    }

    /// Says how far it is; `percent` counts to 100. Cheap: only the newest word is written, a few
    /// times a second.
    pub fn progress(&self, percent: u8, step: &str) {
        self.reporter.progress(percent, step);
    }

    /// What [`progress`](Self::progress) uses, to be taken along to another thread.
    pub fn reporter(&self) -> Reporter {
        self.reporter.clone()
    }

    /// Whether it should stop: it was cancelled, its time is over, or its worker shuts down.
    pub fn is_cancelled(&self) -> bool {
        self.cancellation.is_cancelled()
    }

    /// Waits until it should stop.
    pub async fn cancelled(&self) {
        self.cancellation.cancelled().await;
    }

    /// What [`cancelled`](Self::cancelled) uses, to be taken along to another thread.
    pub fn cancellation(&self) -> Cancellation {
        self.cancellation.clone()
    }

    pub(super) fn stop(&self) -> Option<Stop> {
        self.cancellation.why()
    }
}
