//! What operators ask a process, on a listener of its own: is it alive, is it ready, its figures.

use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use http::StatusCode;
use http::header::CONTENT_TYPE;
use tokio::sync::watch;
use tokio::time::timeout;

use super::schema::Expected;
use crate::db::Db;
use crate::http::Slots;
use crate::job::Jobs;
use crate::observe::Meter;

/// How long readiness waits for the database.
const READY_TIME: Duration = Duration::from_secs(2);

/// What the answers are taken from.
#[derive(Debug, Clone)]
pub(super) struct Watched {
    pub(super) meter: Meter,
    pub(super) slots: Slots,
    pub(super) db: Option<Db>,
    pub(super) jobs: Option<Jobs>,
    /// What the database must have.
    pub(super) schema: Option<Expected>,
    /// Whether the process was asked to stop.
    pub(super) stop: watch::Receiver<bool>,
}

/// The router of `/health/live`, `/health/ready`, `/health/work` and `/metrics`.
pub(super) fn router(watched: Watched) -> Router {
    Router::new()
        .route("/health/live", get(async || "alive\n"))
        .route("/health/ready", get(ready))
        .route("/health/work", get(work))
        .route("/metrics", get(metrics))
        .with_state(watched)
}

/// Ready is who should be sent requests: not stopping, the database answers, and it is the one that
/// the program was made for.
async fn ready(State(watched): State<Watched>) -> Response {
    if *watched.stop.borrow() {
        return (StatusCode::SERVICE_UNAVAILABLE, "stopping\n").into_response();
    }
    let Some(db) = &watched.db else { return "ready\n".into_response() };
    let missing = async {
        db.check().await?;
        match &watched.schema {
            Some(schema) => schema.missing(db).await,
            None => Ok(Vec::new()),
        }
    };
    match timeout(READY_TIME, missing).await {
        Ok(Ok(missing)) if missing.is_empty() => "ready\n".into_response(),
        Ok(Ok(missing)) => {
            let said =
                format!("the schema is another than the program's:\n{}\n", missing.join("\n"));
            tracing::error!("{}", said.trim_end());
            (StatusCode::SERVICE_UNAVAILABLE, said).into_response()
        }
        Ok(Err(error)) => {
            tracing::warn!(%error, "not ready");
            (StatusCode::SERVICE_UNAVAILABLE, "the database does not answer\n").into_response()
        }
        Err(_) => (StatusCode::SERVICE_UNAVAILABLE, "the database is slow\n").into_response(),
    }
}

/// Works is whose worker takes jobs while it has room for them. It stands apart from being alive
/// and ready, because who answers requests does that none the worse.
async fn work(State(watched): State<Watched>) -> Response {
    let Some(stalled) = watched.jobs.as_ref().and_then(Jobs::stalled) else {
        return "working\n".into_response();
    };
    let (queue, seconds) = (stalled.queue, stalled.waited.as_secs());
    let said = format!("queue `{queue}`: a job waits for {seconds} s although slots are free\n");
    tracing::error!("{}", said.trim_end());
    (StatusCode::SERVICE_UNAVAILABLE, said).into_response()
}

async fn metrics(State(watched): State<Watched>) -> Response {
    metrics::gauge!("http_requests_in_flight").set(watched.slots.taken());
    if let Some(db) = &watched.db {
        let pool = db.pool();
        metrics::gauge!("db_connections_open").set(pool.size());
        metrics::gauge!("db_connections_idle").set(u32::try_from(pool.num_idle()).unwrap_or(0));
    }
    watched.meter.upkeep();
    ([(CONTENT_TYPE, "text/plain; version=0.0.4")], watched.meter.render()).into_response()
}
