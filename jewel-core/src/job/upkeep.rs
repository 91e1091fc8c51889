//! What keeps the queue going whoever does it: due jobs are made ready, those of dead workers are
//! rescued, what nobody needs is forgotten.
//!
//! Every worker does it; the statements skip what another one has in hand, so nobody is needed to
//! lead.

use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::boot::Boot;
use super::settings::Settings;
use super::wake::{self, Notice};
use super::{declare, figures, retention, storage};
use crate::db;

/// How many jobs one statement makes ready.
const PROMOTE: i32 = 500;
/// How many leases one statement rescues.
const RESCUE: i32 = 20;
/// How many rows one statement forgets.
const PRUNE: i32 = 1000;
/// How often the old is forgotten.
const PRUNE_EVERY: Duration = Duration::from_mins(1);
/// How often the queues are counted, and up to how many jobs.
const COUNT_EVERY: Duration = Duration::from_secs(5);
const COUNT_MOST: i32 = 10_000;

/// Does it for ever.
pub(super) async fn upkeep(boot: &Boot, settings: &Settings) {
    let start = Instant::now();
    let (mut rescue, mut count, mut prune, mut range) = (start, start, start, start);
    let mut forgotten = 0;
    loop {
        let now = Instant::now();
        report("enqueueing by the clock", fire(boot).await);
        report("promoting due jobs", promote(boot).await);
        report("moving jobs between queues' tables", align(boot).await);
        if now >= rescue {
            rescue = now + settings.beat();
            report("rescuing jobs", rescue_all(boot, settings).await);
        }
        if now >= count {
            count = now + COUNT_EVERY;
            report("counting jobs", gauge(boot).await);
        }
        if now >= prune {
            prune = now + PRUNE_EVERY;
            report("pruning", retention::prune(&boot.db, PRUNE).await);
        }
        if now >= range {
            let kept = ranges(boot).await;
            // A lock that was not to be had at once is soon.
            range = now + if kept.is_ok() { PRUNE_EVERY } else { settings.beat() };
            report("making and dropping ranges of jobs", kept);
        }
        match retention::forget(&boot.db, forgotten, PRUNE).await {
            Ok(next) => forgotten = next.unwrap_or_default(),
            Err(error) => report("forgetting jobs", Err(error)),
        }
        sleep(jittered(settings.poll())).await;
    }
}

/// A fifth more or less, so that processes that started together do not ask together.
pub(super) fn jittered(span: Duration) -> Duration {
    span.mul_f64(0.8 + 0.4 * rand::random::<f64>())
}

async fn promote(boot: &Boot) -> Result<(), db::Error> {
    loop {
        let promoted = storage::promote(&boot.db, PROMOTE).await?;
        if promoted > 0 {
            wake::tell(Notice::Missed);
        }
        if promoted < PROMOTE {
            return Ok(());
        }
    }
}

/// Keeps a range of ids ahead of the jobs, and drops those that are over.
async fn ranges(boot: &Boot) -> Result<(), db::Error> {
    while let Some(table) = retention::extend(&boot.db).await? {
        tracing::info!(table, "made room for the next range of jobs");
    }
    let dropped = retention::retire(&boot.db).await?;
    if dropped > 0 {
        tracing::info!(dropped, "dropped ranges of jobs that were over");
    }
    Ok(())
}

/// Makes jobs of planned times that are over. Any number of processes may: each time is one's.
async fn fire(boot: &Boot) -> Result<(), db::Error> {
    let plans = &boot.register.plans;
    let names: Vec<&str> = plans.keys().copied().collect();
    if names.is_empty() {
        return Ok(());
    }
    for (name, planned, now) in declare::due(&boot.db, &names).await? {
        let Some(plan) = plans.get(name.as_str()) else { continue };
        for tick in plan.ticks(planned, now) {
            match declare::fire(&boot.db, &name, tick).await? {
                Some(id) => {
                    tracing::info!(kind = name, id, at = %tick.at, "enqueued by the clock");
                    wake::tell(Notice::Missed);
                }
                None if !tick.wanted => tracing::warn!(kind = name, at = %tick.at, "passed over"),
                // Another process has this one, and goes on with the next.
                None => break,
            }
        }
    }
    Ok(())
}

/// A queue that got or lost a limit, or that an older version of the program enqueues to.
async fn align(boot: &Boot) -> Result<(), db::Error> {
    let moved = declare::align(&boot.db, PROMOTE).await?;
    if moved > 0 {
        wake::tell(Notice::Missed);
    }
    Ok(())
}

async fn rescue_all(boot: &Boot, settings: &Settings) -> Result<(), db::Error> {
    let cap = settings.max_crashes.clamp(1, 1000).try_into().unwrap_or(1000);
    loop {
        let rescued = storage::rescue(&boot.db, RESCUE, cap).await?;
        if rescued.is_empty() {
            return Ok(());
        }
        let poisoned: Vec<i64> = rescued.iter().filter(|job| job.1).map(|job| job.0).collect();
        tracing::warn!(jobs = rescued.len(), ?poisoned, "rescued the jobs of lost workers");
        for (_, poisoned, kind) in rescued {
            if let Some(kind) = boot.register.kinds.get(&kind) {
                kind.figures.lost(poisoned);
            }
        }
    }
}

async fn gauge(boot: &Boot) -> Result<(), db::Error> {
    let queues = &boot.register.queues;
    let ids = boot.register.queue_ids();
    for (id, jobs, oldest) in storage::depth(&boot.db, &ids, COUNT_MOST).await? {
        if let Some(queue) = queues.iter().find(|queue| queue.id == id) {
            figures::waiting(&queue.name, jobs, oldest);
            boot.health.waiting(&queue.name, oldest);
        }
    }
    Ok(())
}

fn report(what: &str, done: Result<(), db::Error>) {
    if let Err(error) = done {
        tracing::warn!(%error, "{what} failed; it is tried again");
    }
}
