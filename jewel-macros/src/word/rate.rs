//! `rate(10 / second, burst = 5)`: how many jobs of a queue begin in a time.

use std::time::Duration;

use quote::quote;

use super::said::Said;
use super::{Read, Word, hear, job, unit};
use crate::sink::Sink;

/// The word.
pub(crate) const WORD: Word<job::Words> = Word {
    name: "rate",
    form: FORM,
    read: Read::Once(|said, words, sink| words.rate = read(said, sink)),
};

const FORM: &str = "rate(10 / second)";

/// How many begin.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Rate {
    /// In a window.
    pub(crate) count: u32,
    /// The window.
    pub(crate) window: Duration,
    /// At once, after a pause.
    pub(crate) burst: u32,
}

const BURST: Word<Option<u32>> = Word {
    name: "burst",
    form: "burst = 5",
    read: Read::Once(|said, burst, sink| {
        let Some(value) = sink.take(said.value(BURST.form)) else { return };
        *burst = sink.take(unit::count(&value, 1_000_000));
    }),
};

fn read(said: &Said, sink: &mut Sink) -> Option<Rate> {
    let mut pieces = sink.take(said.group(FORM))?.into_iter();
    let rate = pieces.next().and_then(|piece| sink.take(unit::rate(&piece)));
    let mut burst = None;
    hear("rate(..)", quote!(#(#pieces),*), &[&BURST], &mut burst, sink);
    let (count, window) = rate?;
    Some(Rate { count, window, burst: burst.unwrap_or(count) })
}
