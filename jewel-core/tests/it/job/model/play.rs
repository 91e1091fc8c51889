//! Steps, one by one: what the database answers must be what the model says, and after each step
//! everything must be where the model has it.

use std::collections::BTreeSet;
use std::error::Error;
use std::fmt::Debug;
use std::sync::atomic::{AtomicU64, Ordering};

use sqlx::types::Uuid;

use super::database::{Claimed, Database};
use super::order::{KINDS, Order, QUEUES};
use super::place;
use super::queue::{How, Job, Life, Model, Place};
use super::step::{Pick, Step, WORKERS, Whom};

type Outcome<T = ()> = Result<T, Box<dyn Error>>;

/// A job that is open in this many dying workers is poisoned.
const MAX_CRASHES: i16 = 2;

/// One sequence of steps.
struct Play<'a> {
    database: &'a mut Database,
    model: Model,
    workers: Vec<i64>,
    /// All jobs there ever were.
    ids: Vec<i64>,
    /// All that was ever claimed: worker, lease, job.
    claims: Vec<(i64, Uuid, i64)>,
    /// How many jobs were made due.
    ranks: i64,
}

/// Takes these steps in an empty queue.
pub(super) async fn play(database: &mut Database, steps: &[Step]) -> Outcome {
    database.clear().await?;
    let mut play = Play {
        database,
        model: Model::default(),
        workers: Vec::new(),
        ids: Vec::new(),
        claims: Vec::new(),
        ranks: 0,
    };
    for _ in 0..WORKERS {
        let worker = play.enlist().await?;
        play.workers.push(worker);
    }
    for (at, step) in steps.iter().enumerate() {
        let told = |error| format!("step {at}, {step:?}: {error}");
        play.step(step).await.map_err(told)?;
        play.compare().await.map_err(told)?;
    }
    for worker in play.workers.clone() {
        play.beat(worker).await?;
    }
    same("the conservation law", &play.database.unlawful().await?, &Vec::new())
}

/// What the database says is what the model says.
fn same<T: PartialEq + Debug>(what: &str, database: &T, model: &T) -> Outcome {
    if database == model {
        return Ok(());
    }
    Err(format!("{what}: the database has {database:?}, the model {model:?}").into())
}

/// One of them, counted around.
fn pick<T: Copy>(from: &[T], pick: Pick) -> Option<T> {
    from.get(usize::from(pick) % from.len().max(1)).copied()
}

/// Leases that no other claim has, in an order that is always the same.
fn leases(count: usize) -> Vec<Uuid> {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    let next = |_| Uuid::from_u128(NEXT.fetch_add(1, Ordering::Relaxed).into());
    (0..count).map(next).collect()
}

/// Each of them has a lease to itself, one of these.
fn own_leases(rows: &[Claimed], given: &[Uuid]) -> Outcome {
    let own: BTreeSet<Uuid> = rows.iter().map(|row| row.0).collect();
    same("own leases", &own.len(), &rows.len())?;
    same("given leases", &own.iter().all(|lease| given.contains(lease)), &true)
}

impl Play<'_> {
    async fn step(&mut self, step: &Step) -> Outcome {
        match step {
            Step::Enqueue(orders) => self.enqueue(orders).await,
            Step::Claim { queue, after, most, worker, .. } if QUEUES[*queue].keyed() => {
                self.claim_keyed(*queue, *after, *most, self.worker(*worker)).await
            }
            Step::Claim { queue, priority, after, upto, most, worker } => {
                let ends = (*after, *upto);
                self.claim((*queue, *priority), ends, *most, self.worker(*worker)).await
            }
            Step::ClaimSuspect { queues, worker } => {
                self.claim_suspect(queues, self.worker(*worker)).await
            }
            Step::Settle { how, jobs, whole, thief, old } => {
                self.settle(*how, jobs, (*whole, *thief), *old).await
            }
            Step::ReleaseAll { job, thief } => self.release_all(*job, *thief).await,
            Step::Cancel(job) => self.cancel(*job).await,
            Step::Retry(job) => self.retry(*job).await,
            Step::Discard(job) => self.discard(*job).await,
            Step::Due { first, count, early } => self.make_due(*first, *count, *early).await,
            Step::Promote(most) => self.promote(*most).await,
            Step::Rescue(most) => self.rescue(*most).await,
            Step::Pause(queue) => {
                self.model.paused.insert(*queue);
                same("pause", &self.database.pause(*queue, true).await?, &Some(true))
            }
            Step::Resume(queue) => {
                self.model.paused.remove(queue);
                same("resume", &self.database.pause(*queue, false).await?, &Some(true))
            }
            Step::OutlastLocks => {
                for lock in self.model.locks.values_mut() {
                    lock.over = lock.over.map(|_| true);
                }
                Ok(self.database.outlast_locks().await?)
            }
            Step::Beat(worker) => self.beat(self.worker(*worker)).await,
            Step::Expire(worker) => self.expire(self.worker(*worker)).await,
            Step::Leave(worker) => {
                let worker = self.worker(*worker);
                self.model.workers.insert(worker, Life::Dead);
                Ok(self.database.leave(worker).await?)
            }
            Step::Enlist(worker) => {
                let old = self.worker(*worker);
                if self.model.workers[&old] != Life::Alive {
                    self.workers[usize::from(*worker)] = self.enlist().await?;
                }
                Ok(())
            }
        }
    }

    /// Everything is where the model has it, and nothing breaks the conservation law.
    async fn compare(&mut self) -> Outcome {
        let rows = self.database.places().await?;
        let database: BTreeSet<String> = rows.iter().cloned().collect();
        let model = place::places(&self.model);
        let only = |one: &BTreeSet<String>, other: &BTreeSet<String>| {
            one.difference(other).cloned().collect::<Vec<_>>()
        };
        same("places", &only(&database, &model), &Vec::new())?;
        same("places", &Vec::new(), &only(&model, &database))?;
        same("how many places", &rows.len(), &model.len())
    }

    fn worker(&self, worker: Pick) -> i64 {
        self.workers[usize::from(worker)]
    }

    async fn enqueue(&mut self, orders: &[Order]) -> Outcome {
        let rows = self.database.enqueue(orders).await?;
        same("answers", &rows.len(), &orders.len())?;
        for (order, row) in orders.iter().zip(rows) {
            same("ticket", &row, &self.model.enqueue(order, row.0))?;
            if !row.1 {
                let last = self.ids.last().copied().unwrap_or(0);
                same("ids ascend", &(row.0 > last), &true)?;
                self.ids.push(row.0);
            }
        }
        Ok(())
    }

    async fn claim(
        &mut self,
        from: (usize, i16),
        (after, upto): (Option<Pick>, Option<Pick>),
        most: usize,
        worker: i64,
    ) -> Outcome {
        let end = |end: Option<Pick>| end.and_then(|end| pick(&self.ids, end));
        let ends = (end(after).unwrap_or(0), end(upto));
        let leases = leases(most + 1);
        let rows = self.database.claim(from, ends, most, worker, &leases).await?;
        let ids: Vec<i64> = rows.iter().map(|row| row.1).collect();
        same("claimed", &ids, &self.model.next(from, ends, most, worker))?;
        let seqs: Vec<_> = rows.iter().map(|row| Place::Waiting { seq: row.2 }).collect();
        let places: Vec<_> = ids.iter().map(|id| self.model.jobs[id].place).collect();
        same("order", &seqs, &places)?;
        let solo = |row: &Claimed| KINDS[self.model.jobs[&row.1].order.kind].solo;
        let (alone, batch): (Vec<Claimed>, Vec<Claimed>) = rows.into_iter().partition(solo);
        for row in &batch {
            same("the batch's lease", &row.0, &leases[0])?;
        }
        own_leases(&alone, &leases[1..])?;
        self.take(worker, [alone, batch].concat())
    }

    async fn claim_keyed(
        &mut self,
        queue: usize,
        after: Option<Pick>,
        most: usize,
        worker: i64,
    ) -> Outcome {
        let after = after.and_then(|after| pick(&[-5, 0, 3], after)).unwrap_or(i64::MIN);
        let leases = leases(most);
        let rows = self.database.claim_keyed(queue, after, most, worker, &leases).await?;
        let ids: BTreeSet<i64> = rows.iter().map(|row| row.1).collect();
        let next = self.model.next_keyed(queue, after, most, worker);
        same("claimed", &ids, &next.into_iter().collect())?;
        for row in &rows {
            same("lane", &row.2, &self.model.jobs[&row.1].lane())?;
        }
        own_leases(&rows, &leases)?;
        self.take(worker, rows)
    }

    async fn claim_suspect(&mut self, queues: &[usize], worker: i64) -> Outcome {
        let leases = leases(1);
        let rows = self.database.claim_suspect(queues, worker, leases[0]).await?;
        let ids: Vec<i64> = rows.iter().map(|row| row.1).collect();
        let next = self.model.next_suspect(queues, worker);
        same("suspects", &ids, &next.into_iter().collect())?;
        own_leases(&rows, &leases)?;
        self.take(worker, rows)
    }

    /// The model learns what the worker has claimed.
    fn take(&mut self, worker: i64, rows: Vec<Claimed>) -> Outcome {
        for (lease, id, _, kind, attempt) in rows {
            same("kind", &kind, &(self.model.jobs[&id].order.kind as i32 + 1))?;
            same("attempt", &attempt, &self.model.claim(id, worker, lease))?;
            self.claims.push((worker, lease, id));
        }
        Ok(())
    }

    /// What is held: worker, lease, job.
    fn held(&self) -> Vec<(i64, Uuid, i64)> {
        let held = |(id, job): (&i64, &Job)| job.held().map(|(by, lease, _)| (by, lease, *id));
        self.model.jobs.iter().filter_map(held).collect()
    }

    /// The worker itself, or another one who settles what is not his.
    fn hand(&self, worker: i64, thief: bool) -> i64 {
        let other = self.workers.iter().find(|other| **other != worker);
        other.filter(|_| thief).copied().unwrap_or(worker)
    }

    async fn settle(
        &mut self,
        how: How,
        jobs: &[Pick],
        (whole, thief): (bool, bool),
        old: Option<Pick>,
    ) -> Outcome {
        let held = self.held();
        let old = old.and_then(|old| pick(&self.claims, old));
        let Some(first) = pick(&held, jobs[0]).or(old) else { return Ok(()) };
        let mut claims: Vec<_> = if whole {
            held.iter().rev().filter(|claim| claim.1 == first.1).copied().collect()
        } else {
            let mine: Vec<_> = held.into_iter().filter(|claim| claim.0 == first.0).collect();
            jobs.iter().filter_map(|job| pick(&mine, *job)).collect()
        };
        claims.extend(old);
        let worker = self.hand(first.0, thief);
        let (leases, ids): (Vec<_>, Vec<_>) =
            claims.into_iter().map(|(_, lease, id)| (lease, id)).unzip();
        let refused = self.database.settle(how, worker, &leases, &ids).await?;
        let count = refused.len();
        let refused: BTreeSet<_> = refused.into_iter().collect();
        same("refusals", &count, &refused.len())?;
        let pairs = leases.into_iter().zip(ids).collect();
        same("refused", &refused, &self.model.settle(how, worker, &pairs))
    }

    async fn release_all(&mut self, job: Pick, thief: bool) -> Outcome {
        let held = self.held();
        let Some(first) = pick(&held, job) else { return Ok(()) };
        let worker = self.hand(first.0, thief);
        let leases: BTreeSet<_> = held.iter().map(|claim| claim.1).collect();
        let leases: Vec<_> = leases.into_iter().collect();
        let refused = self.database.release_all(worker, &leases).await?;
        same("refused", &refused, &Vec::new())?;
        let mine = held.into_iter().filter(|claim| claim.0 == worker);
        let pairs = mine.map(|(_, lease, id)| (lease, id)).collect();
        same("refused", &BTreeSet::new(), &self.model.settle(How::Release, worker, &pairs))
    }

    fn whom(&self, whom: Whom, apt: impl Fn(&Job) -> bool) -> Option<i64> {
        let apt = self.model.jobs.iter().filter(|(_, job)| apt(job));
        let apt: Vec<i64> = apt.map(|(id, _)| *id).collect();
        pick(&apt, whom.pick).filter(|_| !whom.any).or_else(|| pick(&self.ids, whom.pick))
    }

    async fn cancel(&mut self, whom: Whom) -> Outcome {
        let Some(id) = self.whom(whom, |job| job.held().is_some()) else { return Ok(()) };
        same("cancel", &self.database.cancel(id).await?.as_str(), &self.model.cancel(id))
    }

    async fn retry(&mut self, whom: Whom) -> Outcome {
        let Some(id) = self.whom(whom, Job::is_over) else { return Ok(()) };
        let moved = self.database.retry(id).await?;
        let seq = self.database.last().await?;
        same("moved", &moved, &self.model.retry(id, seq).then_some(id))
    }

    async fn discard(&mut self, whom: Whom) -> Outcome {
        let Some(id) = self.whom(whom, Job::is_over) else { return Ok(()) };
        let gone = self.database.discard(id).await?;
        same("gone", &gone, &self.model.discard(id).then_some(id))
    }

    async fn make_due(&mut self, first: Pick, count: usize, early: bool) -> Outcome {
        let scheduled = |job: &Job| matches!(job.place, Place::Scheduled { .. });
        let all = self.model.jobs.iter().filter(|(_, job)| scheduled(job));
        let all: Vec<i64> = all.map(|(id, _)| *id).collect();
        for at in 0..count.min(all.len()) {
            let id = all[(usize::from(first) + at) % all.len()];
            self.ranks += 1;
            let rank = if early { -self.ranks } else { self.ranks };
            self.database.make_due(id, rank).await?;
            let due = Place::Scheduled { due: Some(rank) };
            self.model.jobs.entry(id).and_modify(|job| job.place = due);
        }
        Ok(())
    }

    async fn promote(&mut self, most: usize) -> Outcome {
        let promoted = self.database.promote(most).await?;
        let last = self.database.last().await?;
        same("promoted", &promoted, &(self.model.promote(most, last) as i32))
    }

    async fn rescue(&mut self, most: usize) -> Outcome {
        let rescued = self.database.rescue(most, MAX_CRASHES).await?;
        let rescued: BTreeSet<_> = rescued.into_iter().collect();
        same("rescued", &rescued, &self.model.rescue(most, MAX_CRASHES))
    }

    async fn enlist(&mut self) -> Outcome<i64> {
        let worker = self.database.enlist().await?;
        let before = self.model.workers.insert(worker, Life::Alive);
        same("a new number", &before, &None)?;
        Ok(worker)
    }

    async fn expire(&mut self, worker: i64) -> Outcome {
        self.model.workers.entry(worker).and_modify(|life| {
            if *life == Life::Alive {
                *life = Life::Expired;
            }
        });
        Ok(self.database.expire(worker).await?)
    }

    async fn beat(&mut self, worker: i64) -> Outcome {
        let (alive, stop, old) = self.database.beat(worker).await?;
        same("alive", &alive, &(self.model.workers[&worker] == Life::Alive))?;
        let told = |(id, job): (&i64, &Job)| {
            job.held().filter(|(by, _, stop)| *by == worker && *stop).map(|_| *id)
        };
        let model: BTreeSet<i64> = self.model.jobs.iter().filter_map(told).collect();
        same("to stop", &stop.into_iter().collect(), &model)?;
        same("held for too long", &old, &Vec::new())
    }
}
