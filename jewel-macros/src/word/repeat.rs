//! `idempotent` and `repeatable`: what happens when a POST or PATCH is sent twice. One is required.

use proc_macro2::Span;

use super::said::Said;
use super::{Read, Word, endpoint};
use crate::sink::Sink;

/// An `Idempotency-Key` makes repetitions one effect.
pub(crate) const IDEMPOTENT: Word<endpoint::Words> = Word {
    name: "idempotent",
    form: "idempotent",
    read: Read::Once(|said, words, sink| read(Repeat::Once, said, &mut words.repeat, sink)),
};

/// Each call has its effect.
pub(crate) const REPEATABLE: Word<endpoint::Words> = Word {
    name: "repeatable",
    form: "repeatable",
    read: Read::Once(|said, words, sink| read(Repeat::Repeatable, said, &mut words.repeat, sink)),
};

/// What a repetition does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Repeat {
    Once,
    Repeatable,
}

fn read(repeat: Repeat, said: &Said, into: &mut Option<(Repeat, Span)>, sink: &mut Sink) {
    sink.take(said.bare());
    if into.is_some() {
        let message = "an endpoint is `idempotent` or `repeatable`, not both: keep one";
        return sink.at(said.word.span(), message);
    }
    *into = Some((repeat, said.word.span()));
}
