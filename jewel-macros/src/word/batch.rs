//! `batch = 100`: how many jobs one call takes at most.

use super::{Read, Word, job, unit};

/// The word.
pub(crate) const WORD: Word<job::Words> = Word {
    name: "batch",
    form: FORM,
    read: Read::Once(|said, words, sink| {
        let Some(value) = sink.take(said.value(FORM)) else { return };
        // What is no count still says that they are many.
        words.batch = Some(sink.take(unit::count(&value, 1000)).unwrap_or(1));
    }),
};

const FORM: &str = "batch = 100";
