//! What is known of a job from outside: plain data.
//!
//! How it is shown to callers is the flows' business; who may see it, the application's.

use std::fmt;
use std::num::ParseIntError;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::entity::Column;

/// The number of a job.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    Serialize,
    Deserialize,
    JsonSchema,
    sqlx::Type,
)]
#[serde(transparent)]
#[sqlx(transparent)]
pub struct JobId(pub i64);

impl Column for JobId {
    const SQL: &'static str = "bigint";
}

impl fmt::Display for JobId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for JobId {
    type Err = ParseIntError;

    fn from_str(text: &str) -> Result<Self, ParseIntError> {
        text.parse().map(Self)
    }
}

/// What enqueueing gives back. The job exists once the transaction has committed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Ticket {
    /// The job.
    pub id: JobId,
    /// Whether it had been enqueued before, so that nothing was added.
    pub duplicate: bool,
}

/// Where a job is: exactly one of these.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// It waits for its time.
    Scheduled,
    /// It waits for a worker.
    Ready,
    /// It waits for the jobs it depends on.
    Blocked,
    /// A worker has it.
    Running,
    /// It failed and waits for its next attempt.
    Retrying,
    /// It did its work.
    Completed,
    /// It gave up, or has no attempts left.
    Dead,
    /// It was cancelled.
    Cancelled,
    /// Its workers died too often while they had it.
    Poisoned,
}

impl Place {
    /// Whether nothing more will happen, unless an operator says so.
    pub const fn is_final(self) -> bool {
        matches!(self, Self::Completed | Self::Dead | Self::Cancelled | Self::Poisoned)
    }

    /// All of them, in the order of a job's life.
    pub const ALL: [Self; 9] = [
        Self::Scheduled,
        Self::Ready,
        Self::Blocked,
        Self::Running,
        Self::Retrying,
        Self::Completed,
        Self::Dead,
        Self::Cancelled,
        Self::Poisoned,
    ];

    /// The word in the queue's views, in JSON and in commands.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Scheduled => "scheduled",
            Self::Ready => "ready",
            Self::Blocked => "blocked",
            Self::Running => "running",
            Self::Retrying => "retrying",
            Self::Completed => "completed",
            Self::Dead => "dead",
            Self::Cancelled => "cancelled",
            Self::Poisoned => "poisoned",
        }
    }

    /// The place of this word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|place| place.as_str() == word)
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl TryFrom<String> for Place {
    type Error = String;

    fn try_from(word: String) -> Result<Self, String> {
        Self::parse(&word).ok_or_else(|| format!("a job cannot be `{word}`"))
    }
}

/// How far a running job says it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Progress {
    /// From 0 to 100.
    pub percent: u8,
    /// What it is doing, in a few words.
    pub step: String,
}

/// What is known of a job.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Status {
    /// Where it is.
    pub place: Place,
    /// The attempt that runs, or the last that did; 0 before the first.
    pub attempt: u16,
    /// How far it says it is, while it runs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub progress: Option<Progress>,
    /// What it returned, once it is completed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub result: Option<Value>,
}
