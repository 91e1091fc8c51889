//! The words of a job, and what a job has heard.

use std::time::Duration;

use super::priority::Priority;
use super::retry::Retry;
use super::{Word, later, priority, queue, retry, timeout};

/// Every word of `#[job]`.
pub(crate) const TABLE: &[&Word<Words>] = &[
    &queue::WORD,
    &priority::WORD,
    &retry::WORD,
    &timeout::WORD,
    &later::LIMIT,
    &later::UNIQUE,
    &later::SCHEDULE,
    &later::KEEP,
];

/// What a job's annotation said; what it did not say, or said wrong, is absent.
#[derive(Debug, Default)]
pub(crate) struct Words {
    /// The queue.
    pub(crate) queue: Option<String>,
    /// Which jobs of the queue go first.
    pub(crate) priority: Option<Priority>,
    /// How often it is tried, and how long it waits in between.
    pub(crate) retry: Option<Retry>,
    /// How long one attempt may take.
    pub(crate) timeout: Option<Duration>,
}
