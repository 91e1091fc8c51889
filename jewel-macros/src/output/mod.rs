//! `#[output]`: a type that is written into an answer. It has no rules, only a schema.

#[cfg(test)]
mod tests;

use proc_macro2::TokenStream;
use quote::quote;
use syn::DeriveInput;

use crate::input;
use crate::sink::Sink;
use crate::wire::{self, Ways};

/// What an annotated type becomes: itself with its derives, its mistakes, and `Output`.
pub(crate) fn annotate(words: &TokenStream, item: TokenStream) -> TokenStream {
    let mut sink = Sink::default();
    if !words.is_empty() {
        sink.on(words, "`#[output]` takes no words");
    }
    let beside = match syn::parse2::<DeriveInput>(item.clone()) {
        Ok(mut item) => {
            if wire::take_other(&mut item, "input") {
                input::expand(item, Ways { reads: true, writes: true }, &mut sink)
            } else {
                expand(item, &mut sink)
            }
        }
        Err(_) => wire::unparsed("#[output]", item, &mut sink),
    };
    let errors = sink.report();
    quote!(#errors #beside)
}

fn expand(item: DeriveInput, sink: &mut Sink) -> TokenStream {
    let ways = Ways { reads: false, writes: true };
    if !wire::check(&item, ways, sink) {
        return wire::bare(item);
    }
    let (attributes, marks) = (wire::attributes(&item, ways), wire::marks(&item, ways));
    quote!(#attributes #item #marks)
}
