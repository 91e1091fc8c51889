//! One call for many jobs of a kind, each with an ending of its own: like `run`, and as its fences.

use std::borrow::Cow;
use std::panic::AssertUnwindSafe;
use std::time::Instant;

use futures_util::stream::FuturesUnordered;
use futures_util::{FutureExt, StreamExt};
use tracing::Instrument;

use super::attempt::Job;
use super::boot::Boot;
use super::cancel::{Cancellation, Stop};
use super::context;
use super::ending::{Ended, Ending};
use super::error::JobError;
use super::outcome::Verdict;
use super::queue::Kind;
use super::run::{Call, Runner, closed, judge, message, tell};
use super::sealed;
use super::storage::Claimed;
use super::task::Together;
use crate::trace::TraceParent;

impl Runner {
    /// Runs one attempt of each of these jobs, which are of one kind.
    pub(super) async fn run_together(
        &self,
        boot: &Boot,
        kind: &Kind,
        together: Together,
        group: Vec<Claimed>,
    ) -> Vec<Ended> {
        let (began, declared) = (Instant::now(), &kind.definition.entry.declared);
        let ended = |claimed: &Claimed, ending| {
            let (id, lease) = (claimed.id, claimed.lease);
            Ended { id, lease, began, ending, reported: false }
        };
        let (mut over, mut begun) = (Vec::new(), Vec::new());
        for claimed in group {
            let trace = TraceParent::default().child();
            let args = sealed::opened(self.db.keys(), declared, &claimed.args);
            let args = args.map(Cow::into_owned);
            let job = self.job(boot, &claimed, declared, trace, began);
            match (args, job.stop()) {
                (_, Some(Stop::Ended)) => over.push(ended(&claimed, Ending::Released)),
                (Err(why), _) => over.push(ended(&claimed, closed(&claimed, declared, why))),
                (Ok(_), Some(stop)) => {
                    let ending = judge(Call::Dropped(stop), &job, declared);
                    over.push(ended(&claimed, ending));
                }
                (Ok(args), None) => begun.push((claimed, args, job)),
            }
        }
        if begun.is_empty() {
            return over;
        }
        let trace = TraceParent::new();
        let (name, count) = (declared.name, begun.len());
        let span = tracing::info_span!("jobs", kind = name, count, trace = %trace);
        let running: Vec<_> =
            begun.iter().map(|(claimed, ..)| kind.figures.started(claimed.waited)).collect();
        let texts: Vec<&str> = begun.iter().map(|(_, args, _)| args.as_str()).collect();
        let stops = begun.iter().map(|(.., job)| job.cancellation()).collect();
        let calls = self.call_together(declared.timeout, together, &texts, stops);
        let calls = context::traced(trace, calls).instrument(span.clone()).await;
        drop(running);
        for (call, (claimed, _, job)) in calls.into_iter().zip(&begun) {
            let ending = judge(self.kept(call, kind, job), job, declared);
            kind.figures.ended(&ending, began.elapsed());
            span.in_scope(|| tell(&ending, began.elapsed()));
            claimed.stop.stop(Stop::Ended);
            over.push(ended(claimed, ending));
        }
        over
    }

    /// What came of the call, its result as it is kept.
    fn kept(&self, call: Call, kind: &Kind, job: &Job) -> Call {
        let Call::Returned(Verdict::Done(result)) = call else { return call };
        let declared = &kind.definition.entry.declared;
        Call::Returned(match sealed::result(self.db.keys(), declared, job.id, result) {
            Ok(result) => Verdict::Done(result),
            Err(why) => Verdict::Failed(JobError::give_up(why)),
        })
    }

    /// Calls the function behind the fences of a single job; what ends the call ends it for all.
    async fn call_together(
        &self,
        timeout: std::time::Duration,
        together: Together,
        texts: &[&str],
        stops: Vec<Cancellation>,
    ) -> Vec<Call> {
        let all = |call: fn() -> Call| texts.iter().map(|_| call()).collect();
        let fenced = async {
            tokio::select! {
                biased;
                verdicts = together(texts, &self.states) => {
                    verdicts.into_iter().map(Call::Returned).collect()
                }
                () = tokio::time::sleep(timeout) => all(|| Call::TimedOut),
                stop = async {
                    let stop = stopped(&stops).await;
                    tokio::time::sleep(self.grace).await;
                    stop
                } => texts.iter().map(|_| Call::Dropped(stop)).collect(),
            }
        };
        match AssertUnwindSafe(fenced).catch_unwind().await {
            Ok(calls) => calls,
            Err(panic) => {
                let why = message(&*panic);
                texts.iter().map(|_| Call::Panicked(why.clone())).collect()
            }
        }
    }
}

/// Waits until the call as a whole is to stop: because its process does, or because each of its
/// jobs is cancelled. That some are is no reason to give up the others.
async fn stopped(stops: &[Cancellation]) -> Stop {
    let mut waiting: FuturesUnordered<_> = stops.iter().map(Cancellation::stopped).collect();
    while let Some(stop) = waiting.next().await {
        if matches!(stop, Stop::Draining | Stop::Lost) {
            return stop;
        }
    }
    Stop::Cancelled
}
