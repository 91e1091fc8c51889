//! `#[input]`: a type that is read from a request, with a rule for every field.

mod valid;

#[cfg(test)]
mod tests;

use proc_macro2::TokenStream;
use quote::quote;
use syn::DeriveInput;

use crate::sink::Sink;
use crate::wire::{self, Ways};

/// What an annotated type becomes: itself with its derives, its mistakes, and `Input`.
pub(crate) fn annotate(words: &TokenStream, item: TokenStream) -> TokenStream {
    let mut sink = Sink::default();
    if !words.is_empty() {
        sink.on(words, "`#[input]` takes no words");
    }
    let beside = match syn::parse2::<DeriveInput>(item.clone()) {
        Ok(mut item) => {
            let writes = wire::take_other(&mut item, "output");
            expand(item, Ways { reads: true, writes }, &mut sink)
        }
        Err(_) => wire::unparsed("#[input]", item, &mut sink),
    };
    let errors = sink.report();
    quote!(#errors #beside)
}

/// The expansion of a type that is read, and perhaps written too.
pub(crate) fn expand(mut item: DeriveInput, ways: Ways, sink: &mut Sink) -> TokenStream {
    if !wire::check(&item, ways, sink) {
        return wire::bare(item);
    }
    valid::rules(&mut item, sink);
    let (attributes, marks) = (wire::attributes(&item, ways), wire::marks(&item, ways));
    quote!(#attributes #item #marks)
}
