//! The framework's own problems: one table of codes, shared by the stages that answer them and by
//! the documents that announce them.
//!
//! An operation's own codes stand with its error type, not here.

use super::{Details, details};

/// A problem that a stage of the framework can answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Code {
    /// The HTTP status.
    pub status: u16,
    /// The stable code.
    pub code: &'static str,
    /// What happened, in words for the caller; the stage may say it more precisely.
    pub detail: &'static str,
}

impl Code {
    /// The problem, to be answered as it is or made more precise.
    ///
    /// ```
    /// use jewel_core::problem::codes;
    ///
    /// let details = codes::NOT_FOUND.details();
    /// assert_eq!((details.status, details.code), (404, "not_found"));
    /// ```
    pub fn details(self) -> Details {
        Details::new(self.status, self.code, self.detail)
    }

    /// The problem's title: its code in words.
    pub fn title(self) -> String {
        details::title(self.code)
    }
}

/// What identifies a kind of problem as the `type` member of RFC 9457: a path below the server.
///
/// ```
/// assert_eq!(jewel_core::problem::type_uri("not_found"), "/problems/not_found");
/// ```
pub fn type_uri(code: &str) -> String {
    format!("/problems/{code}")
}

/// Writes the constants and the table of them all from one list.
macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $status:literal $code:literal $detail:literal;)*) => {
        $(
            $(#[$doc])*
            pub const $name: Code = Code { status: $status, code: $code, detail: $detail };
        )*

        /// Every code of the framework, by status.
        pub const ALL: &[Code] = &[$($name),*];
    };
}

codes! {
    /// The body is no well-formed JSON, form or stream.
    MALFORMED_BODY = 400 "malformed_body" "the body cannot be parsed";
    /// An operation that needs an `Idempotency-Key` was called without one.
    IDEMPOTENCY_KEY_MISSING = 400 "idempotency_key_missing"
        "this operation needs an `Idempotency-Key` header: 1 to 255 visible ASCII characters";
    /// No credentials, or none that are valid.
    UNAUTHENTICATED = 401 "unauthenticated"
        "this operation needs a valid access token in the `Authorization` header";
    /// The caller is known, and may not do this.
    FORBIDDEN = 403 "forbidden" "this caller may not do this";
    /// No such route, or nothing under this identifier that the caller may see.
    NOT_FOUND = 404 "not_found" "there is nothing here";
    /// The path exists, with other methods.
    METHOD_NOT_ALLOWED = 405 "method_not_allowed"
        "this path has no such method; `Allow` names those that it has";
    /// No answer of the operation has a media type that the caller accepts.
    NOT_ACCEPTABLE = 406 "not_acceptable"
        "nothing that this operation answers is among the media types in `Accept`";
    /// The body did not arrive in time.
    BODY_TIMEOUT = 408 "body_timeout" "the body did not arrive in time";
    /// The first request with this key is still being answered.
    IDEMPOTENCY_IN_PROGRESS = 409 "idempotency_in_progress"
        "a request with this `Idempotency-Key` is being answered; try again in a moment";
    /// The body is larger than the operation reads.
    BODY_TOO_LARGE = 413 "body_too_large" "the body is larger than this operation allows";
    /// The body's media type is none that the operation reads.
    UNSUPPORTED_MEDIA_TYPE = 415 "unsupported_media_type"
        "this operation does not read bodies of this media type";
    /// The request is well-formed, and breaks rules; all of them are listed.
    INVALID_REQUEST = 422 "invalid_request" "the request breaks rules; `violations` names each";
    /// The key belongs to a different request.
    IDEMPOTENCY_KEY_REUSED = 422 "idempotency_key_reused"
        "this `Idempotency-Key` was used for a different request";
    /// The caller has used up a limit.
    RATE_LIMITED = 429 "rate_limited" "too many requests; `Retry-After` says when to try again";
    /// Something went wrong that the caller can do nothing about.
    INTERNAL = 500 "internal" "something went wrong on our side";
    /// Something is used up or down for the moment.
    UNAVAILABLE = 503 "unavailable" "the service is busy; try again in a moment";
    /// More requests are being answered than the server takes on at once.
    OVERLOADED = 503 "overloaded" "too much is going on at once; try again in a moment";
    /// The operation's deadline passed before it was done.
    DEADLINE_EXCEEDED = 503 "deadline_exceeded"
        "this took longer than this operation may";
}
