//! Respond: the one place where an answer or a problem becomes a response.
//!
//! It adds what every response has: the request's id, how the caller stands with its limits, and
//! headers that make a browser careful. A problem's cause is logged here and goes no further.

use std::time::Duration;

use axum::body::Body;
use axum::response::Response;
use http::header::{
    CACHE_CONTROL, CONNECTION, CONTENT_TYPE, HeaderName, HeaderValue, RETRY_AFTER,
    WWW_AUTHENTICATE, X_CONTENT_TYPE_OPTIONS,
};
use http::{HeaderMap, StatusCode};
use serde_json::{Map, Value};

use super::reply::{Answer, Payload};
use crate::guard::limit::Standing;
use crate::problem::Details;
use crate::trace::{RequestId, TraceParent};

/// The media type of problems.
pub(crate) const PROBLEM: &str = "application/problem+json";

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const TRACE_PARENT: HeaderName = HeaderName::from_static("traceparent");
const RATE_LIMIT: HeaderName = HeaderName::from_static("ratelimit");
const RATE_LIMIT_POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");
const X_LIMIT: HeaderName = HeaderName::from_static("x-ratelimit-limit");
const X_REMAINING: HeaderName = HeaderName::from_static("x-ratelimit-remaining");
const X_RESET: HeaderName = HeaderName::from_static("x-ratelimit-reset");

/// What a response needs to know of its request.
#[derive(Debug, Clone)]
pub(super) struct About {
    pub(super) request_id: RequestId,
    pub(super) trace: TraceParent,
    pub(super) standing: Option<Standing>,
    /// Whether the connection has to close.
    pub(super) close: bool,
}

/// The response of a request.
pub(super) fn respond(about: &About, outcome: Result<Answer, Details>) -> Response {
    let answer = match outcome {
        Ok(answer) => answer,
        Err(details) => problem(about, &details),
    };
    let body = match answer.payload {
        Payload::Whole(bytes) => Body::from(bytes),
        Payload::Stream(body) => body,
    };
    let mut response = Response::new(body);
    *response.status_mut() = answer.status;
    *response.headers_mut() = answer.headers;
    finish(about, response.headers_mut());
    response
}

/// A problem as an answer.
fn problem(about: &About, details: &Details) -> Answer {
    log(about, details);
    let mut members = details.members.clone();
    let mut put = |name: &str, value: Value| _ = members.insert(name.to_owned(), value);
    put("type", format!("/problems/{}", details.code).into());
    put("title", details.title().into());
    put("status", details.status.into());
    put("detail", (&*details.detail).into());
    put("code", details.code.into());
    put("request_id", about.request_id.as_str().into());
    if !details.violations.is_empty() {
        put("violations", serde_json::to_value(&details.violations).unwrap_or_default());
    }
    if let Some(wait) = details.retry_after {
        put("retry_after_s", seconds(wait).into());
    }
    let status = StatusCode::from_u16(details.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut answer = Answer::empty(status);
    answer.payload = Payload::Whole(text(members).into());
    answer.headers.insert(CONTENT_TYPE, HeaderValue::from_static(PROBLEM));
    if let Some(wait) = details.retry_after {
        answer.headers.insert(RETRY_AFTER, HeaderValue::from(seconds(wait)));
    }
    if status == StatusCode::UNAUTHORIZED {
        answer.headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
    answer
}

fn text(members: Map<String, Value>) -> String {
    Value::Object(members).to_string()
}

/// Whole seconds, rounded up.
fn seconds(wait: Duration) -> u64 {
    wait.as_secs() + u64::from(wait.subsec_nanos() > 0)
}

fn log(about: &About, details: &Details) {
    let cause = details.cause.as_deref().unwrap_or("");
    let id = about.request_id.as_str();
    if details.status >= 500 {
        tracing::error!(request_id = id, code = details.code, cause, "request failed");
    } else {
        tracing::debug!(request_id = id, code = details.code, cause, "request refused");
    }
}

/// Adds what every response has.
fn finish(about: &About, headers: &mut HeaderMap) {
    if let Ok(id) = HeaderValue::from_str(about.request_id.as_str()) {
        headers.insert(REQUEST_ID, id);
    }
    if let Ok(trace) = HeaderValue::try_from(about.trace.to_string()) {
        headers.insert(TRACE_PARENT, trace);
    }
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.entry(CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    if about.close {
        headers.insert(CONNECTION, HeaderValue::from_static("close"));
    }
    if let Some(standing) = &about.standing {
        limits(standing, headers);
    }
}

/// How the caller stands: the fields of the IETF draft, and the ones that came before it.
fn limits(standing: &Standing, headers: &mut HeaderMap) {
    let limit = &standing.limit;
    let (name, window) = (limit.per.as_str(), limit.window.as_secs());
    let reset = seconds(standing.wait.unwrap_or(standing.reset));
    let remaining = standing.remaining;
    let mut put = |header: HeaderName, text: String| {
        if let Ok(value) = HeaderValue::try_from(text) {
            headers.insert(header, value);
        }
    };
    put(RATE_LIMIT, format!("\"{name}\";r={remaining};t={reset}"));
    put(RATE_LIMIT_POLICY, format!("\"{name}\";q={};w={window}", limit.count));
    headers.insert(X_LIMIT, HeaderValue::from(limit.count));
    headers.insert(X_REMAINING, HeaderValue::from(remaining));
    headers.insert(X_RESET, HeaderValue::from(reset));
}
