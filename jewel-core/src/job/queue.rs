//! The names of an application and the numbers under which the database knows them.
//!
//! Written when a worker starts, so that operators see every queue and kind before its first job.

use std::collections::HashMap;
use std::sync::Arc;

use super::declare::{self, KindPolicy, Scheduled};
use super::declared::{Declared, Limits};
use super::figures::Figures;
use super::schedule::Plan;
use super::sealed;
use super::task::Definition;
use crate::clock::Clock;
use crate::db::{self, Db};

/// A queue that is served.
#[derive(Debug, Clone)]
pub(super) struct Queue {
    pub(super) id: i16,
    pub(super) name: Arc<str>,
    pub(super) limits: Limits,
    /// Whether some of its jobs have a lease to themselves.
    pub(super) alone: bool,
    /// The most that one call takes of one of its kinds.
    pub(super) batch: usize,
}

/// A kind of job that this program has.
#[derive(Debug)]
pub(super) struct Kind {
    pub(super) definition: Definition,
    pub(super) figures: Figures,
}

/// What a worker runs.
#[derive(Debug)]
pub(super) struct Register {
    /// The jobs, by the number of their kind.
    pub(super) kinds: HashMap<i32, Kind>,
    /// The queues to take them from.
    pub(super) queues: Vec<Queue>,
    /// The schedules, by the name of their kind.
    pub(super) plans: HashMap<&'static str, Plan>,
}

impl Register {
    /// Makes all names known; serves the queues in `only`, or all where it is empty.
    pub(super) async fn sync(
        db: &Db,
        jobs: &[Definition],
        only: &[String],
    ) -> Result<Self, db::Error> {
        let mut served: Vec<&Definition> = jobs.iter().collect();
        let policies: Vec<KindPolicy<'_>> = jobs.iter().map(policy).collect();
        let ids = declare::kinds(db, &policies).await?;
        let kind =
            |job: &Definition| Kind { definition: *job, figures: Figures::of(&job.entry.declared) };
        let kinds = ids.into_iter().zip(jobs.iter().map(kind)).collect();

        let queue = |job: &Definition| job.entry.declared.queue;
        served.retain(|job| only.is_empty() || only.iter().any(|one| one == queue(job)));
        served.sort_unstable_by_key(|job| queue(job));
        let groups: Vec<&[&Definition]> =
            served.chunk_by(|one, two| queue(one) == queue(two)).collect();
        let limits = |group: &[&Definition]| group[0].entry.declared.limits;
        let queues: Vec<_> = groups.iter().map(|group| (queue(group[0]), limits(group))).collect();
        let ids = declare::queues(db, &queues).await?;
        let queue = |(id, group): (i16, &[&Definition])| Queue {
            id,
            name: queue(group[0]).into(),
            limits: limits(group),
            alone: group.iter().any(|job| job.entry.solo),
            batch: group.iter().map(|job| job.entry.declared.batch as usize).max().unwrap_or(1),
        };
        let queues = ids.into_iter().zip(groups).map(queue).collect();
        let plans = plans(db, jobs).await?;
        Ok(Self { kinds, queues, plans })
    }

    pub(super) fn queue_ids(&self) -> Vec<i16> {
        self.queues.iter().map(|queue| queue.id).collect()
    }
}

/// Makes the schedules known. One that cannot be read is refused by the application's check.
async fn plans(db: &Db, jobs: &[Definition]) -> Result<HashMap<&'static str, Plan>, db::Error> {
    let mut plans = HashMap::new();
    for job in jobs {
        let Declared { name, queue, priority, schedule, .. } = job.entry.declared;
        let (Some(schedule), Some(tick)) = (schedule, job.entry.tick) else { continue };
        let mut args = tick().map_err(|error| sqlx::Error::Encode(error.into()))?;
        if job.entry.declared.encrypted {
            let sealed = sealed::args(db.keys(), name, &args);
            args = sealed.map_err(|closed| {
                let why = format!("the schedule of the encrypted job `{name}`: {closed}");
                sqlx::Error::Encode(why.into())
            })?;
        }
        let Ok(plan) = Plan::read(&schedule) else { continue };
        let Some(first) = plan.after(Clock::default().now()) else { continue };
        let job = Scheduled { kind: name, queue, priority, schedule, args, first };
        declare::schedule(db, &job).await?;
        plans.insert(name, plan);
    }
    Ok(plans)
}

fn policy(job: &Definition) -> KindPolicy<'_> {
    let declared = &job.entry.declared;
    let (name, keep, unique) = (declared.name, declared.keep, declared.unique);
    KindPolicy { name, keep, unique, solo: job.entry.solo, on_dead: declared.on_dead }
}
