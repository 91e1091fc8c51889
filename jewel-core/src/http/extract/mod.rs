//! A handler's arguments: what each type takes from a request, and what it says of itself.
//!
//! Arguments from the head are read when the guard has said yes; the body's when it is there whole,
//! or, where it streams, by the handler. An application adds its own by implementing [`Extract`].

mod body;
mod head;
mod path;
mod query;

pub use body::{Body, FromBody, Input, NoBody};
pub use path::Path;
pub use query::Query;

use super::call::Call;
use super::reject::Reject;
use crate::manifest::Describe;

/// An argument that is read from the request's head, or from what the application knows.
///
/// ```
/// use jewel_core::http::{Call, Extract, Reject};
/// use jewel_core::manifest::Describe;
///
/// /// The languages that the client prefers.
/// struct Languages(String);
///
/// impl Extract for Languages {
///     fn extract(call: &mut Call, _: &'static str) -> Result<Self, Reject> {
///         let header = call.parts().headers.get("accept-language");
///         Ok(Self(header.and_then(|h| h.to_str().ok()).unwrap_or("en").to_owned()))
///     }
///
///     fn describe(_: &'static str, _: &mut Describe) {}
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no argument that a handler can take",
    label = "no argument of a handler",
    note = "a handler takes `Caller<_>`, `Path<_>`, `Query<_>`, `State<_>`, one `Body<_>` or \
            `Upload`, and `tx: &mut Tx`; implement `Extract` for an argument of your own"
)]
pub trait Extract: Sized + 'static {
    /// Reads the argument called `name` in the source.
    ///
    /// # Errors
    /// The problem that the caller is told of where the request does not have it.
    fn extract(call: &mut Call, name: &'static str) -> Result<Self, Reject>;

    /// Adds what it reads to the operation's description.
    fn describe(name: &'static str, describe: &mut Describe);
}
