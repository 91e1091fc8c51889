//! `#[get]`, `#[post]`, `#[put]`, `#[patch]`, `#[delete]`: one annotation under five names.

mod expand;
mod parse;
mod path;
mod valid;

#[cfg(test)]
mod tests;

use proc_macro2::TokenStream;
use quote::quote;

use crate::handler::{self, Handler};
use crate::sink::Sink;

/// An HTTP method.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verb {
    Get,
    Post,
    Put,
    Patch,
    Delete,
}

impl Verb {
    /// The annotation as it is written.
    pub(crate) fn place(self) -> &'static str {
        match self {
            Self::Get => "#[get]",
            Self::Post => "#[post]",
            Self::Put => "#[put]",
            Self::Patch => "#[patch]",
            Self::Delete => "#[delete]",
        }
    }

    /// Whether HTTP itself says that a repetition has no effect of its own.
    pub(crate) fn idempotent(self) -> bool {
        matches!(self, Self::Get | Self::Put | Self::Delete)
    }

    /// Whether a request has a body that means something.
    pub(crate) fn reads_body(self) -> bool {
        !matches!(self, Self::Get | Self::Delete)
    }

    fn tokens(self) -> TokenStream {
        match self {
            Self::Get => quote!(::jewel_core::macros::Verb::Get),
            Self::Post => quote!(::jewel_core::macros::Verb::Post),
            Self::Put => quote!(::jewel_core::macros::Verb::Put),
            Self::Patch => quote!(::jewel_core::macros::Verb::Patch),
            Self::Delete => quote!(::jewel_core::macros::Verb::Delete),
        }
    }
}

/// What an annotated function becomes: itself, its mistakes, and its route.
pub(crate) fn annotate(verb: Verb, words: TokenStream, item: &TokenStream) -> TokenStream {
    let mut sink = Sink::default();
    let annotation = parse::annotation(verb, words, &mut sink);
    let beside = match syn::parse2::<Handler>(item.clone()) {
        Ok(handler) => {
            let endpoint = valid::endpoint(verb, annotation, &handler, &mut sink);
            if handler.sig.receiver().is_some() {
                // Nothing can stand beside a method.
                TokenStream::new()
            } else {
                expand::beside(&endpoint, &handler)
            }
        }
        Err(_) => handler::unparsed(verb.place(), item, &mut sink)
            .map(|name| expand::stub_unparsed(&name))
            .unwrap_or_default(),
    };
    let errors = sink.report();
    let allowed = if beside.is_empty() { TokenStream::new() } else { handler::allowed() };
    quote!(#allowed #item #errors #beside)
}
