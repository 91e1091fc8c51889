//! What an annotated function becomes: constants, two small functions, and one erased pointer.
//!
//! Only [`perform`] is compiled once per job; all else runs on [`Definition`]'s constants.

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use serde_json::Value;

use super::sealed;
use super::{
    Args, Declared, Job, JobError, Limits, Outcome, Outcomes, Rate, Until, Verdict, Within,
};
use crate::manifest::{self, Describe};
use crate::state::{Missing, States};

/// An annotated function, as its macro describes it. Written by the macros, not by hand.
pub trait Task: 'static {
    /// Its arguments.
    type Args: Args;
    /// The application state that it takes, in order.
    type Head: Send;
    /// What it returns.
    type Out: Outcome;
    /// The transaction that it works in: [`Tx`](crate::Tx), or [`Alone`](super::Alone) where it
    /// opens its own.
    type Within: Within;

    /// Its annotation.
    const DECLARED: Declared;

    /// Its annotation and what its types add.
    const ENTRY: Entry = Entry {
        declared: Self::DECLARED,
        solo: <Self::Within as Within>::SOLO,
        tick: Self::TICK,
        args: <Self::Args as Args>::schema,
        result: <Self::Out as Outcome>::describe,
    };

    /// What the clock enqueues, where it does.
    const TICK: Option<Tick> = None;

    /// Takes the application state that it needs.
    ///
    /// # Errors
    /// The first that the application does not have.
    fn head(states: &States) -> Result<Self::Head, Missing>;

    /// Calls the function.
    fn call(
        args: Self::Args,
        job: &mut Job,
        within: &mut Self::Within,
        head: Self::Head,
    ) -> impl Future<Output = Self::Out> + Send;
}

/// An annotated function that takes many at once. Written by the macros, not by hand.
pub trait Batch: 'static {
    /// The arguments of one of them.
    type Args: Args;
    /// The application state that it takes, in order.
    type Head: Send;
    /// What it returns.
    type Out: Outcomes;

    /// Its annotation.
    const DECLARED: Declared;

    /// Its annotation and what its types add.
    const ENTRY: Entry = Entry {
        declared: Self::DECLARED,
        solo: false,
        tick: Self::TICK,
        args: <Self::Args as Args>::schema,
        result: <Self::Out as Outcomes>::describe,
    };

    /// What the clock enqueues, where it does.
    const TICK: Option<Tick> = None;

    /// Takes the application state that it needs.
    ///
    /// # Errors
    /// The first that the application does not have.
    fn head(states: &States) -> Result<Self::Head, Missing>;

    /// Calls the function.
    fn call(args: Vec<Self::Args>, head: Self::Head) -> impl Future<Output = Self::Out> + Send;
}

/// Makes the arguments that the clock enqueues.
pub type Tick = fn() -> serde_json::Result<String>;

/// A job as constants.
#[derive(Debug, Clone, Copy)]
pub struct Entry {
    /// Its annotation.
    pub declared: Declared,
    /// Whether its transaction settles it.
    pub solo: bool,
    /// The arguments that the clock enqueues, as JSON.
    pub tick: Option<Tick>,
    /// The schema of its arguments.
    pub args: fn(&mut Describe) -> Value,
    /// The schema of its result.
    pub result: fn(&mut Describe) -> Value,
}

/// One attempt, of whatever job.
pub(super) type Single = for<'j> fn(
    &'j str,
    &'j mut Job,
    &'j States,
) -> Pin<Box<dyn Future<Output = Verdict> + Send + 'j>>;

/// One attempt of each of many jobs, by one call.
pub(super) type Together = for<'j> fn(
    &'j [&'j str],
    &'j States,
) -> Pin<Box<dyn Future<Output = Vec<Verdict>> + Send + 'j>>;

/// How a job is called.
#[derive(Debug, Clone, Copy)]
pub(super) enum Perform {
    Single(Single),
    Together(Together),
}

/// A job that a worker can run: data and one function pointer.
#[derive(Debug, Clone, Copy)]
pub struct Definition {
    /// Its constants.
    pub entry: &'static Entry,
    pub(super) perform: Perform,
}

/// An annotated function that [`jobs!`](crate::jobs) can list.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no annotated job",
    label = "this has no `#[job(..)]`"
)]
pub trait Listed {
    /// The job.
    const TASK: Definition;
}

impl Definition {
    /// The definition of a job.
    pub const fn of<T: Task>() -> Self {
        Self {
            entry: &T::ENTRY,
            perform: Perform::Single(|args, job, states| Box::pin(perform::<T>(args, job, states))),
        }
    }

    /// The definition of a job that takes many at once.
    pub const fn batch<T: Batch>() -> Self {
        Self {
            entry: &T::ENTRY,
            perform: Perform::Together(|args, states| Box::pin(together::<T>(args, states))),
        }
    }

    /// Its entry in the manifest, for the module `tag`; the state that it takes and its named
    /// schemas are left in `describe`.
    pub fn manifest(&self, tag: &str, describe: &mut Describe) -> manifest::Job {
        let declared = &self.entry.declared;
        for argument in declared.arguments {
            (argument.describe)(argument.name, describe);
        }
        manifest::Job {
            id: declared.name.to_owned(),
            name: declared.name.to_owned(),
            module: declared.module.to_owned(),
            tag: tag.to_owned(),
            source: format!("{}:{}", declared.source.file, declared.source.line),
            summary: declared.summary.to_owned(),
            description: declared.description.to_owned(),
            queue: declared.queue.to_owned(),
            priority: declared.priority.number(),
            attempts: declared.retry.attempts,
            backoff_min_ms: millis(declared.retry.min),
            backoff_max_ms: millis(declared.retry.max),
            timeout_ms: millis(declared.timeout),
            keep_ms: millis(declared.keep),
            transactional: self.entry.solo,
            batch: declared.batch,
            encrypted: declared.encrypted,
            on_dead: declared.on_dead.map(|handler| handler.kind.to_owned()),
            unique: declared.unique.map(|until| match until {
                Until::Finish => manifest::Unique::Finish,
                Until::Start => manifest::Unique::Start,
                Until::After(time) => manifest::Unique::AfterMs(millis(time)),
            }),
            limits: limits(declared.limits),
            schedule: declared.schedule.map(|schedule| manifest::Schedule {
                pattern: schedule.pattern.to_owned(),
                zone: schedule.zone.to_owned(),
                missed: schedule.missed.as_str().to_owned(),
            }),
            arguments: (self.entry.args)(describe),
            result: (self.entry.result)(describe),
        }
    }
}

fn millis(span: Duration) -> u64 {
    span.as_millis().try_into().unwrap_or(u64::MAX)
}

fn limits(limits: Limits) -> manifest::JobLimits {
    let rate = |rate: Rate| manifest::JobRate {
        count: rate.count,
        window_ms: millis(rate.window),
        burst: rate.burst,
    };
    manifest::JobLimits {
        process: limits.process,
        queue: limits.queue,
        per_key: limits.key.map(|(count, _)| count),
        key: limits.key.map(|(_, field)| field.to_owned()),
        rate: limits.rate.map(rate),
    }
}

/// Why arguments cannot be read. The error quotes them, so of secret ones it is left out.
fn unreadable(declared: &Declared, error: &serde_json::Error) -> String {
    if declared.encrypted {
        let (line, column) = (error.line(), error.column());
        return format!("its arguments cannot be read: see line {line}, column {column} of them");
    }
    format!("its arguments cannot be read: {error}")
}

/// The same for many at once. Those whose arguments cannot be read do not keep the others.
async fn together<T: Batch>(args: &[&str], states: &States) -> Vec<Verdict> {
    let failed = |error: JobError| Verdict::Failed(error);
    let head = match T::head(states) {
        Ok(head) => head,
        Err(missing) => {
            let error = JobError::from(missing);
            return args.iter().map(|_| failed(error.clone())).collect();
        }
    };
    let (mut read, mut verdicts) = (Vec::with_capacity(args.len()), Vec::new());
    for text in args {
        verdicts.push(match T::Args::read(text) {
            Ok(args) => {
                read.push(args);
                None
            }
            Err(error) => Some(failed(JobError::retry(unreadable(&T::DECLARED, &error)))),
        });
    }
    let count = read.len();
    let came = if count > 0 { T::call(read, head).await.verdicts(count) } else { Vec::new() };
    let mut came = came.into_iter();
    let missing = || failed(JobError::retry("nothing came of it"));
    verdicts.into_iter().map(|own| own.or_else(|| came.next()).unwrap_or_else(missing)).collect()
}

/// From the stored arguments to the verdict: the only code that is made once per job.
async fn perform<T: Task>(args: &str, job: &mut Job, states: &States) -> Verdict {
    let head = match T::head(states) {
        Ok(head) => head,
        Err(missing) => return Verdict::Failed(missing.into()),
    };
    // A newer version of the program may be able to read them: another attempt is worth it.
    let args = match T::Args::read(args) {
        Ok(args) => args,
        Err(error) => {
            return Verdict::Failed(JobError::retry(unreadable(&T::DECLARED, &error)));
        }
    };
    let mut within = match T::Within::open(job).await {
        Ok(within) => within,
        Err(error) => return Verdict::Failed(error.into()),
    };
    match T::call(args, job, &mut within, head).await.verdict() {
        Verdict::Done(result) => {
            match sealed::result(job.db.keys(), &T::DECLARED, job.id, result) {
                Ok(result) => within.close(job, result).await,
                Err(why) => Verdict::Failed(JobError::give_up(why)),
            }
        }
        // Dropped, the transaction rolls back.
        other => other,
    }
}
