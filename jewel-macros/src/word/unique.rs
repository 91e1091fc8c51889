//! `unique(shot, until = start)`: a second job with the same fields is the first one.

use std::time::Duration;

use proc_macro2::{Ident, TokenStream};
use quote::quote;

use super::said::{Form, Piece, Said, name};
use super::{Read, Word, hear, job, unit};
use crate::sink::Sink;

/// The word.
pub(crate) const WORD: Word<job::Words> = Word {
    name: "unique",
    form: FORM,
    read: Read::Once(|said, words, sink| words.unique = read(said, sink)),
};

const FORM: &str = "unique(shot)";

/// What is the only one, and until when.
#[derive(Debug)]
pub(crate) struct Unique {
    /// The fields that tell one from another; none: all of them.
    pub(crate) fields: Vec<Ident>,
    /// Until when.
    pub(crate) until: Until,
}

/// Until when a job is the only one.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Until {
    Finish,
    Start,
    After(Duration),
}

impl Until {
    /// The choice as an expression.
    pub(crate) fn tokens(self) -> TokenStream {
        let until = quote!(::jewel_core::macros::job::Until);
        match self {
            Self::Finish => quote!(#until::Finish),
            Self::Start => quote!(#until::Start),
            Self::After(time) => {
                let time = unit::tokens(time);
                quote!(#until::After(#time))
            }
        }
    }
}

const UNTIL: Word<Option<Until>> = Word {
    name: "until",
    form: "until = finish | start | 10m",
    read: Read::Once(|said, until, sink| {
        let Some(value) = sink.take(said.value(UNTIL.form)) else { return };
        *until = match name(&value).map(ToString::to_string).as_deref() {
            Some("finish") => Some(Until::Finish),
            Some("start") => Some(Until::Start),
            Some(_) => {
                sink.on(&value, "it is unique until `finish`, until `start`, or for a time: `10m`");
                None
            }
            None => sink.take(unit::duration(&value)).map(Until::After),
        };
    }),
};

fn read(said: &Said, sink: &mut Sink) -> Option<Unique> {
    if matches!(said.form, Form::Bare) {
        return Some(Unique { fields: Vec::new(), until: Until::Finish });
    }
    let (mut fields, mut rest): (Vec<Ident>, Vec<Piece>) = (Vec::new(), Vec::new());
    for piece in sink.take(said.group(FORM))? {
        match name(&piece) {
            Some(again) if fields.contains(again) => {
                sink.at(again.span(), "this field is named twice: keep one of them");
            }
            Some(field) => fields.push(field.clone()),
            None => rest.push(piece),
        }
    }
    let mut until = None;
    hear("unique(..)", quote!(#(#rest),*), &[&UNTIL], &mut until, sink);
    Some(Unique { fields, until: until.unwrap_or(Until::Finish) })
}
