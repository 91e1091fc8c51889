//! The words of an endpoint, and what an endpoint has heard.

use std::time::Duration;

use proc_macro2::Span;

use super::access::Access;
use super::limit::Limit;
use super::repeat::Repeat;
use super::slo::Slo;
use super::{Word, access, body, deadline, later, limit, repeat, slo};

/// Every word of `#[get]`, `#[post]`, `#[put]`, `#[patch]` and `#[delete]`.
pub(crate) const TABLE: &[&Word<Words>] = &[
    &access::WORD,
    &limit::WORD,
    &repeat::IDEMPOTENT,
    &repeat::REPEATABLE,
    &slo::WORD,
    &deadline::WORD,
    &body::WORD,
    &later::AUDIT,
    &later::CACHE,
    &later::DEPRECATED,
];

/// What an endpoint's annotation said; what it did not say, or said wrong, is absent.
#[derive(Debug, Default)]
pub(crate) struct Words {
    /// Who may call.
    pub(crate) access: Option<Access>,
    /// How often.
    pub(crate) limits: Vec<Limit>,
    /// What a repetition does, and where that is said.
    pub(crate) repeat: Option<(Repeat, Span)>,
    /// What it promises.
    pub(crate) slo: Option<Slo>,
    /// How long it may take.
    pub(crate) deadline: Option<Duration>,
    /// The largest body in bytes, and where that is said.
    pub(crate) body: Option<(u64, Span)>,
}
