//! One life of a worker: its number, and every job that it has taken and not yet settled.
//!
//! A life ends when its lease is lost or the process stops, and never begins again: the next one
//! has another number.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;
use uuid::Uuid;

use super::cancel::{Cancellation, Stop, Stopper};
use super::figures::Figures;
use super::health::Health;
use super::jobs::Jobs;
use super::queue::Register;
use super::storage::Claimed;
use super::ticket::JobId;
use crate::db::Db;

/// What all parts of a worker share while it lives.
#[derive(Debug)]
pub(super) struct Boot {
    pub(super) id: i64,
    /// The queue's own connections.
    pub(super) db: Db,
    pub(super) register: Arc<Register>,
    pub(super) health: Arc<Health>,
    held: Mutex<Table>,
    lost: watch::Sender<bool>,
}

/// The jobs, and how many there are of each lease.
#[derive(Debug, Default)]
struct Table {
    jobs: HashMap<JobId, Held>,
    leases: HashMap<Uuid, usize>,
}

#[derive(Debug)]
struct Held {
    lease: Uuid,
    queue: i16,
    kind: i32,
    stopper: Stopper,
}

impl Boot {
    pub(super) fn new(id: i64, jobs: &Jobs, register: Arc<Register>) -> Self {
        let (db, health) = (jobs.db().clone(), Arc::clone(jobs.health()));
        Self { id, db, register, health, held: Mutex::default(), lost: watch::Sender::new(false) }
    }

    /// Takes note of a job that was claimed.
    pub(super) fn hold(&self, claimed: &Claimed) {
        let Claimed { id, lease, queue, kind, .. } = *claimed;
        let mut held = self.held();
        let job = Held { lease, queue, kind, stopper: Stopper::new() };
        if let Some(old) = held.jobs.insert(id, job) {
            held.one_less(old.lease);
        }
        *held.leases.entry(lease).or_default() += 1;
    }

    /// Forgets jobs that were settled under this lease; the queues they came from.
    pub(super) fn forget(&self, leases: &[Uuid], ids: &[i64]) -> HashSet<i16> {
        let mut held = self.held();
        let mut queues = HashSet::new();
        for (lease, id) in leases.iter().zip(ids) {
            // The same job may be back under a newer lease.
            if held.jobs.get(&JobId(*id)).is_some_and(|job| job.lease == *lease) {
                queues.extend(held.jobs.remove(&JobId(*id)).map(|job| job.queue));
                held.one_less(*lease);
            }
        }
        queues
    }

    /// What is counted of a held job's kind.
    pub(super) fn figures(&self, id: JobId) -> Option<&Figures> {
        let kind = self.held().jobs.get(&id)?.kind;
        self.register.kinds.get(&kind).map(|kind| &kind.figures)
    }

    /// Whether the job is held, and under which lease.
    pub(super) fn lease(&self, id: JobId) -> Option<Uuid> {
        self.held().jobs.get(&id).map(|job| job.lease)
    }

    /// Every lease of which something is held.
    pub(super) fn leases(&self) -> HashSet<Uuid> {
        self.held().leases.keys().copied().collect()
    }

    /// How many jobs are held under a lease.
    pub(super) fn size(&self, lease: Uuid) -> usize {
        self.held().leases.get(&lease).copied().unwrap_or(0)
    }

    /// How a job hears that it should stop.
    pub(super) fn cancellation(&self, id: JobId) -> Option<Cancellation> {
        self.held().jobs.get(&id).map(|job| job.stopper.cancellation())
    }

    /// Tells one job to stop.
    pub(super) fn stop(&self, id: JobId, why: Stop) {
        if let Some(job) = self.held().jobs.get(&id) {
            job.stopper.stop(why);
        }
    }

    /// Tells all jobs to stop.
    pub(super) fn stop_all(&self, why: Stop) {
        for job in self.held().jobs.values() {
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

    fn held(&self) -> MutexGuard<'_, Table> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Table {
    fn one_less(&mut self, lease: Uuid) {
        if let Some(size) = self.leases.get_mut(&lease) {
            *size -= 1;
            if *size == 0 {
                self.leases.remove(&lease);
            }
        }
    }
}
