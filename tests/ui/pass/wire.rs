//! Every form of a right input, output and problem.

#![deny(missing_docs, unused, clippy::pedantic)]
#![expect(dead_code, reason = "it need only compile")]

use std::time::Duration;

use jewel_core::{Id, Problem, Timestamp, input, output};

/// What is read and written.
#[input]
#[output]
#[derive(PartialEq, Eq)]
pub(crate) enum Status {
    /// Not begun.
    NotBegun,
    /// Done.
    Done,
}

/// The same, in the other order, with derives of its own.
#[output]
#[input]
#[derive(Copy, Clone, Debug)]
pub(crate) enum Look {
    /// Noble.
    DarkVelvet,
}

/// Every kind of field.
#[input]
#[derive(Clone)]
pub(crate) struct Order {
    /// Closed types need no rule.
    pub(crate) yes: bool,
    pub(crate) perhaps: Option<bool>,
    pub(crate) of: Id<Status>,
    pub(crate) since: Option<Timestamp>,
    /// The others have one.
    #[garde(range(min = 1))]
    pub(crate) count: u32,
    #[garde(length(max = 3), inner(length(chars, max = 10)))]
    pub(crate) tags: Vec<String>,
    #[garde(skip)]
    pub(crate) look: Look,
    #[garde(dive)]
    #[serde(default)]
    pub(crate) more: Option<More>,
}

/// One within another.
#[input]
#[derive(Clone)]
pub(crate) struct More {
    #[garde(length(chars, max = 10))]
    pub(crate) text: String,
}

/// What is written may have any form.
#[output]
#[derive(PartialEq)]
pub(crate) enum Event {
    /// One.
    Progress { percent: f32 },
    /// Another.
    Ended(String),
}

/// Every kind of problem.
#[derive(Debug, thiserror::Error, Problem)]
pub(crate) enum Wrong {
    #[error("there is no such shot")]
    #[problem(404, "shot_not_found")]
    NotFound,
    #[error("{need} of {have}")]
    #[problem(402, "insufficient_credits")]
    Credits {
        need: i64,
        have: i64,
        #[problem(skip)]
        why: String,
    },
    #[error("wait")]
    #[problem(409, "too_early")]
    Early { retry_after: Duration },
    #[error("unreadable")]
    #[problem(400, "unreadable")]
    Unreadable(#[source] std::num::ParseIntError),
    #[error("odd")]
    #[problem(422, "odd")]
    Odd { r#type: u8, source: std::fmt::Error },
    #[error(transparent)]
    #[problem(flatten)]
    Other(#[from] Other),
    #[error("internal error")]
    #[problem(internal)]
    Internal(#[from] std::io::Error),
}

/// Passed on.
#[derive(Debug, thiserror::Error, Problem)]
pub(crate) enum Other {
    #[error("gone")]
    #[problem(410, "gone")]
    Gone,
    #[error("internal error")]
    #[problem(internal)]
    Internal { cause: std::io::Error },
}
