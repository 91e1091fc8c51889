//! What an annotated function becomes: constants, three small functions, and one erased pointer.
//!
//! Only [`handle`] is compiled once per endpoint; every other stage runs on [`Route`]'s constants.

use std::future::Future;
use std::pin::Pin;

use super::call::Call;
use super::extract::FromBody;
use super::once::{self, Open, Opened};
use super::reject::Reject;
use super::reply::{Answer, Reply};
use crate::manifest::{Declared, Describe};

/// An annotated function, as its macro describes it. Written by the macros, not by hand.
pub trait Endpoint: 'static {
    /// Its arguments from the request's head, in order.
    type Head: Send;
    /// Its argument from the request's body, or [`NoBody`](super::NoBody).
    type Body: FromBody;
    /// Its transaction, or [`NoTx`](super::NoTx).
    type Tx: Open;
    /// What it returns.
    type Out: Reply;

    /// Its annotation.
    const DECLARED: Declared;

    /// Its annotation and what its types add.
    const ENTRY: Entry = Entry {
        declared: Self::DECLARED,
        reads: <Self::Body as FromBody>::READS,
        opens: <Self::Tx as Open>::OPENS,
        media: <Self::Out as Reply>::MEDIA,
        describe: describe::<Self>,
    };

    /// Reads the arguments from the request's head.
    ///
    /// # Errors
    /// The first argument that the request does not have.
    fn head(call: &mut Call) -> Result<Self::Head, Reject>;

    /// Calls the function.
    fn call(
        head: Self::Head,
        body: Self::Body,
        tx: &mut Self::Tx,
    ) -> impl Future<Output = Self::Out> + Send;
}

/// How a body is read before the handler's argument is made of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reads {
    /// It is not: one that is sent is refused.
    Nothing,
    /// Whole, up to the limit, before a transaction opens.
    Whole,
    /// By the handler itself, piece by piece, up to the limit.
    Stream,
}

/// An endpoint as constants.
#[derive(Debug, Clone, Copy)]
pub struct Entry {
    /// Its annotation.
    pub declared: Declared,
    /// How its body is read.
    pub reads: Reads,
    /// Whether its handler takes a transaction.
    pub opens: bool,
    /// The media types that its good answers have.
    pub media: &'static [&'static str],
    /// Adds what its types say of themselves.
    pub describe: fn(&mut Describe),
}

fn describe<E: Endpoint + ?Sized>(describe: &mut Describe) {
    for argument in E::DECLARED.arguments {
        (argument.describe)(argument.name, describe);
    }
    E::Body::describe(describe);
    E::Out::describe(describe);
}

/// The last stages of a request, of whatever endpoint.
pub type Run =
    for<'c> fn(&'c mut Call) -> Pin<Box<dyn Future<Output = Result<Answer, Reject>> + Send + 'c>>;

/// An endpoint that can be mounted: data and one function pointer.
#[derive(Debug, Clone, Copy)]
pub struct Route {
    /// Its constants.
    pub entry: &'static Entry,
    /// Its stages from the body on.
    pub run: Run,
}

impl Route {
    /// The route of an endpoint.
    pub const fn of<E: Endpoint>() -> Self {
        Self { entry: &E::ENTRY, run: |call| Box::pin(handle::<E>(call)) }
    }
}

/// An annotated function that [`endpoints!`](crate::endpoints) can list.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no annotated endpoint",
    label = "this has no `#[get(..)]`, `#[post(..)]`, `#[put(..)]`, `#[patch(..)]` or \
             `#[delete(..)]`"
)]
pub trait Listed {
    /// The route.
    const ROUTE: Route;
}

/// From the arguments to the stored answer: the only code that is made once per endpoint.
async fn handle<E: Endpoint>(call: &mut Call) -> Result<Answer, Reject> {
    let head = E::head(call)?;
    let body = E::Body::from_body(call)?;
    let (mut tx, key) = match once::open::<E::Tx>(call).await? {
        Opened::Fresh(tx, key) => (tx, key),
        Opened::Replay(answer) => return Ok(answer),
    };
    let out = E::call(head, body, &mut tx).await;
    once::close(tx, key, out.reply()).await
}
