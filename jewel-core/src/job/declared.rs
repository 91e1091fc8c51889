//! What `#[job(..)]` says, as constants. The macro writes these values; nothing computes on them.

use std::time::Duration;

use super::OnDead;
use crate::manifest::{Argument, Source};

/// Which of the waiting jobs of a queue run first.
///
/// Those in the background do not starve: every eighth claim begins with them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub enum Priority {
    /// Before all others: somebody is waiting for it.
    Urgent,
    /// What a job has that says nothing.
    #[default]
    Normal,
    /// When there is nothing else to do.
    Background,
}

impl Priority {
    /// All of them, in the order in which they run.
    pub const ALL: [Self; 3] = [Self::Urgent, Self::Normal, Self::Background];

    /// The number in the queue's tables: 0 runs first.
    pub const fn number(self) -> i16 {
        match self {
            Self::Urgent => 0,
            Self::Normal => 1,
            Self::Background => 2,
        }
    }

    /// The priority of this number.
    pub fn of(number: i16) -> Option<Self> {
        Self::ALL.into_iter().find(|priority| priority.number() == number)
    }

    /// The word of the annotation.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Urgent => "urgent",
            Self::Normal => "normal",
            Self::Background => "background",
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

/// `limit(..)` and `rate(..)`: how many jobs of a queue run at once, and how many begin in a time.
/// All jobs of a queue say the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Limits {
    /// The most that run in one process.
    pub process: Option<u32>,
    /// The most that run in all processes together.
    pub queue: Option<u32>,
    /// The most that run in all processes together with the same value of the field of this name.
    pub key: Option<(u32, &'static str)>,
    /// How many begin, counted by the database's clock.
    pub rate: Option<Rate>,
}

impl Limits {
    /// None at all.
    pub const NONE: Self = Self { process: None, queue: None, key: None, rate: None };

    /// Whether the database has to count.
    pub(super) fn is_keyed(&self) -> bool {
        self.queue.is_some() || self.key.is_some() || self.rate.is_some()
    }
}

/// `rate(10 / second, burst = 5)`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    /// How many begin in a window.
    pub count: u32,
    /// The window.
    pub window: Duration,
    /// How many may begin at once after a pause.
    pub burst: u32,
}

impl Rate {
    /// The time between two of them.
    pub fn every(&self) -> Duration {
        self.window / self.count.max(1)
    }
}

/// `unique(..)`: until when a second job with the same arguments is the first one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Until {
    /// Until the first one is over.
    Finish,
    /// Until the first one begins to run.
    Start,
    /// For so long after it was enqueued, whatever became of it.
    After(Duration),
}

/// `schedule("0 4 * * *", zone = "Europe/Berlin", missed = last)`: enqueued by the clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Schedule {
    /// Minute, hour, day of month, month, day of week.
    pub pattern: &'static str,
    /// The IANA name of the time zone whose clock counts.
    pub zone: &'static str,
    /// What becomes of the times at which nobody was there.
    pub missed: Missed,
}

/// What becomes of the times of a schedule at which no process ran.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Missed {
    /// They are passed over.
    Skip,
    /// One job stands for all of them: that of the last one.
    Last,
    /// Each gets its job.
    All,
}

impl Missed {
    /// The word of the annotation.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Skip => "skip",
            Self::Last => "last",
            Self::All => "all",
        }
    }
}

/// How long what is known of a job is kept after it did its work, where it says nothing.
pub const KEEP: Duration = Duration::from_hours(24);

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
    /// How long what is known of it is kept after it did its work; zero: not at all.
    pub keep: Duration,
    /// Whether a second one like it is enqueued while there is a first.
    pub unique: Option<Until>,
    /// What holds for its queue.
    pub limits: Limits,
    /// Whether the clock enqueues it.
    pub schedule: Option<Schedule>,
    /// How many of them one call takes at most.
    pub batch: u32,
    /// Whether its arguments and its result are sealed before the database has them.
    pub encrypted: bool,
    /// The job that is enqueued when it dies.
    pub on_dead: Option<OnDead>,
    /// Whether it takes a job that died, so that only the database enqueues it.
    pub buries: bool,
    /// The application state that its function takes.
    pub arguments: &'static [Argument],
}
