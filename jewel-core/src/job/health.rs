//! Whether this process's worker does what it is there for. It is stalled where a job waits for
//! long while slots are free all the time: then nothing but a new process helps.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// How long a job may wait beside free slots.
const LONG: Duration = Duration::from_mins(1);

/// A queue whose jobs nobody takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stalled {
    /// Its name.
    pub queue: Arc<str>,
    /// How long the first of its jobs has waited.
    pub waited: Duration,
}

/// What a worker says of itself.
#[derive(Debug, Default)]
pub(super) struct Health(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    /// Since when there has always been a free slot.
    free: Option<Instant>,
    /// How long the first job of each queue has waited; only of those that may begin.
    waited: HashMap<Arc<str>, Duration>,
}

impl Health {
    /// Whether there is a free slot now.
    pub(super) fn free(&self, free: bool) {
        let mut state = self.state();
        state.free = free.then(|| state.free.unwrap_or_else(Instant::now));
    }

    /// For how many seconds the first job of a queue has waited.
    pub(super) fn waiting(&self, queue: &Arc<str>, oldest: Option<f32>) {
        let waited = oldest.and_then(|seconds| Duration::try_from_secs_f32(seconds).ok());
        match waited {
            Some(waited) => self.state().waited.insert(Arc::clone(queue), waited),
            None => self.state().waited.remove(queue),
        };
    }

    /// The queue that waits longest in vain, if one does.
    pub(super) fn stalled(&self, now: Instant) -> Option<Stalled> {
        let state = self.state();
        let free = state.free.is_some_and(|since| now.duration_since(since) > LONG);
        let worst = state.waited.iter().max_by_key(|(_, waited)| **waited)?;
        let (queue, waited) = (Arc::clone(worst.0), *worst.1);
        (free && waited > LONG).then_some(Stalled { queue, waited })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
