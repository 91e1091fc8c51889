//! The body as JSON, and what a type must be to stand for one.

use std::ops::Deref;

use schemars::JsonSchema;
use serde::de::DeserializeOwned;

use super::super::call::Call;
use super::super::endpoint::Reads;
use super::super::reject::Reject;
use super::super::validate;
use crate::manifest::Describe;
use crate::page::Paging;

/// What may be read from a request; `#[input]` implements it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is read from a request without validation",
    label = "annotate it with `#[input]`",
    note = "`#[input]` gives it its rules, its schema, and the refusal of unknown fields"
)]
pub trait Input:
    DeserializeOwned + garde::Validate<Context = ()> + JsonSchema + Send + 'static
{
}

impl Input for Paging {}

/// An argument that is made of the request's body.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no body that a handler can take",
    label = "no body",
    note = "a body is `Body<T>` of an `#[input]` type, or `Upload`"
)]
pub trait FromBody: Sized + Send + 'static {
    /// How the body is read.
    const READS: Reads;

    /// Makes the argument.
    ///
    /// # Errors
    /// All that is wrong with the body, in one problem.
    fn from_body(call: &mut Call) -> Result<Self, Reject>;

    /// Adds what it reads to the operation's description.
    fn describe(describe: &mut Describe);
}

/// A JSON body that has passed its rules.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Body<T>(pub T);

impl<T> Body<T> {
    /// The value.
    pub fn into_inner(self) -> T {
        self.0
    }
}

impl<T> Deref for Body<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T: Input> FromBody for Body<T> {
    const READS: Reads = Reads::Whole;

    fn from_body(call: &mut Call) -> Result<Self, Reject> {
        validate::json(&call.bytes).map(Self)
    }

    fn describe(describe: &mut Describe) {
        describe.json_body::<T>();
    }
}

/// Stands for the body of a handler that reads none.
#[derive(Debug, Clone, Copy)]
pub struct NoBody;

impl FromBody for NoBody {
    const READS: Reads = Reads::Nothing;

    fn from_body(_: &mut Call) -> Result<Self, Reject> {
        Ok(Self)
    }

    fn describe(_: &mut Describe) {}
}
