//! The one cause that an internal error shows the outside: something is used up for the moment.

use std::error::Error;
use std::time::Duration;

/// Put among an error's sources, it turns a 500 into a 503 with `Retry-After`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("used up for the moment: {what}")]
pub struct Unavailable {
    /// What is used up, in a few words.
    pub what: &'static str,
    /// When to try again.
    pub retry_after: Duration,
}

impl Unavailable {
    /// Finds one in an error's chain of sources.
    pub fn among(error: &(dyn Error + 'static)) -> Option<Self> {
        let mut link = Some(error);
        while let Some(error) = link {
            if let Some(found) = error.downcast_ref::<Self>() {
                return Some(*found);
            }
            link = error.source();
        }
        None
    }
}
