//! How an attempt ended, and what is written of it: a closed type, sorted into the three ways by
//! which a job leaves its lease. Pure.

use std::time::{Duration, Instant};

use uuid::Uuid;

use super::ticket::JobId;

/// The longest text of a failure that is kept, in bytes.
const MAX_MESSAGE: usize = 4096;

/// Why an attempt failed; the numbers are those of `jewel.failure`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reason {
    /// It returned an error.
    Error = 1,
    /// It panicked.
    Panic = 2,
    /// It took too long.
    Timeout = 3,
    /// It was cancelled.
    Cancelled = 5,
    /// It wants to come back later: no failure at all.
    Snooze = 6,
}

/// How an attempt ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Ending {
    /// With a result, as JSON.
    Done(Option<String>),
    /// With a result, which its own transaction has written.
    Settled,
    /// Too late: its transaction found the lease gone, and did nothing.
    Refused,
    /// Without; another attempt follows after the wait, where there is one.
    Failed { reason: Reason, why: String, wait: Option<Duration> },
    /// Not at all: another worker is to run it.
    Released,
}

impl Ending {
    /// The word in metrics and logs.
    pub(super) fn as_str(&self) -> &'static str {
        match self {
            Self::Done(_) | Self::Settled => "completed",
            Self::Refused => "refused",
            Self::Failed { reason: Reason::Cancelled, .. } => "cancelled",
            Self::Failed { reason: Reason::Snooze, .. } => "snoozed",
            Self::Failed { wait: Some(_), .. } => "retried",
            Self::Failed { wait: None, .. } => "dead",
            Self::Released => "released",
        }
    }
}

/// A job whose attempt has ended, on its way to the database.
#[derive(Debug, Clone)]
pub(super) struct Ended {
    pub(super) id: JobId,
    pub(super) lease: Uuid,
    /// When its function was called.
    pub(super) began: Instant,
    pub(super) ending: Ending,
    /// Whether it said how far it was, so that somebody may be following it.
    pub(super) reported: bool,
}

/// Jobs to complete, column by column.
#[derive(Debug, Default)]
pub(super) struct Done {
    pub(super) leases: Vec<Uuid>,
    pub(super) ids: Vec<i64>,
    pub(super) began: Vec<Instant>,
    pub(super) results: Vec<Option<String>>,
}

impl Done {
    /// The one at this place.
    pub(super) fn only(&self, at: usize) -> Self {
        Self {
            leases: vec![self.leases[at]],
            ids: vec![self.ids[at]],
            began: vec![self.began[at]],
            results: vec![self.results[at].clone()],
        }
    }
}

/// Jobs that failed, column by column.
#[derive(Debug, Default)]
pub(super) struct Failed {
    pub(super) leases: Vec<Uuid>,
    pub(super) ids: Vec<i64>,
    pub(super) began: Vec<Instant>,
    pub(super) reasons: Vec<i16>,
    pub(super) messages: Vec<String>,
    /// Seconds; `None` where no attempt follows.
    pub(super) waits: Vec<Option<f64>>,
}

/// Jobs of which nothing is to be said but that, column by column.
#[derive(Debug, Default)]
pub(super) struct Bare {
    pub(super) leases: Vec<Uuid>,
    pub(super) ids: Vec<i64>,
}

/// Ended jobs, sorted by how they leave their lease.
#[derive(Debug, Default)]
pub(super) struct Batch {
    pub(super) done: Done,
    pub(super) failed: Failed,
    /// Those to hand back.
    pub(super) released: Bare,
    /// Those that their own transaction settled.
    pub(super) over: Bare,
    /// Those that another worker has.
    pub(super) refused: Bare,
    /// Those that had said how far they were.
    pub(super) reported: Vec<i64>,
}

impl Batch {
    pub(super) fn add(&mut self, ended: Ended) {
        let (id, lease, began) = (ended.id.0, ended.lease, ended.began);
        if ended.reported {
            self.reported.push(id);
        }
        match ended.ending {
            Ending::Done(result) => {
                self.done.leases.push(lease);
                self.done.ids.push(id);
                self.done.began.push(began);
                self.done.results.push(result);
            }
            Ending::Settled => {
                self.over.leases.push(lease);
                self.over.ids.push(id);
            }
            Ending::Refused => {
                self.refused.leases.push(lease);
                self.refused.ids.push(id);
            }
            Ending::Failed { reason, why, wait } => {
                self.failed.leases.push(lease);
                self.failed.ids.push(id);
                self.failed.began.push(began);
                self.failed.reasons.push(reason as i16);
                self.failed.messages.push(storable(why));
                self.failed.waits.push(wait.map(|wait| wait.as_secs_f64()));
            }
            Ending::Released => {
                self.released.leases.push(lease);
                self.released.ids.push(id);
            }
        }
    }
}

/// A text as the database takes it: without NUL, and not endless.
pub(super) fn storable(mut text: String) -> String {
    if text.len() > MAX_MESSAGE {
        let end = text.floor_char_boundary(MAX_MESSAGE);
        text.truncate(end);
    }
    if text.contains('\0') { text.replace('\0', "\u{fffd}") } else { text }
}
