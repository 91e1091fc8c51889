//! The words of a job, and what a job has heard.

use std::time::Duration;

use proc_macro2::TokenStream;

use super::at_once::AtOnce;
use super::priority::Priority;
use super::rate::Rate;
use super::retry::Retry;
use super::schedule::Schedule;
use super::unique::Unique;
use super::{
    Word, at_once, batch, encrypted, keep, on_dead, priority, queue, rate, retry, schedule,
    timeout, unique,
};

/// Every word of `#[job]`.
pub(crate) const TABLE: &[&Word<Words>] = &[
    &queue::WORD,
    &priority::WORD,
    &retry::WORD,
    &timeout::WORD,
    &at_once::WORD,
    &rate::WORD,
    &unique::WORD,
    &schedule::WORD,
    &keep::WORD,
    &batch::WORD,
    &encrypted::WORD,
    &on_dead::WORD,
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
    /// How many run at once.
    pub(crate) limits: Vec<AtOnce>,
    /// How many begin in a time.
    pub(crate) rate: Option<Rate>,
    /// Whether it is the only one of its kind.
    pub(crate) unique: Option<Unique>,
    /// Whether the clock enqueues it.
    pub(crate) schedule: Option<Schedule>,
    /// How long what is known of it is kept.
    pub(crate) keep: Option<Duration>,
    /// How many of them one call takes at most.
    pub(crate) batch: Option<u32>,
    /// Whether its arguments and its result are sealed.
    pub(crate) encrypted: bool,
    /// The path of the job that is enqueued when it dies.
    pub(crate) on_dead: Option<TokenStream>,
}
