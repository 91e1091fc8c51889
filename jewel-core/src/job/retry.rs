//! How long a job waits before its next attempt: pure arithmetic.
//!
//! It does not decide whether there is a next attempt for what kind of failure; `run` does.

use std::time::Duration;

use super::Retry;

/// The wait after the failure of attempt number `attempt` (from 1), or `None` where it was the
/// last. `jitter` is a random number from 0 to 1.
pub(super) fn wait(retry: Retry, attempt: u16, jitter: f64) -> Option<Duration> {
    (attempt < retry.attempts).then(|| {
        let doublings = i32::from(attempt.max(1) - 1).min(62);
        let full = retry.min.as_secs_f64() * 2f64.powi(doublings);
        let full = full.min(retry.max.as_secs_f64());
        Duration::from_secs_f64(full * (1.0 - jitter.clamp(0.0, 1.0) / 2.0))
    })
}
