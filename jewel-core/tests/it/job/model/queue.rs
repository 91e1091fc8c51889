//! The queue's promises in memory: where each job is, who holds which key, who may claim. It knows
//! nothing of tables, and takes from the database only what that alone decides: ids and places in
//! the order.

use std::collections::{BTreeMap, BTreeSet};

use sqlx::types::Uuid;

use super::order::{KINDS, Kind, Order, QUEUES, Queue, Until};

#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Place {
    Waiting { seq: i64 },
    Scheduled { due: Option<i64> },
    Leased { worker: i64, lease: Uuid, cancelled: bool },
    Finished { outcome: i16, by: Option<i64> },
}

#[derive(Debug, Clone)]
pub(super) struct Job {
    pub(super) order: Order,
    pub(super) place: Place,
    pub(super) attempt: i16,
    pub(super) crashes: i16,
    pub(super) failures: i64,
}

impl Job {
    pub(super) fn lane(&self) -> i64 {
        self.order.key.unwrap_or(0)
    }

    fn kind(&self) -> &'static Kind {
        &KINDS[self.order.kind]
    }

    /// Who holds it, and whether it is to stop.
    pub(super) fn held(&self) -> Option<(i64, Uuid, bool)> {
        let Place::Leased { worker, lease, cancelled } = self.place else { return None };
        Some((worker, lease, cancelled))
    }

    pub(super) fn is_over(&self) -> bool {
        matches!(self.place, Place::Finished { .. })
    }

    fn seq(&self) -> Option<i64> {
        if let Place::Waiting { seq } = self.place { Some(seq) } else { None }
    }
}

/// What becomes of jobs that a worker settles.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum How {
    Complete,
    Retry,
    Dead,
    Stopped,
    Snooze,
    Release,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Life {
    Alive,
    Expired,
    Dead,
}

/// Who holds a unique key; whether its time is over, if it has one.
#[derive(Debug, Clone, Copy)]
pub(super) struct Lock {
    pub(super) job: i64,
    pub(super) over: Option<bool>,
}

#[derive(Default)]
pub(super) struct Model {
    pub(super) jobs: BTreeMap<i64, Job>,
    pub(super) locks: BTreeMap<(usize, u8), Lock>,
    pub(super) workers: BTreeMap<i64, Life>,
    pub(super) paused: BTreeSet<usize>,
}

impl Model {
    /// The job that has the order's key after this, and whether it had it before.
    pub(super) fn enqueue(&mut self, order: &Order, id: i64) -> (i64, bool) {
        if let Some(unique) = order.unique {
            let key = (order.kind, unique);
            match self.locks.get(&key) {
                Some(lock) if lock.over != Some(true) => return (lock.job, true),
                _ => {}
            }
            let over = (KINDS[order.kind].until == Until::Ttl).then_some(false);
            self.locks.insert(key, Lock { job: id, over });
        }
        let later = order.wait.is_some_and(|hours| hours > 0);
        let place = if later { Place::Scheduled { due: None } } else { Place::Waiting { seq: id } };
        let job = Job { order: order.clone(), place, attempt: 0, crashes: 0, failures: 0 };
        self.jobs.insert(id, job);
        (id, false)
    }

    fn may_claim(&self, worker: i64, queue: usize) -> bool {
        self.workers.get(&worker) == Some(&Life::Alive) && !self.paused.contains(&queue)
    }

    /// What waits in a queue: priority, place in the order, id.
    fn waiting(&self, queue: usize, suspect: bool) -> Vec<(i16, i64, i64)> {
        let here = |job: &Job| job.order.queue == queue && (job.crashes > 0) == suspect;
        let waits = self.jobs.iter().filter(|(_, job)| here(job));
        waits.filter_map(|(id, job)| Some((job.order.priority, job.seq()?, *id))).collect()
    }

    fn running(&self, queue: usize, key: Option<i64>) -> usize {
        let counts = |job: &&Job| {
            job.held().is_some()
                && job.order.queue == queue
                && key.is_none_or(|key| job.lane() == key)
        };
        self.jobs.values().filter(counts).count()
    }

    /// The next jobs of a plain queue, in order.
    pub(super) fn next(
        &self,
        (queue, priority): (usize, i16),
        (after, upto): (i64, Option<i64>),
        most: usize,
        worker: i64,
    ) -> Vec<i64> {
        if !self.may_claim(worker, queue) {
            return Vec::new();
        }
        let mut waits = self.waiting(queue, false);
        waits.retain(|(at, seq, _)| {
            *at == priority && *seq > after && upto.is_none_or(|upto| *seq <= upto)
        });
        waits.sort_unstable();
        waits.into_iter().take(most).map(|(.., id)| id).collect()
    }

    /// The next jobs of a keyed queue: once around its keys.
    pub(super) fn next_keyed(
        &self,
        queue: usize,
        after: i64,
        most: usize,
        worker: i64,
    ) -> Vec<i64> {
        let limits = &QUEUES[queue];
        let mut room = most;
        if let Some(limit) = limits.at_once {
            room = room.min(limit.saturating_sub(self.running(queue, None)));
        }
        let mut lanes = BTreeMap::<(bool, i64), Vec<_>>::new();
        for (priority, seq, id) in self.waiting(queue, false) {
            let key = self.jobs[&id].lane();
            lanes.entry((key <= after, key)).or_default().push((priority, seq, id));
        }
        let mut taken = Vec::new();
        for ((_, key), mut lane) in lanes {
            let cap = match limits.per_key {
                Some(limit) => limit.saturating_sub(self.running(queue, Some(key))),
                None => (most / 16).max(1),
            };
            lane.sort_unstable();
            lane.truncate(cap.min(room));
            room -= lane.len();
            taken.extend(lane.into_iter().map(|(.., id)| id));
        }
        if self.may_claim(worker, queue) { taken } else { Vec::new() }
    }

    /// The suspect that has waited longest in the first queue where one may run.
    pub(super) fn next_suspect(&self, queues: &[usize], worker: i64) -> Option<i64> {
        let may_run = |queue: usize, id: i64| {
            let Queue { per_key, at_once } = QUEUES[queue];
            let key = self.jobs[&id].lane();
            at_once.is_none_or(|limit| self.running(queue, None) < limit)
                && per_key.is_none_or(|limit| self.running(queue, Some(key)) < limit)
        };
        queues.iter().filter(|queue| self.may_claim(worker, **queue)).find_map(|queue| {
            let waits = self.waiting(*queue, true).into_iter();
            let waits = waits.filter(|(.., id)| may_run(*queue, *id));
            waits.min_by_key(|(_, seq, _)| *seq).map(|(.., id)| id)
        })
    }

    /// Where there is something to claim: queue, priority, the first place in the order. A keyed
    /// queue is one source; priority -1 says that suspects wait.
    pub(super) fn sources(&self) -> BTreeSet<(usize, i16, i64)> {
        let mut found = BTreeSet::new();
        for (at, queue) in QUEUES.iter().enumerate() {
            let waits = self.waiting(at, false);
            for priority in 0..3 {
                let mine = waits.iter().filter(|wait| wait.0 == priority && !queue.keyed());
                found.extend(mine.map(|wait| wait.1).min().map(|seq| (at, priority, seq)));
            }
            found.extend((queue.keyed() && !waits.is_empty()).then_some((at, 1, 0)));
            found.extend((!self.waiting(at, true).is_empty()).then_some((at, -1, 0)));
        }
        found
    }

    /// A job is claimed; its attempt.
    pub(super) fn claim(&mut self, id: i64, worker: i64, lease: Uuid) -> i16 {
        let Some(job) = self.jobs.get_mut(&id) else { return 0 };
        job.place = Place::Leased { worker, lease, cancelled: false };
        job.attempt += 1;
        let attempt = job.attempt;
        if job.kind().until == Until::Start {
            self.unlock(id);
        }
        attempt
    }

    /// Gives up a job's key, unless it has it for a time.
    fn unlock(&mut self, id: i64) {
        self.locks.retain(|_, lock| lock.job != id || lock.over.is_some());
    }

    fn finish(&mut self, id: i64, outcome: i16, by: Option<i64>) {
        if let Some(job) = self.jobs.get_mut(&id) {
            job.place = Place::Finished { outcome, by };
        }
        self.unlock(id);
    }

    /// Settles what the worker holds under these leases; the rest is refused.
    pub(super) fn settle(
        &mut self,
        how: How,
        worker: i64,
        pairs: &BTreeSet<(Uuid, i64)>,
    ) -> BTreeSet<(Uuid, i64)> {
        let mut refused = BTreeSet::new();
        for &(lease, id) in pairs {
            let held = self.jobs.get(&id).and_then(Job::held);
            match held {
                Some((by, under, cancelled)) if (by, under) == (worker, lease) => {
                    self.settle_one(how, worker, id, cancelled);
                }
                _ => _ = refused.insert((lease, id)),
            }
        }
        refused
    }

    fn settle_one(&mut self, how: How, worker: i64, id: i64, cancelled: bool) {
        let Some(job) = self.jobs.get_mut(&id) else { return };
        job.failures += i64::from(matches!(how, How::Retry | How::Dead | How::Stopped));
        let handed_back = how == How::Release || how == How::Snooze && !cancelled;
        job.attempt -= i16::from(handed_back);
        match how {
            How::Complete => {
                let kept = job.kind().kept;
                self.finish(id, 1, Some(worker));
                if !kept {
                    self.jobs.remove(&id);
                }
            }
            _ if cancelled => self.finish(id, 3, Some(worker)),
            How::Retry | How::Snooze => job.place = Place::Scheduled { due: None },
            How::Dead => self.finish(id, 2, Some(worker)),
            How::Stopped => self.finish(id, 3, Some(worker)),
            How::Release => job.place = Place::Waiting { seq: id },
        }
    }

    pub(super) fn cancel(&mut self, id: i64) -> &'static str {
        match self.jobs.get_mut(&id).map(|job| &mut job.place) {
            Some(Place::Waiting { .. } | Place::Scheduled { .. }) => {
                self.finish(id, 3, None);
                "cancelled"
            }
            Some(Place::Leased { cancelled, .. }) => {
                *cancelled = true;
                "requested"
            }
            Some(Place::Finished { .. }) | None => "not_live",
        }
    }

    /// An operator's retry; whether the job moves, to the given place in the order.
    pub(super) fn retry(&mut self, id: i64, seq: i64) -> bool {
        let Some(job) = self.jobs.get_mut(&id) else { return false };
        let unique = job.order.unique.filter(|_| job.kind().until != Until::Ttl);
        let key = unique.map(|unique| (job.order.kind, unique));
        let taken = key.is_some_and(|key| self.locks.contains_key(&key));
        if taken || !job.is_over() {
            return false;
        }
        (job.place, job.attempt, job.crashes) = (Place::Waiting { seq }, 0, 0);
        self.locks.extend(key.map(|key| (key, Lock { job: id, over: None })));
        true
    }

    /// Forgets a job that is over; whether it was.
    pub(super) fn discard(&mut self, id: i64) -> bool {
        let is = self.jobs.get(&id).is_some_and(Job::is_over);
        if is {
            self.jobs.remove(&id);
            self.locks.retain(|_, lock| lock.job != id);
        }
        is
    }

    /// Makes so many due jobs ready, the first in front; the last one takes this place in the
    /// order.
    pub(super) fn promote(&mut self, most: usize, last: i64) -> usize {
        let due = |(id, job): (&i64, &Job)| match job.place {
            Place::Scheduled { due } => Some((due?, *id)),
            _ => None,
        };
        let mut due: Vec<_> = self.jobs.iter().filter_map(due).collect();
        due.sort_unstable();
        due.truncate(most);
        for (seq, (_, id)) in (last - due.len() as i64 + 1..).zip(&due) {
            self.jobs.entry(*id).and_modify(|job| job.place = Place::Waiting { seq });
        }
        due.len()
    }

    /// Empties so many leases of the dead; each job, and whether it is poisoned.
    pub(super) fn rescue(&mut self, most: usize, max_crashes: i16) -> BTreeSet<(i64, bool)> {
        for life in self.workers.values_mut().filter(|life| **life == Life::Expired) {
            *life = Life::Dead;
        }
        let dead =
            |(worker, lease, _)| (self.workers.get(&worker) == Some(&Life::Dead)).then_some(lease);
        let leases: BTreeSet<Uuid> =
            self.jobs.values().filter_map(Job::held).filter_map(dead).collect();
        let leases: BTreeSet<Uuid> = leases.into_iter().take(most).collect();
        let held = self.jobs.iter().filter_map(|(id, job)| Some((*id, job.held()?)));
        let lost: Vec<_> = held.filter(|(_, (_, lease, _))| leases.contains(lease)).collect();
        let mut rescued = BTreeSet::new();
        for (id, (worker, _, cancelled)) in lost {
            let Some(job) = self.jobs.get_mut(&id) else { continue };
            job.failures += 1;
            let poisoned = job.crashes + 1 >= max_crashes && !cancelled;
            if poisoned || cancelled {
                self.finish(id, if cancelled { 3 } else { 4 }, Some(worker));
            } else {
                job.crashes += 1;
                job.place = Place::Scheduled { due: None };
            }
            rescued.insert((id, poisoned));
        }
        rescued
    }
}
