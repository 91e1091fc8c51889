//! How a running job hears that it should stop.
//!
//! It is a wish: the job may finish, return, or be dropped once its grace is over.

use tokio::sync::watch;

/// Why a job should stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stop {
    /// Somebody cancelled it.
    Cancelled,
    /// Its worker shuts down: another one will run it.
    Draining,
    /// Its worker lost its lease: another one may already be running it.
    Lost,
    /// Its attempt is over.
    Ended,
}

/// The end that tells: the worker has it.
#[derive(Debug)]
pub(super) struct Stopper(watch::Sender<Option<Stop>>);

impl Stopper {
    pub(super) fn new() -> Self {
        Self(watch::Sender::new(None))
    }

    /// Tells the job to stop; the first reason stays.
    pub(super) fn stop(&self, why: Stop) {
        self.0.send_if_modified(|stop| {
            let first = stop.is_none();
            stop.get_or_insert(why);
            first
        });
    }

    pub(super) fn cancellation(&self) -> Cancellation {
        Cancellation(self.0.subscribe())
    }
}

/// The end that listens. Clones go wherever the work goes, for one to a blocking thread.
#[derive(Debug, Clone)]
pub struct Cancellation(watch::Receiver<Option<Stop>>);

impl Cancellation {
    /// Whether the job should stop.
    pub fn is_cancelled(&self) -> bool {
        self.why().is_some() || self.0.has_changed().is_err()
    }

    /// Waits until the job should stop.
    pub async fn cancelled(&self) {
        self.stopped().await;
    }

    pub(super) fn why(&self) -> Option<Stop> {
        *self.0.borrow()
    }

    pub(super) async fn stopped(&self) -> Stop {
        let mut stop = self.0.clone();
        match stop.wait_for(Option::is_some).await {
            Ok(why) => why.unwrap_or(Stop::Ended),
            Err(_) => Stop::Ended,
        }
    }
}
