//! `queue = renders`: where a job waits.

use super::said::name;
use super::{Read, Word, job};

/// The word.
pub(crate) const WORD: Word<job::Words> = Word {
    name: "queue",
    form: FORM,
    read: Read::Once(|said, words, sink| {
        let Some(value) = sink.take(said.value(FORM)) else { return };
        words.queue = name(&value).map(ToString::to_string);
        if words.queue.is_none() {
            sink.on(&value, "a queue is a name: write `queue = renders`");
        }
    }),
};

const FORM: &str = "queue = renders";
