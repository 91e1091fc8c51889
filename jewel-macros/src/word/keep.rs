//! `keep = 7d`: how long what is known of a job is kept after it did its work.

use std::time::Duration;

use super::said::name;
use super::{Read, Word, job, unit};

/// The word.
pub(crate) const WORD: Word<job::Words> = Word {
    name: "keep",
    form: FORM,
    read: Read::Once(|said, words, sink| {
        let Some(value) = sink.take(said.value(FORM)) else { return };
        words.keep = match name(&value) {
            Some(none) if none == "none" => Some(Duration::ZERO),
            _ => sink.take(unit::duration(&value)),
        };
    }),
};

const FORM: &str = "keep = 7d";
