//! What stands in the annotation: the path, then words. What it stands on is [`Handler`]'s to read.
//!
//! [`Handler`]: crate::handler::Handler

use proc_macro2::{TokenStream, TokenTree};
use quote::quote;
use syn::LitStr;

use super::Verb;
use crate::sink::Sink;
use crate::word::endpoint::{TABLE, Words};
use crate::word::said::{Piece, pieces};
use crate::word::{Heard, hear};

/// An endpoint's annotation.
#[derive(Default)]
pub(crate) struct Annotation {
    /// The path, where there is one.
    pub(crate) path: Option<LitStr>,
    /// What the words say.
    pub(crate) words: Words,
    /// Which words there were.
    pub(crate) heard: Heard,
}

/// Reads an annotation, noting every mistake in it.
pub(crate) fn annotation(verb: Verb, tokens: TokenStream, sink: &mut Sink) -> Annotation {
    let mut pieces = pieces(tokens).into_iter().peekable();
    let first = pieces.next_if(|piece| matches!(piece.0.first(), Some(TokenTree::Literal(_))));
    let path = first.and_then(|piece| path(&piece, sink));
    if path.is_none() && sink.count() == 0 {
        let message = format!("the path comes first: `{}`", example(verb));
        match pieces.peek() {
            Some(piece) => sink.at(piece.span(), message),
            None => sink.at(proc_macro2::Span::call_site(), message),
        }
    }
    let mut words = Words::default();
    let rest: TokenStream = quote!(#(#pieces),*);
    let heard = hear(verb.place(), rest, TABLE, &mut words, sink);
    Annotation { path, words, heard }
}

fn path(piece: &Piece, sink: &mut Sink) -> Option<LitStr> {
    let path = syn::parse2::<LitStr>(quote!(#piece)).ok();
    if path.is_none() {
        sink.on(piece, "the path is a text in double quotes, and `,` comes after it");
    }
    path
}

fn example(verb: Verb) -> String {
    let place = verb.place().trim_end_matches(']');
    format!("{place}(\"/v1/shots\", access(account), ..)]")
}
