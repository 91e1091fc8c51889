//! `body = 10MiB`: the largest body that is read, in place of the application's default.

use super::{Read, Word, endpoint, unit};

/// The word.
pub(crate) const WORD: Word<endpoint::Words> = Word {
    name: "body",
    form: FORM,
    read: Read::Once(|said, words, sink| {
        let value = said.value(FORM).and_then(|value| unit::size(&value));
        words.body = sink.take(value).map(|bytes| (bytes, said.word.span()));
    }),
};

const FORM: &str = "body = 10MiB";
