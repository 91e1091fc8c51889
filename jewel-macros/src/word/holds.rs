//! `check("width > height", name = landscape)`: what holds for every row, as an expression.

use proc_macro2::{Ident, Literal};
use quote::quote;

use super::said::{Said, text};
use super::together::NAME;
use super::{Read, Word, entity, hear};
use crate::sink::Sink;

/// The word.
pub(crate) const WORD: Word<entity::Words> = Word {
    name: "check",
    form: FORM,
    read: Read::Often(|said, words, sink| words.checks.extend(read(said, sink))),
};

pub(crate) const FORM: &str = "check(\"width > 0\")";

/// What holds for every row.
#[derive(Debug)]
pub(crate) struct Holds {
    /// The expression.
    pub(crate) expression: Literal,
    /// The constraint's name.
    pub(crate) name: Option<Ident>,
}

/// Reads it, at an entity or at a field.
pub(crate) fn read(said: &Said, sink: &mut Sink) -> Option<Holds> {
    let mut pieces = sink.take(said.group(FORM))?.into_iter();
    let wrong = "a check is an SQL expression as a text: write `check(\"width > 0\")`";
    let expression = pieces.next().and_then(|piece| text(&piece, wrong, sink));
    let mut name = None;
    hear("check(..)", quote!(#(#pieces),*), &[&NAME], &mut name, sink);
    Some(Holds { expression: expression?, name })
}
