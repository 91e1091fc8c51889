//! The slots of a worker. What was claimed waits in one line; each slot takes from it, one job
//! after another, and ends when there is none.
//!
//! At first as many slots are taken as threads can work at once; each whose job has to wait for
//! something lets another one be taken. So jobs that never wait cost no task and no wake.

use std::collections::{HashMap, VecDeque};
use std::future::poll_fn;
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::sync::{Notify, mpsc};
use tokio::task::JoinSet;
use tokio::time::Instant;

use super::boot::Boot;
use super::ending::Ended;
use super::run::Runner;
use super::storage::Claimed;

/// The weight of the newest run in the mean.
const WEIGHT: f64 = 0.1;
/// After this time in the line all slots are taken, even if those that are do not seem to wait:
/// they may keep their threads.
const PATIENCE: Duration = Duration::from_millis(100);

/// The line before the slots, and what is known of those who have left it.
#[derive(Debug, Default)]
pub(super) struct Line {
    state: Mutex<State>,
    /// Told when the line has become as short as was asked for, or another slot can be taken.
    moved: Notify,
}

#[derive(Debug, Default)]
struct State {
    /// Claimed and not started, each since when.
    waiting: VecDeque<(Instant, Claimed)>,
    /// How many of each queue wait here or run.
    held: HashMap<i16, usize>,
    /// How many slots are taken, and in how many of them a job waits for something.
    taken: usize,
    idle: usize,
    /// The mean run, in seconds, and the last.
    pace: Option<f64>,
    last: Duration,
    /// At which length somebody wants to be told.
    tell_at: Option<usize>,
    closed: bool,
}

impl Line {
    /// Lines up jobs that were claimed.
    pub(super) fn hold(&self, claimed: Vec<Claimed>) {
        let now = Instant::now();
        let mut state = self.state();
        for claimed in claimed {
            *state.held.entry(claimed.queue).or_default() += 1;
            state.waiting.push_back((now, claimed));
        }
    }

    /// How many wait.
    pub(super) fn len(&self) -> usize {
        self.state().waiting.len()
    }

    /// How many slots are taken.
    pub(super) fn taken(&self) -> usize {
        self.state().taken
    }

    /// Whether nothing waits and nothing runs.
    pub(super) fn is_idle(&self) -> bool {
        let state = self.state();
        state.taken == 0 && state.waiting.is_empty()
    }

    /// How many jobs of these queues wait or run.
    pub(super) fn held(&self) -> HashMap<i16, usize> {
        self.state().held.clone()
    }

    /// The mean run, in seconds; `None` before the first.
    pub(super) fn pace(&self) -> Option<f64> {
        self.state().pace
    }

    /// Jobs are not as quick as they were.
    pub(super) fn forget_pace(&self) {
        self.state().pace = None;
    }

    /// How long the last run took.
    pub(super) fn last(&self) -> Duration {
        self.state().last
    }

    /// Since when the first one waits.
    pub(super) fn since(&self) -> Option<Instant> {
        self.state().waiting.front().map(|(since, _)| *since)
    }

    /// Waits until the line is no longer than was to be told of, or another slot can be taken.
    pub(super) async fn moved(&self) {
        self.moved.notified().await;
    }

    /// Has [`moved`](Self::moved) told when no more than so many wait.
    pub(super) fn tell_at(&self, length: usize) {
        self.state().tell_at = Some(length);
    }

    /// Takes the first out of the line, where `leave` says so.
    pub(super) fn leave(&self, leave: impl FnOnce(&Claimed) -> bool) -> bool {
        let mut state = self.state();
        let Some((_, first)) = state.waiting.front() else { return false };
        let (queue, leaves) = (first.queue, leave(first));
        if leaves {
            state.waiting.pop_front();
            state.let_go(queue);
        }
        leaves
    }

    /// Lets nobody out of the line any more but by [`clear`](Self::clear).
    pub(super) fn close(&self) {
        self.state().closed = true;
    }

    /// Takes all out of the line.
    pub(super) fn clear(&self) -> VecDeque<(Instant, Claimed)> {
        std::mem::take(&mut self.state().waiting)
    }

    /// Takes more of so many slots, as far as anything waits for them.
    pub(super) fn fill(
        self: &Arc<Self>,
        slots: usize,
        running: &mut JoinSet<()>,
        boot: &Arc<Boot>,
        runner: &Arc<Runner>,
        endings: &mpsc::Sender<Ended>,
    ) {
        let mut state = self.state();
        let long = |(since, _): &(Instant, Claimed)| since.elapsed() > PATIENCE;
        let busy = state.taken - state.idle;
        let more = if state.waiting.front().is_some_and(long) {
            slots
        } else {
            Handle::current().metrics().num_workers().saturating_sub(busy)
        };
        let more = more.min(slots.saturating_sub(state.taken)).min(state.waiting.len());
        state.taken += more;
        drop(state);
        for _ in 0..more {
            let slot = Slot { line: Arc::clone(self), queues: Vec::new(), idle: false };
            let (boot, runner) = (Arc::clone(boot), Arc::clone(runner));
            running.spawn(slot.work(boot, runner, endings.clone()));
        }
    }

    /// The job of a slot waits for something.
    fn idle(&self) {
        let mut state = self.state();
        state.idle += 1;
        if !state.waiting.is_empty() {
            self.moved.notify_one();
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn let_go(&mut self, queue: i16) {
        if let Some(held) = self.held.get_mut(&queue) {
            *held = held.saturating_sub(1);
        }
    }

    /// The next job and, where one call takes many of its kind, others of it.
    fn next(&mut self, boot: &Boot) -> Option<(Claimed, Vec<Claimed>)> {
        let (_, first) = self.waiting.pop_front()?;
        let mut more = Vec::new();
        let declared = boot.register.kinds.get(&first.kind);
        let most = declared.map_or(1, |kind| kind.definition.entry.declared.batch as usize);
        if most > 1 {
            let mut rest = VecDeque::new();
            for (since, claimed) in self.waiting.drain(..) {
                if claimed.kind == first.kind && more.len() + 1 < most {
                    more.push(claimed);
                } else {
                    rest.push_back((since, claimed));
                }
            }
            self.waiting = rest;
        }
        Some((first, more))
    }
}

/// A slot that is taken, until it is dropped.
struct Slot {
    line: Arc<Line>,
    /// Those of the jobs that run here now, one or more of a kind.
    queues: Vec<i16>,
    /// Whether they wait for something, or did.
    idle: bool,
}

impl Slot {
    /// Runs what waits, one after another.
    async fn work(mut self, boot: Arc<Boot>, runner: Arc<Runner>, endings: mpsc::Sender<Ended>) {
        let (mut took, mut ended) = (None, Vec::with_capacity(1));
        while let Some((first, more)) = self.next(&boot, took) {
            took = Some(self.watch(runner.run(&boot, first, more, &mut ended)).await);
            for ended in ended.drain(..) {
                // It fails where settling has ended: then the lease is lost, and this with it.
                let _ = endings.send(ended).await;
            }
        }
    }

    /// Runs a job, and hears when it waits for something: its thread then has time for another one.
    async fn watch<T>(&mut self, run: impl Future<Output = T>) -> T {
        let mut run = pin!(run);
        poll_fn(|context| {
            let polled = run.as_mut().poll(context);
            if polled.is_pending() && !std::mem::replace(&mut self.idle, true) {
                self.line.idle();
            }
            polled
        })
        .await
    }

    /// What runs here next, the last run being over.
    fn next(&mut self, boot: &Boot, took: Option<Duration>) -> Option<(Claimed, Vec<Claimed>)> {
        let mut state = self.line.state();
        for queue in self.queues.drain(..) {
            state.let_go(queue);
        }
        state.idle -= usize::from(std::mem::take(&mut self.idle));
        if let Some(took) = took {
            let seconds = took.as_secs_f64();
            state.pace = Some(state.pace.map_or(seconds, |mean| mean + WEIGHT * (seconds - mean)));
            state.last = took;
        }
        if state.closed {
            return None;
        }
        let (first, more) = state.next(boot)?;
        self.queues.push(first.queue);
        self.queues.extend(more.iter().map(|claimed| claimed.queue));
        let waiting = state.waiting.len();
        if state.tell_at.take_if(|at| waiting <= *at).is_some() {
            self.line.moved.notify_one();
        }
        Some((first, more))
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        let mut state = self.line.state();
        state.taken -= 1;
        state.idle -= usize::from(self.idle);
        for queue in self.queues.drain(..) {
            state.let_go(queue);
        }
    }
}
