//! One life of a worker: its number, and every job that it has taken and not yet settled.
//!
//! A life ends when its lease is lost or the process stops, and never begins again: the next one
//! has another number.

use std::collections::{HashMap, HashSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;
use uuid::Uuid;

use super::cancel::{Cancellation, Stop, Stopper};
use super::storage::Claimed;
use super::ticket::JobId;
use crate::db::Db;

/// What all parts of a worker share while it lives.
#[derive(Debug)]
pub(super) struct Boot {
    pub(super) id: i64,
    /// The queue's own connections.
    pub(super) db: Db,
    held: Mutex<HashMap<JobId, Held>>,
    lost: watch::Sender<bool>,
}

#[derive(Debug)]
struct Held {
    lease: Uuid,
    queue: i16,
    stopper: Stopper,
}

impl Boot {
    pub(super) fn new(id: i64, db: Db) -> Self {
        Self { id, db, held: Mutex::default(), lost: watch::Sender::new(false) }
    }

    /// Takes note of a job that was claimed.
    pub(super) fn hold(&self, claimed: &Claimed) {
        let Claimed { id, lease, queue, .. } = *claimed;
        self.held().insert(id, Held { lease, queue, stopper: Stopper::new() });
    }

    /// Forgets jobs that were settled under this lease; the queues they came from.
    pub(super) fn forget(&self, leases: &[Uuid], ids: &[i64]) -> HashSet<i16> {
        let mut held = self.held();
        let mut queues = HashSet::new();
        for (lease, id) in leases.iter().zip(ids) {
            // The same job may be back under a newer lease.
            if held.get(&JobId(*id)).is_some_and(|job| job.lease == *lease) {
                queues.extend(held.remove(&JobId(*id)).map(|job| job.queue));
            }
        }
        queues
    }

    /// Whether the job is held, and under which lease.
    pub(super) fn lease(&self, id: JobId) -> Option<Uuid> {
        self.held().get(&id).map(|job| job.lease)
    }

    /// Every lease of which something is held.
    pub(super) fn leases(&self) -> HashSet<Uuid> {
        self.held().values().map(|job| job.lease).collect()
    }

    /// How a job hears that it should stop.
    pub(super) fn cancellation(&self, id: JobId) -> Option<Cancellation> {
        self.held().get(&id).map(|job| job.stopper.cancellation())
    }

    /// Tells one job to stop.
    pub(super) fn stop(&self, id: JobId, why: Stop) {
        if let Some(job) = self.held().get(&id) {
            job.stopper.stop(why);
        }
    }

    /// Tells all jobs to stop.
    pub(super) fn stop_all(&self, why: Stop) {
        for job in self.held().values() {
            job.stopper.stop(why);
        }
    }

    /// The lease is lost: nothing that is still running may count on being heard.
    pub(super) fn lose(&self) {
        if !self.lost.send_replace(true) {
            tracing::error!(worker = self.id, "this worker lost its lease; it starts anew");
            metrics::counter!("jewel_job_leases_lost_total").increment(1);
        }
        self.stop_all(Stop::Lost);
    }

    pub(super) fn is_lost(&self) -> bool {
        *self.lost.borrow()
    }

    /// Waits until the lease is lost.
    pub(super) async fn lost(&self) {
        // The sender lives as long as `self`, so waiting cannot fail.
        let _ = self.lost.subscribe().wait_for(|lost| *lost).await;
    }

    fn held(&self) -> MutexGuard<'_, HashMap<JobId, Held>> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
