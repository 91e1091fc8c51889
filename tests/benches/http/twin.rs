//! The endpoint, written by hand in plain axum: the same checks, the same answer, no framework.
//!
//! It is what a careful person writes who has this one endpoint: extractors for the caller and the
//! body, one middleware for the request's id, span and figures, and nothing that is not needed.

use std::num::NonZeroU32;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use axum::body::Bytes;
use axum::extract::{FromRequestParts, Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, Router};
use garde::Validate;
use governor::clock::{Clock as _, DefaultClock};
use governor::middleware::StateInformationMiddleware;
use governor::state::keyed::DashMapStateStore;
use governor::{Quota, RateLimiter};
use http::header::{
    ACCEPT, AUTHORIZATION, CACHE_CONTROL, CONTENT_TYPE, HeaderName, HeaderValue, LOCATION,
    RETRY_AFTER, X_CONTENT_TYPE_OPTIONS,
};
use http::request::Parts;
use http::{HeaderMap, StatusCode};
use jewel_core::trace::{RequestId, TraceParent};
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use metrics::{Counter, Histogram};
use serde::{Deserialize, Serialize};
use tracing::Instrument;
use uuid::Uuid;

use super::server;

type Limiter = RateLimiter<Uuid, DashMapStateStore<Uuid>, DefaultClock, StateInformationMiddleware>;

/// Calls per second of one person.
const LIMIT: u32 = 1_000_000;
/// The largest body, in bytes.
const BODY: u64 = 256 << 10;
/// How long a request may take.
const DEADLINE: Duration = Duration::from_secs(30);

struct Shared {
    key: DecodingKey,
    rules: Validation,
    limiter: Limiter,
    clock: DefaultClock,
    duration: Histogram,
    created: Counter,
    refused: Counter,
}

#[derive(Deserialize)]
struct Claims {
    sub: Uuid,
    #[expect(dead_code, reason = "a token without it is none of ours")]
    acc: Uuid,
    exp: u64,
}

#[derive(Deserialize, Validate)]
#[serde(deny_unknown_fields)]
struct NewNote {
    #[garde(length(chars, min = 1, max = 80))]
    title: String,
    #[garde(range(min = 0, max = 5))]
    stars: u8,
}

#[derive(Serialize)]
struct Note {
    id: u32,
    title: String,
    stars: u8,
}

/// A refusal.
struct Refused(StatusCode, &'static str);

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let body = serde_json::json!({ "status": self.0.as_u16(), "code": self.1 });
        (self.0, [(CONTENT_TYPE, "application/problem+json")], body.to_string()).into_response()
    }
}

/// The person who calls, and how often she still may.
struct User {
    headers: [(HeaderName, HeaderValue); 5],
}

impl FromRequestParts<Arc<Shared>> for User {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, shared: &Arc<Shared>) -> Result<Self, Response> {
        let header = parts.headers.get(AUTHORIZATION).and_then(|h| h.to_str().ok());
        let token = header.and_then(|text| text.strip_prefix("Bearer "));
        let refused = || Refused(StatusCode::UNAUTHORIZED, "unauthenticated").into_response();
        let token = token.ok_or_else(refused)?;
        let claims = jsonwebtoken::decode::<Claims>(token, &shared.key, &shared.rules)
            .map_err(|_| refused())?
            .claims;
        let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |now| now.as_secs());
        if claims.exp <= now {
            return Err(refused());
        }
        match shared.limiter.check_key(&claims.sub) {
            Ok(left) => Ok(Self { headers: limits(left.remaining_burst_capacity()) }),
            Err(until) => {
                let wait = until.wait_time_from(shared.clock.now()).as_secs() + 1;
                let refused = Refused(StatusCode::TOO_MANY_REQUESTS, "rate_limited");
                Err(([(RETRY_AFTER, wait.to_string())], refused).into_response())
            }
        }
    }
}

fn limits(remaining: u32) -> [(HeaderName, HeaderValue); 5] {
    let name = HeaderName::from_static;
    let reset = u64::from(LIMIT - remaining).div_ceil(u64::from(LIMIT));
    let text = |text: String| HeaderValue::try_from(text).unwrap_or(HeaderValue::from_static(""));
    [
        (name("ratelimit"), text(format!("\"user\";r={remaining};t={reset}"))),
        (name("ratelimit-policy"), text(format!("\"user\";q={LIMIT};w=1"))),
        (name("x-ratelimit-limit"), HeaderValue::from(LIMIT)),
        (name("x-ratelimit-remaining"), HeaderValue::from(remaining)),
        (name("x-ratelimit-reset"), HeaderValue::from(reset)),
    ]
}

async fn keep(user: User, headers: HeaderMap, body: Bytes) -> Result<Response, Refused> {
    let media = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    if media.is_none_or(|m| m.split(';').next().unwrap_or("").trim() != "application/json") {
        return Err(Refused(StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type"));
    }
    let invalid = || Refused(StatusCode::UNPROCESSABLE_ENTITY, "invalid_request");
    let note: NewNote = serde_json::from_slice(&body).map_err(|_| invalid())?;
    note.validate().map_err(|_| invalid())?;
    let NewNote { title, stars } = note;
    let id = 7;
    let at = HeaderValue::try_from(format!("/v1/notes/{id}")).map_err(|_| invalid())?;
    let note = Note { id, title, stars };
    Ok((StatusCode::CREATED, [(LOCATION, at)], user.headers, Json(note)).into_response())
}

/// The request's id, its trace, and whether it takes JSON.
fn head(headers: &HeaderMap) -> (RequestId, TraceParent, bool) {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let id = text("x-request-id").and_then(RequestId::parse).unwrap_or_default();
    let trace = text("traceparent").and_then(TraceParent::parse).map(TraceParent::child);
    let accept = text(ACCEPT.as_str()).unwrap_or("*/*");
    let takes = accept.contains("application/json") || accept.contains("*/*");
    (id, trace.unwrap_or_default(), takes)
}

/// Request id, trace, deadline, span and figures.
async fn around(State(shared): State<Arc<Shared>>, request: Request, next: Next) -> Response {
    let started = Instant::now();
    let (id, trace, takes) = head(request.headers());
    let span = tracing::info_span!(
        "request",
        operation = "notes.keep",
        request_id = id.as_str(),
        trace = format_args!("{:032x}", trace.trace()),
    );
    let mut response = if takes {
        let next = next.run(request).instrument(span.clone());
        match tokio::time::timeout(DEADLINE, next).await {
            Ok(response) => response,
            Err(_) => Refused(StatusCode::SERVICE_UNAVAILABLE, "deadline").into_response(),
        }
    } else {
        Refused(StatusCode::NOT_ACCEPTABLE, "not_acceptable").into_response()
    };
    let headers = response.headers_mut();
    if let (Ok(id), Ok(trace)) =
        (HeaderValue::from_str(id.as_str()), HeaderValue::try_from(trace.to_string()))
    {
        headers.insert("x-request-id", id);
        headers.insert("traceparent", trace);
    }
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    let took = started.elapsed();
    shared.duration.record(took);
    let good = response.status().is_success();
    (if good { &shared.created } else { &shared.refused }).increment(1);
    span.in_scope(|| {
        let status = response.status().as_u16();
        tracing::info!(status, ms = took.as_secs_f64() * 1000.0, "answered");
    });
    response
}

/// Serves on a port until it is killed.
pub fn serve(port: &str) -> ExitCode {
    let settings =
        jewel_core::observe::Settings { filter: server::FILTER.to_owned(), ..Default::default() };
    jewel_core::observe::log(&settings).unwrap();
    let _meter = jewel_core::observe::meter();
    let mut rules = Validation::new(Algorithm::HS256);
    rules.validate_exp = false;
    rules.required_spec_claims.clear();
    let burst = NonZeroU32::new(LIMIT).unwrap();
    let operation = ("operation", "notes.keep");
    let answers =
        |class: &'static str| metrics::counter!("requests_total", &[operation, ("status", class)]);
    let shared = Arc::new(Shared {
        key: DecodingKey::from_secret(&server::key().derive("jewel access token v1")),
        rules,
        limiter: RateLimiter::dashmap(Quota::per_second(burst)).with_middleware(),
        clock: DefaultClock::default(),
        duration: metrics::histogram!("duration_seconds", &[operation]),
        created: answers("2xx"),
        refused: answers("4xx"),
    });
    let router = Router::new()
        .route("/v1/notes", post(keep))
        .layer(axum::extract::DefaultBodyLimit::max(BODY as usize))
        .layer(from_fn_with_state(Arc::clone(&shared), around))
        .layer(tower_http::compression::CompressionLayer::new())
        .with_state(shared);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let listener = tokio::net::TcpListener::bind(format!("127.0.0.1:{port}")).await.unwrap();
        axum::serve(listener, router).await.unwrap();
    });
    ExitCode::SUCCESS
}
