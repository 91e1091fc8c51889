//! Errors as the caller sees them: RFC 9457 problem details with stable codes.
//!
//! A problem has a public half (status, code, detail, members) and a private cause that only logs
//! see. This module holds a status as a number and knows no HTTP type; `http::respond` renders it.

pub mod codes;
mod details;
mod unavailable;
mod violation;

#[cfg(test)]
mod tests;

pub use codes::{Code, type_uri};
pub use details::{Details, title};
pub use unavailable::Unavailable;
pub use violation::Violation;

use std::error::Error;

use crate::manifest::Describe;

/// An error that callers are told about; derive it.
///
/// ```
/// use jewel_core::Problem;
/// use thiserror::Error;
///
/// #[derive(Debug, Error, Problem)]
/// enum Refused {
///     #[error("this shot costs {need} credits and {have} are left")]
///     #[problem(402, "insufficient_credits")]
///     InsufficientCredits { need: i64, have: i64 },
/// }
///
/// let details = Problem::details(&Refused::InsufficientCredits { need: 3, have: 1 });
/// assert_eq!((details.status, details.code), (402, "insufficient_credits"));
/// assert_eq!(details.members["need"], 3);
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no problem that a caller could be told about",
    label = "its error type lacks `#[derive(Problem)]`",
    note = "derive `thiserror::Error` and `jewel_core::Problem`, and say \
            `#[problem(404, \"code\")]` on each variant"
)]
pub trait Problem: Error + Send + Sync + Sized + 'static {
    /// Adds every problem that a value of this type can be.
    fn describe(describe: &mut Describe);

    /// What the caller is told of this one.
    fn details(&self) -> Details;
}
