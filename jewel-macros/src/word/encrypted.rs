//! `encrypted`: a job's arguments and result are sealed before the database has them.

use super::{Read, Word, job};

/// The word.
pub(crate) const WORD: Word<job::Words> = Word {
    name: "encrypted",
    form: "encrypted",
    read: Read::Once(|said, words, sink| {
        sink.take(said.bare());
        words.encrypted = true;
    }),
};
