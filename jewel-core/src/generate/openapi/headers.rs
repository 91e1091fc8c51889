//! The headers that stages add to answers.

use serde_json::{Map, Value, json};

use crate::manifest::Operation;

/// On every answer.
pub(super) const REQUEST_ID: &str = "X-Request-Id";

/// On every answer: the request's place in a distributed trace.
const TRACE_PARENT: &str = "traceparent";

/// Where trying again later makes sense.
pub(super) const RETRY_AFTER: &str = "Retry-After";

/// On a 401.
pub(super) const AUTHENTICATE: &str = "WWW-Authenticate";

/// On answers that were stored and are given again.
const REPLAYED: &str = "Idempotent-Replayed";

/// How the caller stands with the limits of an operation that has some.
const LIMITS: [&str; 5] = [
    "RateLimit",
    "RateLimit-Policy",
    "X-RateLimit-Limit",
    "X-RateLimit-Remaining",
    "X-RateLimit-Reset",
];

/// The headers that every answer has.
pub(super) fn common() -> Map<String, Value> {
    [REQUEST_ID, TRACE_PARENT].into_iter().map(reference).collect()
}

/// The headers that say how the caller stands with the operation's limits.
///
/// Whatever comes after the guard has them; the document names them where they are read, on good
/// answers and on the refusal, lest every problem repeat them.
pub(super) fn limits(operation: &Operation) -> Map<String, Value> {
    let limits = if operation.limits.is_empty() { &[] } else { LIMITS.as_slice() };
    limits.iter().copied().map(reference).collect()
}

/// The headers of a good answer, beside its own.
pub(super) fn good(operation: &Operation) -> Map<String, Value> {
    let mut headers = common();
    headers.extend(limits(operation));
    headers.extend(operation.idempotent.then(|| reference(REPLAYED)));
    headers
}

/// A header by reference.
pub(super) fn reference(name: &str) -> (String, Value) {
    (name.to_owned(), json!({ "$ref": format!("#/components/headers/{name}") }))
}

/// Every header that can be referred to.
pub(super) fn all() -> Value {
    let text = json!({ "type": "string" });
    let number = json!({ "type": "integer", "minimum": 0 });
    json!({
        REQUEST_ID: {
            "description": "The request, as logs and support know it; the caller's own if it sent \
                            one.",
            "schema": text,
        },
        TRACE_PARENT: {
            "description": "The request's place in a trace, as W3C Trace Context has it.",
            "schema": text,
        },
        RETRY_AFTER: { "description": "Seconds until trying again makes sense.", "schema": number },
        AUTHENTICATE: { "description": "How to authenticate.", "schema": text },
        REPLAYED: {
            "description": "`true` where this is the stored answer to an earlier request with the \
                            same key.",
            "schema": { "type": "string", "const": "true" },
        },
        "RateLimit": {
            "description": "The limit that is nearest to used up: its name, the calls that remain \
                            (`r`) and the seconds until more are allowed (`t`).",
            "schema": text,
            "example": "\"account\";r=29;t=2",
        },
        "RateLimit-Policy": {
            "description": "The same limit: its name, the calls of a window (`q`) and the window \
                            in seconds (`w`).",
            "schema": text,
            "example": "\"account\";q=30;w=60",
        },
        "X-RateLimit-Limit": {
            "description": "The calls of a window, of the limit that is nearest to used up.",
            "schema": number,
        },
        "X-RateLimit-Remaining": {
            "description": "The calls that remain, of the limit that is nearest to used up.",
            "schema": number,
        },
        "X-RateLimit-Reset": {
            "description": "The seconds until that limit is whole again.",
            "schema": number,
        },
    })
}
