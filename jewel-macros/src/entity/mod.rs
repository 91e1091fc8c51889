//! `#[entity]`: a struct that states a table.

mod expand;
mod parse;
mod rules;
mod statements;
mod valid;

#[cfg(test)]
mod tests;

use proc_macro2::TokenStream;
use quote::quote;
use syn::DeriveInput;

use crate::sink::Sink;
use crate::wire;
use crate::word::entity::{TABLE, Words};
use crate::word::hear;

/// The annotation as it is written.
const PLACE: &str = "#[entity]";

/// What an annotated struct becomes: itself, its mistakes, its description and its statements.
pub(crate) fn annotate(words: TokenStream, item: TokenStream) -> TokenStream {
    let mut sink = Sink::default();
    let mut said = Words::default();
    let heard = hear(PLACE, words, TABLE, &mut said, &mut sink);
    let beside = match syn::parse2::<DeriveInput>(item.clone()) {
        Ok(mut item) => {
            let fields = parse::fields(&mut item, &mut sink);
            let entity = valid::entity(said, &heard, &mut item, fields, &mut sink);
            let beside = entity.map(|entity| expand::beside(&entity, &item));
            quote!(#item #beside)
        }
        Err(_) => wire::unparsed(PLACE, item, &mut sink),
    };
    let errors = sink.report();
    quote!(#errors #beside)
}
