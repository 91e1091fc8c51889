//! The questions that a worker asks the database beside its work, and their answers.

use tokio::task::JoinSet;

use super::sources::{Chosen, Sources};
use super::storage::{Ask, Claimed};

/// The answer to the question in flight; `None` where it failed.
pub(super) enum Answer {
    Waiting(Option<Vec<(i16, i16, i64)>>),
    Claimed(Chosen, Ask, Option<Vec<Claimed>>),
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
    /// What one of them brought while another is on its way that may bring what begins before it.
    pub(super) came: Vec<(Chosen, Vec<Claimed>)>,
}

impl Asking {
    /// What came, in its order, as far as nothing has to begin before it that is on its way, or of
    /// which `sources` know that it waits.
    pub(super) fn next(&mut self, sources: &Sources) -> Vec<Claimed> {
        let Self { claims, came, .. } = self;
        let next = came.extract_if(.., |(chosen, claimed)| {
            let last = claimed.last().map_or(i64::MIN, |last| last.place);
            let before = |after: Option<i64>| after.is_some_and(|after| after < last);
            let mut asked = claims.iter().filter(|(other, _)| *other == *chosen);
            !asked.any(|(_, ask)| before(ask.from.after())) && !before(sources.after(*chosen))
        });
        in_order(next)
    }

    /// Whether nothing is claimed that is not in the line.
    pub(super) fn is_idle(&self) -> bool {
        self.claims.is_empty() && self.came.is_empty()
    }

    /// How many jobs were asked for.
    pub(super) fn asked(&self) -> usize {
        self.claims.iter().map(|(_, ask)| ask.most).sum()
    }

    /// All that came, in its order.
    pub(super) fn all(&mut self) -> Vec<Claimed> {
        in_order(self.came.drain(..))
    }

    /// How many jobs of a queue were asked for, or came and are not in the line yet.
    pub(super) fn coming(&self, queue: i16) -> usize {
        let of = |other: i16| queue == other;
        let asked = self.claims.iter().filter(|(_, ask)| of(ask.queue)).map(|(_, ask)| ask.most);
        let came = self.came.iter().filter(|(_, c)| c.first().is_some_and(|c| of(c.queue)));
        asked.chain(came.map(|(_, claimed)| claimed.len())).sum()
    }
}

fn in_order(came: impl Iterator<Item = (Chosen, Vec<Claimed>)>) -> Vec<Claimed> {
    let mut all: Vec<Claimed> = came.flat_map(|(_, claimed)| claimed).collect();
    all.sort_by_key(|claimed| (claimed.place, claimed.id));
    all
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
