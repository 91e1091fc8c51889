//! What a job says when it did not do its work: try again, give up, or come back later.
//!
//! It deliberately is no `std::error::Error`, so that `?` turns every error into one: by default
//! the job is tried again.

use std::error::Error;
use std::fmt::{self, Display, Write};
use std::time::Duration;

/// Why a job ends without a result, and what is to happen next.
///
/// ```
/// use jewel_core::job::JobError;
/// fn parse(text: &str) -> Result<u32, JobError> {
///     if text.is_empty() {
///         return Err(JobError::give_up("there is nothing to read"));
///     }
///     Ok(text.parse()?) // any error: another attempt
/// }
/// assert!(parse("seven").unwrap_err().to_string().contains("invalid digit"));
/// ```
#[derive(Debug, Clone)]
pub struct JobError {
    next: Next,
    why: String,
}

/// What is to happen with the job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Next {
    /// Another attempt, after the wait that `retry(..)` gives.
    Retry,
    /// Another attempt, after this wait.
    RetryIn(Duration),
    /// No other attempt: it is dead.
    GiveUp,
    /// Not yet: it comes back after this wait, and no attempt has been used.
    Snooze(Duration),
    /// It is not wanted any more.
    Cancel,
}

impl JobError {
    /// The attempt failed: another one follows, while there are any.
    pub fn retry(why: impl Display) -> Self {
        Self { next: Next::Retry, why: why.to_string() }
    }

    /// The attempt failed: another one follows after `wait`, while there are any.
    pub fn retry_in(wait: Duration, why: impl Display) -> Self {
        Self { next: Next::RetryIn(wait), why: why.to_string() }
    }

    /// Another attempt would be in vain: the job is dead at once.
    pub fn give_up(why: impl Display) -> Self {
        Self { next: Next::GiveUp, why: why.to_string() }
    }

    /// It is too early: the job comes back after `wait`, and this attempt does not count.
    pub fn snooze(wait: Duration) -> Self {
        Self { next: Next::Snooze(wait), why: format!("snoozed for {wait:?}") }
    }

    /// The work is not wanted any more: the job ends as cancelled.
    pub fn cancelled() -> Self {
        Self { next: Next::Cancel, why: "cancelled by the job itself".to_owned() }
    }

    pub(super) fn into_parts(self) -> (Next, String) {
        (self.next, self.why)
    }
}

impl Display for JobError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.why)
    }
}

impl<E: Error + Send + Sync + 'static> From<E> for JobError {
    fn from(error: E) -> Self {
        let mut why = error.to_string();
        let mut source = error.source();
        while let Some(error) = source {
            let _ = write!(why, ": {error}");
            source = error.source();
        }
        Self { next: Next::Retry, why }
    }
}
