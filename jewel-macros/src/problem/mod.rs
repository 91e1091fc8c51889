//! `#[derive(Problem)]`: the codes, members and statuses of an error that callers are told about.

mod expand;
mod parse;
mod valid;

#[cfg(test)]
mod tests;

use proc_macro2::TokenStream;
use quote::quote;
use syn::DeriveInput;

use crate::sink::Sink;

/// What a deriving type gets: its mistakes, and `Problem`.
pub(crate) fn derive(item: TokenStream) -> TokenStream {
    let mut sink = Sink::default();
    let Ok(item) = syn::parse2::<DeriveInput>(item) else {
        // The compiler has refused it before.
        return sink.report();
    };
    let variants = parse::variants(&item, &mut sink);
    valid::check(&item, &variants, &mut sink);
    let expanded = expand::problem(&item, &variants);
    let errors = sink.report();
    quote!(#errors #expanded)
}
