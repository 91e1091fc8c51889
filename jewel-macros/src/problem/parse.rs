//! What `#[problem(..)]` says of each variant and field.

use proc_macro2::{TokenStream, TokenTree};
use quote::quote;
use syn::{Attribute, Data, DeriveInput, Field, Fields, LitInt, LitStr, Meta, Variant as Ast};

use crate::sink::Sink;
use crate::ty;
use crate::wire::is_one_of;
use crate::word::said::{Piece, name, pieces};

/// One variant of a problem.
pub(crate) struct Variant<'a> {
    /// The variant.
    pub(crate) ast: &'a Ast,
    /// What it is to a caller; `None` where that is said wrong, or not at all.
    pub(crate) says: Option<Says>,
}

/// What a variant is to a caller.
pub(crate) enum Says {
    /// `#[problem(402, "insufficient_credits")]`
    Code { status: LitInt, code: LitStr },
    /// `#[problem(flatten)]`: what its field is.
    Flatten,
    /// `#[problem(internal)]`: nobody's business.
    Internal,
}

/// What a field of a variant with a code is to a caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// A member of the answer.
    Member,
    /// When to try again.
    RetryAfter,
    /// Not told.
    Hidden,
    /// Not told, and the log's cause.
    Cause,
}

const FORMS: &str = "`#[problem(404, \"code\")]`, `#[problem(flatten)]` or `#[problem(internal)]`";

/// Reads every variant, noting what is said wrong.
pub(crate) fn variants<'a>(item: &'a DeriveInput, sink: &mut Sink) -> Vec<Variant<'a>> {
    let Data::Enum(data) = &item.data else {
        sink.at(
            item.ident.span(),
            "a problem is an enum: one variant for each thing that can go wrong",
        );
        return Vec::new();
    };
    data.variants.iter().map(|ast| Variant { ast, says: says(ast, sink) }).collect()
}

fn says(variant: &Ast, sink: &mut Sink) -> Option<Says> {
    let mut attrs = variant.attrs.iter().filter(|attr| is_one_of(attr, &["problem"]));
    let Some(attr) = attrs.next() else {
        let message =
            format!("`{}` does not say what callers are told: add {FORMS}", variant.ident);
        sink.at(variant.ident.span(), message);
        return None;
    };
    if let Some(second) = attrs.next() {
        sink.on(second, "what callers are told is said twice: keep one of them");
    }
    let found = match pieces(tokens(attr)).as_slice() {
        [word] if name(word).is_some_and(|word| word == "flatten") => Some(Says::Flatten),
        [word] if name(word).is_some_and(|word| word == "internal") => Some(Says::Internal),
        [status, code] => coded(status, code),
        _ => None,
    };
    if found.is_none() {
        sink.on(attr, format!("write {FORMS}"));
    }
    found
}

fn coded(status: &Piece, code: &Piece) -> Option<Says> {
    match (status.0.as_slice(), code.0.as_slice()) {
        ([TokenTree::Literal(_)], [TokenTree::Literal(_)]) => {
            let (status, code) = (syn::parse2(quote!(#status)), syn::parse2(quote!(#code)));
            Some(Says::Code { status: status.ok()?, code: code.ok()? })
        }
        _ => None,
    }
}

/// What a field is to a caller.
pub(crate) fn role(field: &Field, fields: &Fields) -> Role {
    let named = field.ident.as_ref().map(ToString::to_string);
    let cause = field.attrs.iter().any(|attr| is_one_of(attr, &["source", "from"]));
    if cause || named.as_deref() == Some("source") || matches!(fields, Fields::Unnamed(_)) {
        return Role::Cause;
    }
    if field.attrs.iter().any(skips) {
        return Role::Hidden;
    }
    match named.as_deref() {
        Some("retry_after") if ty::is(&field.ty, "Duration") => Role::RetryAfter,
        _ => Role::Member,
    }
}

/// Whether an attribute is `#[problem(skip)]`.
pub(crate) fn skips(attr: &Attribute) -> bool {
    is_one_of(attr, &["problem"])
        && match pieces(tokens(attr)).as_slice() {
            [one] => name(one).is_some_and(|name| name == "skip"),
            _ => false,
        }
}

fn tokens(attr: &Attribute) -> TokenStream {
    match &attr.meta {
        Meta::List(list) => list.tokens.clone(),
        Meta::Path(_) | Meta::NameValue(_) => TokenStream::new(),
    }
}
