//! `#[job]`: a function that runs later, enqueued by its arguments.

mod expand;
mod policy;
mod valid;

#[cfg(test)]
mod tests;

use proc_macro2::TokenStream;
use quote::quote;

use crate::handler::{self, Handler};
use crate::sink::Sink;
use crate::word::hear;
use crate::word::job::{TABLE, Words};

/// The annotation as it is written.
const PLACE: &str = "#[job]";

/// What an annotated function becomes: itself, its mistakes, its task, and `enqueue`.
pub(crate) fn annotate(words: TokenStream, item: &TokenStream) -> TokenStream {
    let mut sink = Sink::default();
    let mut said = Words::default();
    let heard = hear(PLACE, words, TABLE, &mut said, &mut sink);
    let beside = match syn::parse2::<Handler>(item.clone()) {
        Ok(handler) => {
            let job = valid::job(said, heard, &handler, &mut sink);
            if handler.sig.receiver().is_some() {
                // Nothing can stand beside a method.
                TokenStream::new()
            } else {
                expand::beside(&job, &handler)
            }
        }
        Err(_) => handler::unparsed(PLACE, item, &mut sink)
            .map(|name| expand::stub_unparsed(&name))
            .unwrap_or_default(),
    };
    let errors = sink.report();
    let allowed = if beside.is_empty() { TokenStream::new() } else { handler::allowed() };
    quote!(#allowed #item #errors #beside)
}
