//! The query string, as an `#[input]`.

use std::ops::Deref;

use super::super::call::Call;
use super::super::reject::Reject;
use super::super::validate;
use super::{Extract, Input};
use crate::manifest::Describe;

/// The query's fields.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Query<T>(pub T);

impl<T> Deref for Query<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T: Input> Extract for Query<T> {
    fn extract(call: &mut Call, _: &'static str) -> Result<Self, Reject> {
        validate::query(call.parts.uri.query().unwrap_or("")).map(Self)
    }

    fn describe(_: &'static str, describe: &mut Describe) {
        describe.query::<T>();
    }
}
