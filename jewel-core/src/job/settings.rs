//! How much a worker takes on, and how long it waits for what.

use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::config::Span;

/// The settings of this process's worker.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// The most jobs that run at once in this process; 1 to 10 000.
    pub concurrency: u16,
    /// The queues that are served; all of the application's where none is named.
    pub queues: Vec<String>,
    /// The most jobs that one statement claims or settles; 1 to 1000.
    pub batch: u16,
    /// How often the queues are looked at where nothing tells of new jobs, and how often due jobs
    /// are made ready.
    pub poll_interval: Span,
    /// How long a worker counts as alive after its last heartbeat; it beats three times as often.
    /// Jobs of a worker that died are run again after this time.
    pub lease_ttl: Span,
    /// How long running jobs may go on after the process was told to stop; what then still runs is
    /// handed back and runs elsewhere.
    pub drain_timeout: Span,
    /// How long a job that was told to stop may take to do so before it is dropped.
    pub stop_grace: Span,
    /// In how many dying workers a job may have been open before it is set aside as poisoned.
    pub max_crashes: u16,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            concurrency: 20,
            queues: Vec::new(),
            batch: 1000,
            poll_interval: Span::from_secs(1),
            lease_ttl: Span::from_secs(15),
            drain_timeout: Span::from_secs(25),
            stop_grace: Span::from_secs(3),
            max_crashes: 3,
        }
    }
}

impl Settings {
    /// The slots for running jobs.
    pub(super) fn slots(&self) -> usize {
        usize::from(self.concurrency.clamp(1, 10_000))
    }

    pub(super) fn batch(&self) -> usize {
        usize::from(self.batch.clamp(1, 1000))
    }

    pub(super) fn poll(&self) -> Duration {
        self.poll_interval.get().max(Duration::from_millis(10))
    }

    pub(super) fn ttl(&self) -> Duration {
        self.lease_ttl.get().max(Duration::from_millis(100))
    }

    /// The time between two heartbeats.
    pub(super) fn beat(&self) -> Duration {
        self.ttl() / 3
    }

    /// How long after a heartbeat the worker still trusts its lease, by its own clock: a margin
    /// short of what the database grants.
    pub(super) fn trust(&self) -> Duration {
        self.ttl() / 8 * 7
    }
}
