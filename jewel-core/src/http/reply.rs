//! What a handler returns, and the answer that is made of it.
//!
//! An [`Answer`] is not yet a response: request id, limits and security headers are added, and
//! problems rendered, by the respond stage alone.

use axum::body::Body;
use bytes::Bytes;
use http::header::{CONTENT_TYPE, HeaderName, HeaderValue, LOCATION};
use http::{HeaderMap, StatusCode};
use schemars::JsonSchema;
use serde::Serialize;

use crate::job::Work;
use crate::manifest::{self, Describe, Header};
use crate::page::Page;
use crate::problem::{Details, Problem};

/// The body of an answer.
#[derive(Debug)]
pub enum Payload {
    /// All of it.
    Whole(Bytes),
    /// A stream, which cannot be stored for a replay.
    Stream(Body),
}

/// A good answer.
#[derive(Debug)]
pub struct Answer {
    /// Its status.
    pub status: StatusCode,
    /// The headers that it has beside those of every answer.
    pub headers: HeaderMap,
    /// Its body.
    pub payload: Payload,
}

impl Answer {
    /// An answer without a body.
    pub fn empty(status: StatusCode) -> Self {
        Self { status, headers: HeaderMap::new(), payload: Payload::Whole(Bytes::new()) }
    }

    /// An answer with a JSON body.
    ///
    /// # Errors
    /// Where the value cannot be written as JSON.
    pub fn json(status: StatusCode, value: &impl Serialize) -> Result<Self, serde_json::Error> {
        let mut answer = Self::empty(status);
        answer.payload = Payload::Whole(serde_json::to_vec(value)?.into());
        answer.headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        Ok(answer)
    }

    /// Adds a header; a value that no header can hold is left out.
    #[must_use]
    pub fn header(mut self, name: HeaderName, value: &str) -> Self {
        if let Ok(value) = HeaderValue::from_str(value) {
            self.headers.insert(name, value);
        }
        self
    }
}

/// What a handler may return: a `Result` of a [`Success`] and a [`Problem`].
#[diagnostic::on_unimplemented(
    message = "`{Self}` is nothing that a handler can return",
    label = "a handler returns `Result<T, E>`: `T` an `#[output]` or one of its \
             wrappers, `E` a `#[derive(Problem)]`"
)]
pub trait Reply: Send {
    /// The media types that its good answers have.
    const MEDIA: &'static [&'static str];

    /// The answer, or the problem.
    ///
    /// # Errors
    /// The handler's own problem, or that its value cannot be written.
    fn reply(self) -> Result<Answer, Details>;

    /// Adds all that it can answer.
    fn describe(describe: &mut Describe);
}

impl<T: Success, E: Problem> Reply for Result<T, E> {
    const MEDIA: &'static [&'static str] = T::MEDIA;

    fn reply(self) -> Result<Answer, Details> {
        match self {
            Ok(value) => value.answer().map_err(|error| Details::internal(&error)),
            Err(problem) => Err(problem.details()),
        }
    }

    fn describe(describe: &mut Describe) {
        T::describe(describe);
        E::describe(describe);
    }
}

/// A good answer as a type.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no schema to answer with",
    label = "annotate it with `#[output]`",
    note = "or answer with `Created<T>`, `Accepted<T>`, `Page<T>`, `NoContent` or `Redirect`"
)]
pub trait Success: Send {
    /// The media types that it has; none where it has no body.
    const MEDIA: &'static [&'static str] = &["application/json"];

    /// The answer.
    ///
    /// # Errors
    /// Where the value cannot be written as JSON.
    fn answer(self) -> Result<Answer, serde_json::Error>;

    /// Adds it to the operation's description.
    fn describe(describe: &mut Describe);
}

/// What may be written into an answer; `#[output]` implements it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no schema to answer with",
    label = "annotate it with `#[output]`"
)]
pub trait Output: Serialize + JsonSchema + Send + 'static {}

impl<T: Serialize + JsonSchema + Send + 'static> Output for Work<T> {}

#[diagnostic::do_not_recommend]
impl<T: Output> Success for T {
    fn answer(self) -> Result<Answer, serde_json::Error> {
        Answer::json(StatusCode::OK, &self)
    }

    fn describe(describe: &mut Describe) {
        describe.json_answer::<T>(200, "Done.", Vec::new());
    }
}

impl<T: Output> Success for Page<T> {
    fn answer(self) -> Result<Answer, serde_json::Error> {
        Answer::json(StatusCode::OK, &self)
    }

    fn describe(describe: &mut Describe) {
        describe.json_answer::<Self>(200, "One page of the list.", Vec::new());
    }
}

/// The path of an operation with its segments filled in; an endpoint's `path(..)` makes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Url(String);

impl Url {
    /// A path that the macros put together of literal text and encoded segments.
    #[doc(hidden)]
    pub fn joined(path: String) -> Self {
        Self(path)
    }

    /// The path, from the server's root.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<Url> for String {
    fn from(url: Url) -> Self {
        url.0
    }
}

impl std::fmt::Display for Url {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// 201: something was made, and is found at a URL.
#[derive(Debug)]
pub struct Created<T> {
    at: Url,
    value: T,
}

impl<T> Created<T> {
    /// Made `value`, found at `at`.
    pub fn at(at: Url, value: T) -> Self {
        Self { at, value }
    }
}

impl<T: Output> Success for Created<T> {
    fn answer(self) -> Result<Answer, serde_json::Error> {
        let answer = Answer::json(StatusCode::CREATED, &self.value)?;
        Ok(answer.header(LOCATION, self.at.as_str()))
    }

    fn describe(describe: &mut Describe) {
        describe.json_answer::<T>(201, "Made; `Location` names it.", vec![location()]);
    }
}

/// 202: something was begun, and is followed at a URL.
#[derive(Debug)]
pub struct Accepted<T> {
    at: Url,
    value: T,
}

impl<T> Accepted<T> {
    /// Began `value`, followed at `at`.
    pub fn at(at: Url, value: T) -> Self {
        Self { at, value }
    }
}

impl<T: Output> Success for Accepted<T> {
    fn answer(self) -> Result<Answer, serde_json::Error> {
        let answer = Answer::json(StatusCode::ACCEPTED, &self.value)?;
        Ok(answer.header(LOCATION, self.at.as_str()))
    }

    fn describe(describe: &mut Describe) {
        describe.json_answer::<T>(202, "Begun; follow it at `Location`.", vec![location()]);
    }
}

fn location() -> Header {
    Header {
        name: "Location".to_owned(),
        description: "Where the new resource is found.".to_owned(),
        schema: serde_json::json!({ "type": "string", "format": "uri-reference" }),
    }
}

/// 204: done, and there is nothing to say.
#[derive(Debug, Clone, Copy)]
pub struct NoContent;

impl Success for NoContent {
    const MEDIA: &'static [&'static str] = &[];

    fn answer(self) -> Result<Answer, serde_json::Error> {
        Ok(Answer::empty(StatusCode::NO_CONTENT))
    }

    fn describe(describe: &mut Describe) {
        describe.answers.push(manifest::Answer {
            status: 204,
            description: "Done.".to_owned(),
            content: None,
            headers: Vec::new(),
        });
    }
}
