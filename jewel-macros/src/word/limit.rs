//! `limit(30 / minute, per = account)`: how often. It may be said again, and stands beside the
//! application's default.

use std::time::Duration;

use proc_macro2::{Span, TokenStream};
use quote::quote;

use super::said::{Said, name};
use super::{Read, Word, endpoint, hear, unit};
use crate::sink::Sink;

/// The word.
pub(crate) const WORD: Word<endpoint::Words> = Word {
    name: "limit",
    form: FORM,
    read: Read::Often(|said, words, sink| words.limits.extend(read(said, sink))),
};

const FORM: &str = "limit(30 / minute, per = account)";

/// How often.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limit {
    /// Calls per window.
    pub(crate) count: u32,
    /// The window.
    pub(crate) window: Duration,
    /// Whose calls count together, and where that is said.
    pub(crate) per: Option<(Per, Span)>,
}

/// Whose calls count together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Per {
    Global,
    Ip,
    User,
    Account,
}

impl Per {
    /// The choice as an expression.
    pub(crate) fn tokens(self) -> TokenStream {
        match self {
            Self::Global => quote!(::jewel_core::macros::Per::Global),
            Self::Ip => quote!(::jewel_core::macros::Per::Ip),
            Self::User => quote!(::jewel_core::macros::Per::User),
            Self::Account => quote!(::jewel_core::macros::Per::Account),
        }
    }
}

const PER: Word<Option<(Per, Span)>> = Word {
    name: "per",
    form: "per = global | ip | user | account",
    read: Read::Once(|said, per, sink| *per = read_per(said, sink)),
};

fn read(said: &Said, sink: &mut Sink) -> Option<Limit> {
    let mut pieces = sink.take(said.group(FORM))?.into_iter();
    let rate = pieces.next().and_then(|piece| sink.take(unit::rate(&piece)));
    let mut per = None;
    let rest = quote!(#(#pieces),*);
    hear("limit(..)", rest, &[&PER], &mut per, sink);
    let (count, window) = rate?;
    Some(Limit { count, window, per })
}

fn read_per(said: &Said, sink: &mut Sink) -> Option<(Per, Span)> {
    let value = sink.take(said.value(PER.form))?;
    let found = name(&value).and_then(|word| {
        let per = match word.to_string().as_str() {
            "global" => Per::Global,
            "ip" => Per::Ip,
            "user" => Per::User,
            "account" => Per::Account,
            _ => return None,
        };
        Some((per, word.span()))
    });
    if found.is_none() {
        sink.on(&value, "calls are counted per `global`, `ip`, `user` or `account`");
    }
    found
}
