//! `retry(8, 2s..5m)`: how many attempts a job has in all, and the shortest and longest wait.

use std::time::Duration;

use super::said::{Piece, Said};
use super::{Read, Word, job, unit};
use crate::sink::Sink;

/// The word.
pub(crate) const WORD: Word<job::Words> = Word {
    name: "retry",
    form: FORM,
    read: Read::Once(|said, words, sink| words.retry = read(said, sink)),
};

const FORM: &str = "retry(8, 2s..5m)";

/// How often a job is tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Retry {
    /// Attempts in all.
    pub(crate) attempts: u16,
    /// The first wait.
    pub(crate) min: Duration,
    /// The longest wait.
    pub(crate) max: Duration,
}

impl Default for Retry {
    fn default() -> Self {
        Self { attempts: 20, min: Duration::from_secs(2), max: Duration::from_hours(1) }
    }
}

fn read(said: &Said, sink: &mut Sink) -> Option<Retry> {
    let pieces = sink.take(said.group(FORM))?;
    let default = Retry::default();
    match pieces.as_slice() {
        [attempts] => {
            let attempts = sink.take(count(attempts))?;
            Some(Retry { attempts, ..default })
        }
        [attempts, waits] => {
            let (attempts, waits) = (sink.take(count(attempts)), sink.take(unit::range(waits)));
            let (attempts, (min, max)) = (attempts?, waits?);
            Some(Retry { attempts, min, max })
        }
        [_, _, more, ..] => {
            sink.on(more, format!("this is more than `retry` takes: write `{FORM}`"));
            None
        }
        [] => None,
    }
}

/// A number of attempts.
fn count(piece: &Piece) -> syn::Result<u16> {
    let count = unit::count(piece, u32::from(u16::MAX))?;
    Ok(u16::try_from(count).unwrap_or(u16::MAX))
}
