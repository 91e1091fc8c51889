//! The public half of one problem, and where its private cause is kept.

use std::borrow::Cow;
use std::error::Error;
use std::fmt::Write;
use std::time::Duration;

use serde::Serialize;
use serde_json::{Map, Value};

use super::{Unavailable, Violation};

/// One problem, ready to be rendered.
#[derive(Debug, Clone, PartialEq)]
pub struct Details {
    /// The HTTP status.
    pub status: u16,
    /// The stable code, in `snake_case`.
    pub code: &'static str,
    /// What happened, in words for the caller.
    pub detail: Cow<'static, str>,
    /// Further members, by name.
    pub members: Map<String, Value>,
    /// What is wrong with the request, each with its place.
    pub violations: Vec<Violation>,
    /// When to try again.
    pub retry_after: Option<Duration>,
    /// For the log alone: what really happened.
    pub cause: Option<String>,
}

impl Details {
    /// A problem without further members.
    pub fn new(status: u16, code: &'static str, detail: impl Into<Cow<'static, str>>) -> Self {
        Self {
            status,
            code,
            detail: detail.into(),
            members: Map::new(),
            violations: Vec::new(),
            retry_after: None,
            cause: None,
        }
    }

    /// Adds a member; a value that cannot be JSON is left out.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Serialize) -> Self {
        if let Ok(value) = serde_json::to_value(value) {
            self.members.insert(name.to_owned(), value);
        }
        self
    }

    /// Says when to try again.
    #[must_use]
    pub fn retry_after(mut self, wait: Duration) -> Self {
        self.retry_after = Some(wait);
        self
    }

    /// Keeps what really happened, for the log.
    #[must_use]
    pub fn because(mut self, cause: &dyn Error) -> Self {
        self.cause = Some(chain(cause));
        self
    }

    /// An error whose cause is nobody's business: 503 where something is used up for the moment
    /// (an [`Unavailable`] is among its sources), else 500.
    pub fn internal(cause: &(dyn Error + 'static)) -> Self {
        match Unavailable::among(cause) {
            Some(unavailable) => {
                Self::new(503, "unavailable", "the service is busy; try again in a moment")
                    .retry_after(unavailable.retry_after)
            }
            None => Self::new(500, "internal", "something went wrong on our side"),
        }
        .because(cause)
    }

    /// The problem's title: its code in words.
    pub fn title(&self) -> String {
        title(self.code)
    }
}

/// A code in words: `insufficient_credits` is "Insufficient credits".
pub fn title(code: &str) -> String {
    let mut words = code.replace('_', " ");
    if let Some(first) = words.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    words
}

/// An error and its sources, in one line.
fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        let _ = write!(text, ": {error}");
        source = error.source();
    }
    text
}
