//! `unique(account, name)` on an entity: columns that no two rows have alike.

use proc_macro2::Ident;
use quote::quote;

use super::said::{Piece, Said, name};
use super::{Read, Word, entity, hear};
use crate::sink::Sink;

/// The word.
pub(crate) const WORD: Word<entity::Words> = Word {
    name: "unique",
    form: FORM,
    read: Read::Often(|said, words, sink| words.unique.extend(read(said, sink))),
};

const FORM: &str = "unique(account, name)";

/// Columns that no two rows have alike.
#[derive(Debug)]
pub(crate) struct Together {
    /// The columns.
    pub(crate) columns: Vec<Ident>,
    /// The constraint's name.
    pub(crate) name: Option<Ident>,
}

/// `name = shots_list`: what a constraint or an index is called.
pub(crate) const NAME: Word<Option<Ident>> = Word {
    name: "name",
    form: "name = shots_list",
    read: Read::Once(|said, found, sink| *found = called(said, sink)),
};

/// What something is called, as [`NAME`] says it.
pub(crate) fn called(said: &Said, sink: &mut Sink) -> Option<Ident> {
    let value = sink.take(said.value(NAME.form))?;
    let found = name(&value).cloned();
    if found.is_none() {
        sink.on(&value, "a name is one word: write `name = shots_list`");
    }
    found
}

fn read(said: &Said, sink: &mut Sink) -> Option<Together> {
    let (columns, rest) = columns(sink.take(said.group(FORM))?);
    let mut name = None;
    hear("unique(..)", quote!(#(#rest),*), &[&NAME], &mut name, sink);
    if columns.is_empty() {
        sink.at(said.word.span(), format!("this names no column: write `{FORM}`"));
    }
    Some(Together { columns, name })
}

/// The pieces that are one name, and the others.
pub(crate) fn columns(pieces: Vec<Piece>) -> (Vec<Ident>, Vec<Piece>) {
    let (columns, rest): (Vec<Piece>, Vec<Piece>) =
        pieces.into_iter().partition(|piece| name(piece).is_some());
    (columns.iter().filter_map(name).cloned().collect(), rest)
}
