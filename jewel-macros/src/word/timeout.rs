//! `timeout = 3m`: how long one attempt of a job may take.

use super::{Read, Word, job, unit};

/// The word.
pub(crate) const WORD: Word<job::Words> = Word {
    name: "timeout",
    form: FORM,
    read: Read::Once(|said, words, sink| {
        let value = said.value(FORM).and_then(|value| unit::duration(&value));
        words.timeout = sink.take(value);
    }),
};

const FORM: &str = "timeout = 3m";
