//! What `#[job(..)]` says, as constants. The macro writes these values; nothing computes on them.

use std::time::Duration;

use crate::manifest::{Argument, Source};

/// Which of the waiting jobs of a queue run first.
///
/// The low ones do not starve: every eighth claim begins with them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub enum Priority {
    /// Before all others: somebody is waiting for it.
    Urgent,
    /// What a job has that says nothing.
    #[default]
    Normal,
    /// When there is nothing else to do.
    Low,
}

impl Priority {
    /// All of them, in the order in which they run.
    pub const ALL: [Self; 3] = [Self::Urgent, Self::Normal, Self::Low];

    /// The number in the queue's tables: 0 runs first.
    pub const fn number(self) -> i16 {
        match self {
            Self::Urgent => 0,
            Self::Normal => 1,
            Self::Low => 2,
        }
    }

    /// The word of the annotation.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Urgent => "urgent",
            Self::Normal => "normal",
            Self::Low => "low",
        }
    }
}

/// `retry(8, 2s..5m)`: how often a job is tried, and how long it waits in between.
///
/// The wait doubles with each attempt, from `min` up to `max`, less a random part of up to a half,
/// so that jobs that failed together do not come back together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retry {
    /// The attempts in all; at least 1.
    pub attempts: u16,
    /// The wait after the first attempt.
    pub min: Duration,
    /// The longest wait.
    pub max: Duration,
}

/// A job's annotation.
#[derive(Debug, Clone, Copy)]
pub struct Declared {
    /// The function's name: the job's kind in the queue's tables, unique in an application.
    pub name: &'static str,
    /// The Rust module it stands in, as `module_path!()` says it.
    pub module: &'static str,
    /// Where it stands.
    pub source: Source,
    /// The doc comment's first paragraph.
    pub summary: &'static str,
    /// The rest of the doc comment.
    pub description: &'static str,
    /// The queue it waits in: 1 to 100 of `a-z 0-9 _ . : / -`.
    pub queue: &'static str,
    /// Its place among those that wait.
    pub priority: Priority,
    /// How often it is tried.
    pub retry: Retry,
    /// How long one attempt may take.
    pub timeout: Duration,
    /// The application state that its function takes.
    pub arguments: &'static [Argument],
}
