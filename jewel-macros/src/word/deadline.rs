//! `deadline = 30s`: how long a request may take in all, in place of the application's default.

use super::{Read, Word, endpoint, unit};

/// The word.
pub(crate) const WORD: Word<endpoint::Words> = Word {
    name: "deadline",
    form: FORM,
    read: Read::Once(|said, words, sink| {
        let value = said.value(FORM).and_then(|value| unit::duration(&value));
        words.deadline = sink.take(value);
    }),
};

const FORM: &str = "deadline = 30s";
