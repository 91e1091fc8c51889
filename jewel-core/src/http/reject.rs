//! A request's early end: the problem that a stage answers instead of going on.

use crate::problem::{Details, Problem};

/// Why a stage ended the request; small, because it is passed up by every stage.
#[derive(Debug)]
pub struct Reject(Box<Details>);

impl Reject {
    /// The problem.
    pub fn details(&self) -> &Details {
        &self.0
    }

    /// The problem, to render it.
    pub fn into_details(self) -> Details {
        *self.0
    }
}

impl From<Details> for Reject {
    fn from(details: Details) -> Self {
        Self(Box::new(details))
    }
}

impl<P: Problem> From<P> for Reject {
    fn from(problem: P) -> Self {
        problem.details().into()
    }
}
