//! Time as the framework tells it: one instant type, and a clock that a test can turn.
//!
//! Nothing here sleeps or measures a duration: deadlines and latencies use the runtime's own
//! monotonic clock.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta, Utc};

/// An instant in UTC, with microseconds (what PostgreSQL keeps); RFC 3339 on the wire.
pub type Timestamp = DateTime<Utc>;

/// Says what time it is.
///
/// Clones share one offset, so that turning any of them turns them all.
///
/// ```
/// let clock = jewel_core::Clock::default();
/// let before = clock.now();
/// clock.turn(chrono::TimeDelta::days(2));
/// assert!(clock.now() - before >= chrono::TimeDelta::days(2));
/// ```
#[derive(Debug, Clone)]
pub struct Clock {
    /// How far ahead of the system's clock, in microseconds.
    ahead: Arc<AtomicI64>,
    /// When this clock was made.
    since: Instant,
}

impl Default for Clock {
    fn default() -> Self {
        Self { ahead: Arc::default(), since: Instant::now() }
    }
}

impl Clock {
    /// The present instant, cut to whole microseconds.
    pub fn now(&self) -> Timestamp {
        let now = Utc::now();
        let micros = now.timestamp_micros().saturating_add(self.ahead.load(Ordering::Relaxed));
        DateTime::from_timestamp_micros(micros).unwrap_or(now)
    }

    /// How long this clock has run: it never goes back, except where a test turns it back.
    pub fn elapsed(&self) -> Duration {
        let ahead = self.ahead.load(Ordering::Relaxed);
        let elapsed = self.since.elapsed();
        match u64::try_from(ahead) {
            Ok(ahead) => elapsed + Duration::from_micros(ahead),
            Err(_) => elapsed.saturating_sub(Duration::from_micros(ahead.unsigned_abs())),
        }
    }

    /// How far it was turned, in microseconds.
    pub fn ahead(&self) -> i64 {
        self.ahead.load(Ordering::Relaxed)
    }

    /// Moves the clock forward (or back) by `by`, for a test.
    pub fn turn(&self, by: TimeDelta) {
        let micros = by.num_microseconds().unwrap_or(i64::MAX);
        self.ahead.fetch_add(micros, Ordering::Relaxed);
    }
}
