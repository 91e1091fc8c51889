//! Where every mistake of an annotation is collected, so that one hides no other.
//!
//! It decides nothing: whoever finds a mistake says it here and goes on with a default.

use std::fmt::Display;

use proc_macro2::{Span, TokenStream};
use quote::ToTokens;

/// Mistakes, in the order in which they were found.
#[derive(Debug, Default)]
pub(crate) struct Sink {
    errors: Vec<syn::Error>,
    read: bool,
}

impl Sink {
    /// Notes a mistake at one token.
    pub(crate) fn at(&mut self, span: Span, message: impl Display) {
        self.push(syn::Error::new(span, message));
    }

    /// Notes a mistake over all of `tokens`.
    pub(crate) fn on(&mut self, tokens: impl ToTokens, message: impl Display) {
        self.push(syn::Error::new_spanned(tokens, message));
    }

    /// Notes a mistake that somebody else has put into words.
    pub(crate) fn push(&mut self, error: syn::Error) {
        self.errors.push(error);
    }

    /// The value, or its mistake noted.
    pub(crate) fn take<T>(&mut self, result: syn::Result<T>) -> Option<T> {
        result.map_err(|error| self.push(error)).ok()
    }

    /// How many mistakes there are so far.
    pub(crate) fn count(&self) -> usize {
        self.errors.len()
    }

    /// All mistakes, as the tokens by which a macro reports them.
    pub(crate) fn report(mut self) -> TokenStream {
        self.read = true;
        self.errors.iter().map(syn::Error::to_compile_error).collect()
    }
}

impl Drop for Sink {
    /// A mistake that nobody reports would let a wrong annotation compile.
    fn drop(&mut self) {
        debug_assert!(
            self.read || self.errors.is_empty() || std::thread::panicking(),
            "mistakes were collected and never reported: {:?}",
            self.errors
        );
    }
}
