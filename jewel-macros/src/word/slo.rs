//! `slo(p95 = 200ms, available = 99.9)`: what an endpoint promises. Either part may stand alone.

use std::time::Duration;

use proc_macro2::TokenStream;
use quote::quote;

use super::said::Said;
use super::{Read, Word, endpoint, hear, unit};
use crate::sink::Sink;

/// The word.
pub(crate) const WORD: Word<endpoint::Words> = Word {
    name: "slo",
    form: FORM,
    read: Read::Once(|said, words, sink| words.slo = read(said, sink)),
};

const FORM: &str = "slo(p95 = 200ms, available = 99.9)";

/// What an endpoint promises.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Slo {
    /// The latency that 95 % of requests stay under.
    pub(crate) p95: Option<Duration>,
    /// The percentage of requests that are not answered by a 5xx.
    pub(crate) available: Option<f64>,
}

const P95: Word<Slo> = Word {
    name: "p95",
    form: "p95 = 200ms",
    read: Read::Once(|said, slo, sink| {
        let value = said.value("p95 = 200ms").and_then(|value| unit::duration(&value));
        slo.p95 = sink.take(value);
    }),
};

const AVAILABLE: Word<Slo> = Word {
    name: "available",
    form: "available = 99.9",
    read: Read::Once(|said, slo, sink| {
        let value = said.value("available = 99.9").and_then(|value| unit::percentage(&value));
        slo.available = sink.take(value);
    }),
};

fn read(said: &Said, sink: &mut Sink) -> Option<Slo> {
    let pieces = sink.take(said.group(FORM))?;
    let tokens: TokenStream = quote!(#(#pieces),*);
    let mut slo = Slo::default();
    hear("slo(..)", tokens, &[&P95, &AVAILABLE], &mut slo, sink);
    Some(slo)
}
