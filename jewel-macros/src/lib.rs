//! The annotations of jewel. Use them through `jewel_core`, which re-exports every one.
//!
//! An annotation stands on a real item, which is emitted untouched. It yields constants (what is
//! declared, as plain data) and a few lines that name the item's own types, so that the compiler
//! judges those. Nothing is decided at run time, and nothing is registered behind one's back: what
//! is annotated is listed in `endpoints![..]` or `jobs![..]`.
//!
//! Every annotation is a folder of three rooms, passed in one direction: `parse` (what stands
//! there), `valid` (is it right: every mistake is collected, none hides another), `expand` (what it
//! becomes). The words are shared, one file each, in `word`.

mod doc;
mod endpoint;
mod handler;
mod input;
mod job;
mod near;
mod output;
mod problem;
mod sink;
mod ty;
mod wire;
mod word;

use proc_macro::TokenStream;

use endpoint::Verb;

/// PLACEHOLDER get
#[proc_macro_attribute]
pub fn get(words: TokenStream, item: TokenStream) -> TokenStream {
    endpoint::annotate(Verb::Get, words.into(), item.into()).into()
}

/// PLACEHOLDER post
#[proc_macro_attribute]
pub fn post(words: TokenStream, item: TokenStream) -> TokenStream {
    endpoint::annotate(Verb::Post, words.into(), item.into()).into()
}

/// PLACEHOLDER put
#[proc_macro_attribute]
pub fn put(words: TokenStream, item: TokenStream) -> TokenStream {
    endpoint::annotate(Verb::Put, words.into(), item.into()).into()
}

/// PLACEHOLDER patch
#[proc_macro_attribute]
pub fn patch(words: TokenStream, item: TokenStream) -> TokenStream {
    endpoint::annotate(Verb::Patch, words.into(), item.into()).into()
}

/// PLACEHOLDER delete
#[proc_macro_attribute]
pub fn delete(words: TokenStream, item: TokenStream) -> TokenStream {
    endpoint::annotate(Verb::Delete, words.into(), item.into()).into()
}

/// PLACEHOLDER job
#[proc_macro_attribute]
pub fn job(words: TokenStream, item: TokenStream) -> TokenStream {
    job::annotate(words.into(), item.into()).into()
}

/// PLACEHOLDER input
#[proc_macro_attribute]
pub fn input(words: TokenStream, item: TokenStream) -> TokenStream {
    input::annotate(words.into(), item.into()).into()
}

/// PLACEHOLDER output
#[proc_macro_attribute]
pub fn output(words: TokenStream, item: TokenStream) -> TokenStream {
    output::annotate(words.into(), item.into()).into()
}

/// PLACEHOLDER problem
#[proc_macro_derive(Problem, attributes(problem))]
pub fn problem(item: TokenStream) -> TokenStream {
    problem::derive(item.into()).into()
}
