//! One attempt, from the claimed row to its ending: run, and never more than that.
//!
//! It writes nothing: what came of it goes to `settle`. The slot is free when this returns.

use std::any::Any;
use std::iter::once;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::FutureExt;
use tracing::Instrument;

use super::attempt::Job;
use super::boot::Boot;
use super::cancel::Stop;
use super::context;
use super::declared::Declared;
use super::ending::{Ended, Ending, Reason};
use super::error::Next;
use super::outcome::Verdict;
use super::progress::Board;
use super::queue::Kind;
use super::retry;
use super::sealed::{self, Closed};
use super::storage::Claimed;
use super::task::{Perform, Single};
use crate::crypto::SealError;
use crate::db::Db;
use crate::state::States;
use crate::trace::TraceParent;

/// How long a job waits whose kind this program does not know: another version may.
const UNKNOWN: Duration = Duration::from_secs(30);

/// What every attempt of a worker needs.
#[derive(Debug)]
pub(super) struct Runner {
    pub(super) states: Arc<States>,
    /// The connections that jobs use, apart from the queue's own.
    pub(super) db: Arc<Db>,
    pub(super) board: Arc<Board>,
    /// How long a job that was told to stop may take to do so.
    pub(super) grace: Duration,
}

/// How a call ended: the closed type that [`judge`] matches once.
pub(super) enum Call {
    Returned(Verdict),
    Panicked(String),
    TimedOut,
    /// It was told to stop, and its grace is over.
    Dropped(Stop),
}

impl Runner {
    /// Runs one attempt of a job and, where its function takes many, of more of its kind; what came
    /// of each is added to `ended`; how long it took is returned.
    pub(super) async fn run(
        &self,
        boot: &Boot,
        first: Claimed,
        more: Vec<Claimed>,
        ended: &mut Vec<Ended>,
    ) -> Duration {
        let Some(kind) = boot.register.kinds.get(&first.kind) else {
            ended.extend(once(&first).chain(&more).map(strange));
            return Duration::ZERO;
        };
        match kind.definition.perform {
            Perform::Together(all) => {
                let (began, group) = (Instant::now(), once(first).chain(more).collect());
                ended.extend(self.run_together(boot, kind, all, group).await);
                began.elapsed()
            }
            Perform::Single(single) => {
                let mut all = Duration::ZERO;
                for claimed in once(first).chain(more) {
                    let (came, took) = self.run_single(boot, kind, single, claimed).await;
                    ended.push(came);
                    all += took;
                }
                all
            }
        }
    }

    async fn run_single(
        &self,
        boot: &Boot,
        kind: &Kind,
        single: Single,
        claimed: Claimed,
    ) -> (Ended, Duration) {
        let (id, lease, began) = (claimed.id, claimed.lease, Instant::now());
        let unreported =
            |ending| (Ended { id, lease, began, ending, reported: false }, Duration::ZERO);
        if claimed.stop.why() == Some(Stop::Ended) {
            return unreported(Ending::Released); // while it waited, it was taken away
        }
        let (declared, figures) = (&kind.definition.entry.declared, &kind.figures);
        let args = match sealed::opened(self.db.keys(), declared, &claimed.args) {
            Ok(args) => args,
            Err(why) => return unreported(closed(&claimed, declared, why)),
        };
        let trace = claimed.meta.traceparent.unwrap_or_default().child();
        let mut job = self.job(boot, &claimed, declared, trace, began);
        let span = tracing::info_span!(
            "job", kind = declared.name, id = id.0, attempt = claimed.attempt, trace = %trace
        );
        let _running = figures.started(claimed.waited);
        let attempt = async {
            let call = if let Some(stop) = job.stop() {
                Call::Dropped(stop) // while it waited for its slot
            } else {
                let call = self.call(declared.timeout, single, &args, &mut job);
                context::traced(trace, call).await
            };
            let (ending, took) = (judge(call, &job, declared), began.elapsed());
            figures.ended(&ending, took);
            tell(&ending, took);
            (ending, took)
        };
        let (ending, took) = attempt.instrument(span).await;
        claimed.stop.stop(Stop::Ended); // for what it may have left running elsewhere
        let reported = job.reporter.was_used();
        if reported {
            self.board.wipe(id);
        }
        (Ended { id, lease, began, ending, reported }, took)
    }

    pub(super) fn job(
        &self,
        boot: &Boot,
        claimed: &Claimed,
        declared: &Declared,
        trace: TraceParent,
        began: Instant,
    ) -> Job {
        Job {
            id: claimed.id,
            worker: boot.id,
            lease: claimed.lease,
            began,
            tick: claimed.meta.tick,
            attempt: claimed.attempt,
            attempts: declared.retry.attempts,
            account: claimed.meta.account,
            trace,
            db: Arc::clone(&self.db),
            cancellation: claimed.stop.clone(),
            reporter: self.board.reporter(claimed.id, claimed.lease),
        }
    }

    /// Calls the function behind its fences: time, panic, and the wish that it stop.
    async fn call(&self, timeout: Duration, single: Single, args: &str, job: &mut Job) -> Call {
        let (cancellation, end) = (job.cancellation(), job.began + timeout);
        let fenced = async {
            tokio::select! {
                biased;
                verdict = single(args, job, &self.states) => Call::Returned(verdict),
                // No timer is set for a job that ends at once.
                () = async { tokio::time::sleep_until(end.into()).await } => Call::TimedOut,
                stop = async {
                    let stop = cancellation.stopped().await;
                    tokio::time::sleep(self.grace).await;
                    stop
                } => Call::Dropped(stop),
            }
        };
        // A job that panicked is dropped with all it held: nothing of it is looked at again.
        let caught = AssertUnwindSafe(fenced).catch_unwind().await;
        caught.unwrap_or_else(|panic| Call::Panicked(message(&*panic)))
    }
}

/// What is to be written of it.
pub(super) fn judge(call: Call, job: &Job, declared: &Declared) -> Ending {
    let again = || retry::wait(declared.retry, job.attempt, rand::random());
    let last = || job.attempt >= declared.retry.attempts;
    let failed = |reason, why, wait| Ending::Failed { reason, why, wait };
    match call {
        Call::Returned(Verdict::Done(result)) => Ending::Done(result),
        Call::Returned(Verdict::Settled) => Ending::Settled,
        Call::Returned(Verdict::Refused) => Ending::Refused,
        Call::Returned(Verdict::Failed(error)) => {
            let (next, why) = error.into_parts();
            match (job.stop(), next) {
                (Some(Stop::Draining | Stop::Lost), _) => Ending::Released,
                (Some(Stop::Cancelled), _) | (_, Next::Cancel) => {
                    failed(Reason::Cancelled, why, None)
                }
                (_, Next::Retry) => failed(Reason::Error, why, again()),
                (_, Next::RetryIn(_)) if last() => failed(Reason::Error, why, None),
                (_, Next::RetryIn(wait)) => failed(Reason::Error, why, Some(wait)),
                (_, Next::GiveUp) => failed(Reason::Error, why, None),
                (_, Next::Snooze(wait)) => failed(Reason::Snooze, why, Some(wait)),
            }
        }
        Call::Panicked(why) => failed(Reason::Panic, why, again()),
        Call::TimedOut => {
            let why = format!("it took longer than {:?}", declared.timeout);
            failed(Reason::Timeout, why, again())
        }
        Call::Dropped(Stop::Draining | Stop::Lost) => Ending::Released,
        Call::Dropped(Stop::Cancelled | Stop::Ended) => {
            failed(Reason::Cancelled, "cancelled while it ran".to_owned(), None)
        }
    }
}

/// Says how it ended, beside the log of what it did.
pub(super) fn tell(ending: &Ending, took: Duration) {
    let outcome = ending.as_str();
    match ending {
        Ending::Failed { reason: Reason::Cancelled | Reason::Snooze, .. }
        | Ending::Done(_)
        | Ending::Settled
        | Ending::Refused
        | Ending::Released => tracing::debug!(outcome, ?took, "the job ended"),
        Ending::Failed { why, wait: Some(wait), .. } => {
            tracing::warn!(why, ?wait, "the job failed; another attempt follows");
        }
        Ending::Failed { why, wait: None, .. } => tracing::error!(why, "the job failed for good"),
    }
}

/// The ending of a job whose kind this program does not know.
fn strange(claimed: &Claimed) -> Ended {
    let (id, lease, why) = (claimed.id, claimed.lease, "this program knows no such job");
    tracing::warn!(%id, kind = claimed.kind, "{why}");
    let (reason, why, wait) = (Reason::Snooze, why.to_owned(), Some(UNKNOWN));
    let ending = Ending::Failed { reason, why, wait };
    Ended { id, lease, began: Instant::now(), ending, reported: false }
}

/// A job whose arguments do not open: with the right key they will, unless somebody altered them.
pub(super) fn closed(claimed: &Claimed, declared: &Declared, why: Closed) -> Ending {
    let (id, kind) = (claimed.id, declared.name);
    let altered = why == Closed::Seal(SealError::Altered);
    let why = format!("its arguments are not opened: {why}");
    if altered {
        tracing::error!(%id, kind, why, "the job failed for good");
        return Ending::Failed { reason: Reason::Error, why, wait: None };
    }
    tracing::error!(%id, kind, why, again_in = ?UNKNOWN, "the job waits for its key");
    Ending::Failed { reason: Reason::Snooze, why, wait: Some(UNKNOWN) }
}

pub(super) fn message(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(ToString::to_string);
    text.or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "it panicked without a word".to_owned())
}
