//! `index(account, created_at desc, id desc, name = shots_list)`: what rows are found by.

use proc_macro2::{Ident, Literal, TokenTree};
use quote::quote;

use super::said::{Form, Piece, Said, name, pieces, text};
use super::together::{NAME, called, columns};
use super::{Read, Word, entity, hear};
use crate::sink::Sink;

/// The word.
pub(crate) const WORD: Word<entity::Words> = Word {
    name: "index",
    form: FORM,
    read: Read::Often(|said, words, sink| words.indexes.extend(read(said, sink))),
};

const FORM: &str = "index(account, created_at desc)";

/// What rows are found by.
#[derive(Debug)]
pub(crate) struct Index {
    /// In order.
    pub(crate) parts: Vec<Part>,
    /// What stands beside them.
    pub(crate) beside: Beside,
}

/// A column or an expression.
#[derive(Debug)]
pub(crate) enum Part {
    /// A column; whether downwards.
    Column(Ident, bool),
    /// An expression.
    Expression(Literal),
}

/// What stands beside the parts.
#[derive(Debug, Default)]
pub(crate) struct Beside {
    pub(crate) name: Option<Ident>,
    pub(crate) unique: bool,
    pub(crate) method: Option<Ident>,
    pub(crate) include: Vec<Ident>,
    /// Which rows are in it.
    pub(crate) only: Option<Literal>,
}

const CALLED: Word<Beside> = Word {
    name: "name",
    form: NAME.form,
    read: Read::Once(|said, beside, sink| beside.name = called(said, sink)),
};

const UNIQUE: Word<Beside> = Word {
    name: "unique",
    form: "unique",
    read: Read::Once(|said, beside, sink| {
        sink.take(said.bare());
        beside.unique = true;
    }),
};

const METHOD: Word<Beside> = Word {
    name: "method",
    form: "method = gin",
    read: Read::Once(|said, beside, sink| {
        let Some(value) = sink.take(said.value(METHOD.form)) else { return };
        beside.method = name(&value).cloned();
    }),
};

const INCLUDE: Word<Beside> = Word {
    name: "include",
    form: "include(status)",
    read: Read::Once(|said, beside, sink| {
        if let Form::Group(group) = &said.form {
            beside.include = columns(pieces(group.stream())).0;
        } else {
            sink.take(said.group(INCLUDE.form));
        }
    }),
};

const ONLY: Word<Beside> = Word {
    name: "only",
    form: "only = \"status = 'queued'\"",
    read: Read::Once(|said, beside, sink| {
        let Some(value) = sink.take(said.value(ONLY.form)) else { return };
        let wrong = "which rows are in it is an SQL expression as a text";
        beside.only = text(&value, wrong, sink);
    }),
};

/// The words that may stand beside the parts.
const BESIDE: &[&Word<Beside>] = &[&CALLED, &UNIQUE, &METHOD, &INCLUDE, &ONLY];

fn read(said: &Said, sink: &mut Sink) -> Option<Index> {
    let (mut parts, mut rest) = (Vec::new(), Vec::new());
    for piece in sink.take(said.group(FORM))? {
        match part(&piece) {
            Some(part) => parts.push(part),
            None => rest.push(piece),
        }
    }
    let mut beside = Beside::default();
    hear("index(..)", quote!(#(#rest),*), BESIDE, &mut beside, sink);
    if parts.is_empty() {
        sink.at(said.word.span(), format!("this names no column: write `{FORM}`"));
    }
    Some(Index { parts, beside })
}

/// `column`, `column desc` or `"expression"`.
fn part(piece: &Piece) -> Option<Part> {
    match piece.0.as_slice() {
        [TokenTree::Ident(word)] if word == "unique" => None,
        [TokenTree::Ident(column)] => Some(Part::Column(column.clone(), false)),
        [TokenTree::Ident(column), TokenTree::Ident(way)] if way == "desc" || way == "asc" => {
            Some(Part::Column(column.clone(), way == "desc"))
        }
        [TokenTree::Literal(expression)] if expression.to_string().starts_with('"') => {
            Some(Part::Expression(expression.clone()))
        }
        _ => None,
    }
}
