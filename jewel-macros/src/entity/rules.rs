//! The rules of garde that a database can hold too.

use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::{ToTokens, quote};

use super::expand::option_tokens;
use super::parse::Field;
use crate::sink::Sink;
use crate::ty;
use crate::word::field::Mark;
use crate::word::said::{Form, Piece, Said, pieces, text};

/// The rules of a field, each as an expression that makes it.
pub(crate) fn rules(field: &Field, sink: &mut Sink) -> Vec<TokenStream> {
    let pieces = field.rules.iter().cloned().flat_map(pieces);
    pieces.filter_map(|piece| rule(field, piece, sink)).collect()
}

fn rule(field: &Field, piece: Piece, sink: &mut Sink) -> Option<TokenStream> {
    let said = sink.take(Said::of(piece))?;
    let model = quote!(::jewel_core::macros::entity::model::Rule);
    let word = said.word.to_string();
    let ty = ty::unwrapped(&field.ty);
    match (word.as_str(), &said.form) {
        ("skip", Form::Bare) => None,
        ("length", Form::Group(group)) if ty::is(ty, "String") => {
            let given = pieces(group.stream());
            let chars =
                |piece: &Piece| crate::word::said::name(piece).is_some_and(|n| n == "chars");
            if !given.iter().any(chars) {
                let message = "this counts bytes, the database characters: say `length(chars, ..)`";
                sink.at(said.word.span(), message);
            }
            let number = |value: Option<TokenStream>| {
                option_tokens(value.map(|value| quote!((#value) as u64)))
            };
            let (min, max) = (number(bound(&given, "min")), number(bound(&given, "max")));
            let same = bound(&given, "equal");
            let (min, max) = same.map_or((min, max), |same| {
                let same = number(Some(same));
                (same.clone(), same)
            });
            Some(quote!(#model::Length { min: #min, max: #max }))
        }
        ("range", Form::Group(group)) => {
            let given = pieces(group.stream());
            let number = |value: Option<TokenStream>| {
                let text = |value| quote!(::std::string::ToString::to_string(&(#value)));
                option_tokens(value.map(text))
            };
            let (min, max) = (number(bound(&given, "min")), number(bound(&given, "max")));
            Some(quote!(#model::Range { min: #min, max: #max }))
        }
        ("pattern", Form::Group(group)) => {
            let mut given = pieces(group.stream()).into_iter();
            let wrong = "the database needs the pattern itself, as a text";
            let pattern = given.next().and_then(|piece| text(&piece, wrong, sink))?;
            Some(quote!(#model::Pattern(::std::string::String::from(#pattern))))
        }
        _ if field.words.is(Mark::RequestOnly) || !field.words.checks.is_empty() => None,
        _ => {
            let message = format!(
                "the database knows no `{word}`: say the same as `#[check(\"..\")]` too, or \
                 `#[request_only]` where only requests are held to it"
            );
            sink.at(said.word.span(), message);
            None
        }
    }
}

/// What `min = ..` says among these.
fn bound(given: &[Piece], word: &str) -> Option<TokenStream> {
    given.iter().find_map(|piece| match piece.0.as_slice() {
        [TokenTree::Ident(name), TokenTree::Punct(punct), rest @ ..]
            if is(name, word) && punct.as_char() == '=' && !rest.is_empty() =>
        {
            Some(Piece(rest.to_vec()).to_token_stream())
        }
        _ => None,
    })
}

fn is(name: &Ident, word: &str) -> bool {
    name == word
}
