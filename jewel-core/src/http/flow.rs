//! The life of a request, stage by stage.
//!
//! accept ─▶ head ─▶ guard ─▶ body ─▶ validate ─▶ once ─▶ handle ─▶ respond

use std::net::IpAddr;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::extract::Request;
use axum::response::Response;
use bytes::Bytes;
use futures_util::FutureExt;
use metrics::{Counter, Histogram};
use tracing::Instrument;

use super::accept::{Slots, identify};
use super::call::Call;
use super::context::Context;
use super::endpoint::Route;
use super::reject::Reject;
use super::reply::Answer;
use super::respond::{About, respond};
use super::{admit, body, head};
use crate::guard::Identity;
use crate::guard::limit::Limiter;
use crate::job;
use crate::problem::{Details, codes};

/// An endpoint at its place, with what is made for it once.
#[derive(Debug)]
pub(super) struct Mounted {
    pub(super) route: Route,
    /// `module.function`.
    pub(super) operation: Arc<str>,
    pub(super) context: Arc<Context>,
    pub(super) slots: Slots,
    pub(super) limiter: Limiter,
    pub(super) deadline: Duration,
    pub(super) body_limit: u64,
    pub(super) figures: Figures,
}

/// What is counted of an operation.
#[derive(Debug)]
pub(super) struct Figures {
    /// How long answers took, in seconds.
    duration: Histogram,
    /// Answers by the status' first digit, 1 to 5.
    answers: [Counter; 5],
}

impl Figures {
    pub(super) fn new(operation: &str) -> Self {
        let operation = operation.to_owned();
        let counter = |class: &'static str| {
            metrics::counter!(
                "http_requests_total", "operation" => operation.clone(), "status" => class
            )
        };
        Self {
            answers: ["1xx", "2xx", "3xx", "4xx", "5xx"].map(counter),
            duration: metrics::histogram!(
                "http_request_duration_seconds", "operation" => operation
            ),
        }
    }

    fn record(&self, status: u16, took: Duration) {
        self.duration.record(took);
        let class = usize::from(status / 100).clamp(1, 5) - 1;
        self.answers[class].increment(1);
    }
}

/// Answers one request.
pub(super) async fn answer(mounted: Arc<Mounted>, request: Request, peer: IpAddr) -> Response {
    let started = Instant::now();
    let (parts, body) = request.into_parts();
    let (request_id, trace) = identify(&parts.headers);
    let mut call = Call {
        context: Arc::clone(&mounted.context),
        entry: mounted.route.entry,
        operation: Arc::clone(&mounted.operation),
        body_limit: mounted.body_limit,
        parts,
        body,
        bytes: Bytes::new(),
        peer,
        request_id,
        trace,
        identity: Identity::Anonymous,
        standing: None,
        lent: None,
        close: false,
    };
    let span = tracing::info_span!(
        "request",
        operation = &*mounted.operation,
        request_id = call.request_id.as_str(),
        trace = format_args!("{:032x}", call.trace.trace()),
    );
    let outcome = fenced(&mounted, &mut call).instrument(span.clone()).await;
    let about = About {
        request_id: call.request_id,
        trace: call.trace,
        standing: call.standing,
        close: call.close,
    };
    let response = span.in_scope(|| respond(&about, outcome));
    let took = started.elapsed();
    mounted.figures.record(response.status().as_u16(), took);
    span.in_scope(|| {
        tracing::info!(
            status = response.status().as_u16(),
            ms = took.as_micros() as f64 / 1000.0,
            "answered"
        );
    });
    response
}

/// The stages within their slot, their deadline, and a fence that a panic does not pass.
async fn fenced(mounted: &Mounted, call: &mut Call) -> Result<Answer, Details> {
    let _slot = mounted.slots.take()?;
    // Jobs that the handler enqueues belong to the request's trace.
    let stages = job::traced(call.trace, stages(mounted, call));
    let stages = tokio::time::timeout(mounted.deadline, stages);
    match AssertUnwindSafe(stages).catch_unwind().await {
        Ok(Ok(outcome)) => outcome.map_err(Reject::into_details),
        Ok(Err(_)) => Err(codes::DEADLINE_EXCEEDED.details().retry_after(mounted.deadline)),
        Err(panic) => {
            let mut details = codes::INTERNAL.details();
            details.cause = Some(format!("panicked: {}", text(&*panic)));
            Err(details)
        }
    }
}

/// Every stage that can end a request, in order.
async fn stages(mounted: &Mounted, call: &mut Call) -> Result<Answer, Reject> {
    head::check(call)?;
    admit::admit(call, &mounted.limiter)?;
    body::read(call).await?;
    let outcome = (mounted.route.run)(call).await;
    body::take_back(call).await;
    outcome
}

/// What a panic said.
fn text(panic: &(dyn std::any::Any + Send)) -> &str {
    panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("nothing that is a text")
}
