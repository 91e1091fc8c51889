//! One life of a worker: its number, and every job that it has taken and not yet settled.
//!
//! A life ends when its lease is lost or the process stops, and never begins again: the next one
//! has another number.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;
use uuid::Uuid;

use super::cancel::{Stop, Stopper};
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

/// The jobs by their leases: most come, and go, a lease at a time.
type Table = HashMap<Uuid, Lease>;

#[derive(Debug, Default)]
struct Lease {
    /// In the order of their numbers.
    jobs: Vec<Held>,
    /// How many of them are still held.
    left: usize,
}

#[derive(Debug)]
struct Held {
    id: JobId,
    queue: i16,
    kind: i32,
    /// `None` once the job was settled.
    stopper: Option<Stopper>,
}

impl Boot {
    pub(super) fn new(id: i64, jobs: &Jobs, register: Arc<Register>) -> Self {
        let (db, health) = (jobs.db().clone(), Arc::clone(jobs.health()));
        Self { id, db, register, health, held: Mutex::default(), lost: watch::Sender::new(false) }
    }

    /// Takes note of jobs that were claimed.
    pub(super) fn hold(&self, claimed: &[Claimed]) {
        let mut held = self.held();
        for claimed in claimed.chunk_by(|one, two| one.lease == two.lease) {
            let lease = held.entry(claimed[0].lease).or_default();
            lease.jobs.extend(claimed.iter().map(Held::of));
            lease.jobs.sort_unstable_by_key(|job| job.id);
            lease.left += claimed.len();
        }
    }

    /// Forgets jobs that were settled under these leases; the queues they came from.
    pub(super) fn forget(&self, leases: &[Uuid], mut ids: &[i64]) -> Vec<i16> {
        let (mut held, mut queues) = (self.held(), Vec::new());
        for same in leases.chunk_by(|one, two| one == two) {
            let (settled, rest) = ids.split_at(same.len());
            ids = rest;
            let Some(lease) = held.get_mut(&same[0]) else { continue };
            for queue in settled.iter().filter_map(|id| lease.forget(JobId(*id))) {
                if !queues.contains(&queue) {
                    queues.push(queue);
                }
            }
            if lease.left == 0 {
                held.remove(&same[0]);
            }
        }
        queues
    }

    /// What is counted of a held job's kind.
    pub(super) fn figures(&self, id: JobId) -> Option<&Figures> {
        let kind = self.held().values().find_map(|lease| lease.get(id)).map(|job| job.kind)?;
        self.register.kinds.get(&kind).map(|kind| &kind.figures)
    }

    /// Whether the job is held.
    pub(super) fn holds(&self, id: JobId) -> bool {
        self.held().values().any(|lease| lease.get(id).is_some())
    }

    /// Every lease of which something is held.
    pub(super) fn leases(&self) -> HashSet<Uuid> {
        self.held().keys().copied().collect()
    }

    /// How many jobs are held under a lease.
    pub(super) fn size(&self, lease: Uuid) -> usize {
        self.held().get(&lease).map_or(0, |lease| lease.left)
    }

    /// Tells one job to stop.
    pub(super) fn stop(&self, id: JobId, why: Stop) {
        for job in self.held().values().filter_map(|lease| lease.get(id)) {
            job.stop(why);
        }
    }

    /// Tells all jobs to stop.
    pub(super) fn stop_all(&self, why: Stop) {
        for job in self.held().values().flat_map(|lease| &lease.jobs) {
            job.stop(why);
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

impl Lease {
    fn get(&self, id: JobId) -> Option<&Held> {
        let at = self.jobs.binary_search_by_key(&id, |job| job.id).ok()?;
        self.jobs.get(at).filter(|job| job.stopper.is_some())
    }

    /// Forgets a job, which is told that it is; its queue.
    fn forget(&mut self, id: JobId) -> Option<i16> {
        let at = self.jobs.binary_search_by_key(&id, |job| job.id).ok()?;
        let job = self.jobs.get_mut(at)?;
        job.stopper.take()?;
        self.left -= 1;
        Some(job.queue)
    }
}

impl Held {
    fn of(claimed: &Claimed) -> Self {
        let Claimed { id, queue, kind, .. } = *claimed;
        Self { id, queue, kind, stopper: Some(claimed.stop.stopper()) }
    }

    fn stop(&self, why: Stop) {
        self.stopper.iter().for_each(|stopper| stopper.stop(why));
    }
}
