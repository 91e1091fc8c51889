//! How a running job hears that it should stop.
//!
//! It is a wish: the job may finish, return, or be dropped once its grace is over.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

use tokio::sync::Notify;

/// Why a job should stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stop {
    /// Somebody cancelled it.
    Cancelled = 1,
    /// Its worker shuts down: another one will run it.
    Draining = 2,
    /// Its worker lost its lease: another one may already be running it.
    Lost = 3,
    /// Its attempt is over, or its worker holds it no longer.
    Ended = 4,
}

impl Stop {
    /// All of them, by their numbers from 1.
    const ALL: [Self; 4] = [Self::Cancelled, Self::Draining, Self::Lost, Self::Ended];
}

/// The end that listens. Clones go wherever the work goes, for one to a blocking thread.
#[derive(Debug, Clone, Default)]
pub struct Cancellation(Arc<Word>);

/// What was said, 0 for nothing, and who waits for it.
#[derive(Debug, Default)]
struct Word {
    why: AtomicU8,
    said: Notify,
}

impl Cancellation {
    /// Whether the job should stop.
    pub fn is_cancelled(&self) -> bool {
        self.why().is_some()
    }

    /// Waits until the job should stop.
    pub async fn cancelled(&self) {
        self.stopped().await;
    }

    pub(super) fn why(&self) -> Option<Stop> {
        let number = usize::from(self.0.why.load(Ordering::Acquire));
        Stop::ALL.get(number.wrapping_sub(1)).copied()
    }

    pub(super) async fn stopped(&self) -> Stop {
        loop {
            let said = self.0.said.notified(); // hears what is said from here on
            if let Some(why) = self.why() {
                return why;
            }
            said.await;
        }
    }

    /// Tells the job to stop; the first reason stays.
    pub(super) fn stop(&self, why: Stop) {
        let first = self.0.why.compare_exchange(0, why as u8, Ordering::AcqRel, Ordering::Relaxed);
        if first.is_ok() {
            self.0.said.notify_waiters();
        }
    }

    /// The end that tells.
    pub(super) fn stopper(&self) -> Stopper {
        Stopper(self.clone())
    }
}

/// The end that tells: the worker has it as long as it holds the job.
#[derive(Debug)]
pub(super) struct Stopper(Cancellation);

impl Stopper {
    /// Tells the job to stop; the first reason stays.
    pub(super) fn stop(&self, why: Stop) {
        self.0.stop(why);
    }
}

impl Drop for Stopper {
    fn drop(&mut self) {
        self.0.stop(Stop::Ended);
    }
}
