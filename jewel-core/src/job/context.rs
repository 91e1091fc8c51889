//! Which trace the present work belongs to, so that what it enqueues belongs to it too.

use crate::trace::TraceParent;

tokio::task_local! {
    static TRACE: TraceParent;
}

/// Runs `work` as part of `trace`: jobs that it enqueues carry the trace on.
///
/// ```
/// # use jewel_core::{job, trace::TraceParent};
/// # async fn example() {
/// job::traced(TraceParent::new(), async { /* enqueue here */ }).await;
/// # }
/// ```
pub async fn traced<F: Future>(trace: TraceParent, work: F) -> F::Output {
    TRACE.scope(trace, work).await
}

/// The trace of the present work, or a new one.
pub(super) fn current() -> TraceParent {
    TRACE.try_with(|trace| *trace).unwrap_or_default()
}
