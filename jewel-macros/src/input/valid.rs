//! Has every field of an input its rule? A field without one is a way in that nobody looked at.
//!
//! Which rules there are is garde's to say. Two things it gets wrong silently are asked here: a
//! `length` that counts bytes where the schema counts characters, and fields let through unnamed.

use proc_macro2::{Delimiter, Ident, TokenStream, TokenTree};
use syn::{Attribute, Data, DeriveInput, Field, Meta, Type, parse_quote};

use crate::sink::Sink;
use crate::ty;
use crate::wire::is_one_of;

/// Types that hold no value which a rule could refuse.
const CLOSED: [&str; 5] = ["bool", "Cursor", "Id", "Timestamp", "Uuid"];

/// Gives closed fields their `skip`, and notes every field that has no rule.
pub(crate) fn rules(item: &mut DeriveInput, sink: &mut Sink) {
    for attr in item.attrs.iter().filter(|attr| is_one_of(attr, &["garde"])) {
        let words = tokens(attr).into_iter().filter_map(|token| match token {
            TokenTree::Ident(word) => Some(word),
            _ => None,
        });
        for word in words.filter(|word| word == "allow_unvalidated") {
            sink.at(word.span(), "say `#[garde(skip)]` at each field that has no rule");
        }
    }
    let Data::Struct(data) = &mut item.data else { return };
    for field in &mut data.fields {
        rule(field, sink);
    }
}

fn rule(field: &mut Field, sink: &mut Sink) {
    let own: Vec<TokenStream> =
        field.attrs.iter().filter(|attr| is_one_of(attr, &["garde"])).map(tokens).collect();
    for tokens in &own {
        lengths(tokens, ty::unwrapped(&field.ty), sink);
    }
    if !own.is_empty() {
        return;
    }
    let closed = CLOSED.iter().any(|name| ty::is(ty::unwrapped(&field.ty), name));
    if let (false, Some(name)) = (closed, &field.ident) {
        sink.at(name.span(), missing(name, ty::unwrapped(&field.ty)));
    }
    field.attrs.push(parse_quote!(#[garde(skip)]));
}

fn missing(name: &Ident, ty: &Type) -> String {
    let rule = match ty::name(ty).map(ToString::to_string).as_deref() {
        Some("String") => "#[garde(length(chars, max = ..))]",
        Some("Vec") => "#[garde(length(max = ..))]",
        Some(number) if ty::is_number(number) => "#[garde(range(min = .., max = ..))]",
        _ => "#[garde(dive)]",
    };
    format!("`{name}` has no rule: add `{rule}`, or `#[garde(skip)]` where any value will do")
}

/// Refuses a `length` that counts the bytes of a text; `inner` is followed into a list.
fn lengths(tokens: &TokenStream, ty: &Type, sink: &mut Sink) {
    let tokens: Vec<TokenTree> = tokens.clone().into_iter().collect();
    for pair in tokens.windows(2) {
        let [TokenTree::Ident(word), TokenTree::Group(group)] = pair else { continue };
        if group.delimiter() != Delimiter::Parenthesis {
            continue;
        }
        if word == "inner" {
            lengths(&group.stream(), ty::inner(ty).map_or(ty, ty::unwrapped), sink);
        }
        let first = group.stream().into_iter().next();
        let counts = matches!(&first, Some(TokenTree::Ident(mode)) if mode == "chars");
        if word == "length" && ty::is(ty, "String") && !counts {
            let message = "this counts bytes, the schema characters: say `length(chars, ..)`";
            sink.at(word.span(), message);
        }
    }
}

/// What an attribute says in its parentheses.
fn tokens(attr: &Attribute) -> TokenStream {
    match &attr.meta {
        Meta::List(list) => list.tokens.clone(),
        Meta::Path(_) | Meta::NameValue(_) => TokenStream::new(),
    }
}
