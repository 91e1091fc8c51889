//! The questions that a worker asks the database beside its work, and their answers.

use tokio::task::JoinSet;

use super::sources::Chosen;
use super::storage::{Ask, Claimed};

/// The answer to the question in flight; `None` where it failed.
pub(super) enum Answer {
    Waiting(Option<Vec<(i16, i16, i64)>>),
    Claimed(Chosen, Ask, Option<(Vec<Claimed>, Option<i64>)>),
    Suspect(Option<Vec<Claimed>>),
}

/// The questions in flight.
#[derive(Default)]
pub(super) struct Asking {
    pub(super) answers: JoinSet<Answer>,
    /// Whether a look is one of them, and a claim of a suspect.
    pub(super) looks: bool,
    pub(super) suspects: bool,
    /// The claims of queues.
    pub(super) claims: Vec<(Chosen, Ask)>,
    /// What one of them brought while another of the same queue and priority is on its way, which
    /// may bring what is to begin before it.
    pub(super) came: Vec<Claimed>,
}

/// What came of a question; a failure is said here and shows as `None`.
pub(super) fn answered<T, E: std::fmt::Display, L>(
    what: &str,
    asked: Result<Result<T, E>, L>,
) -> Option<T> {
    match asked {
        Ok(Ok(answer)) => Some(answer),
        Ok(Err(error)) => {
            tracing::warn!(%error, "{what} failed; it is tried again");
            None
        }
        Err(_) => {
            tracing::warn!("{what} took too long; it is tried again");
            None
        }
    }
}
