//! A job as whoever enqueued it sees it. Plain data; that it is the caller's is seen to by
//! [`Jobs::work`](super::Jobs::work).

use schemars::JsonSchema;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::ticket::{JobId, Place, Progress, Status, Ticket};

/// A job and what came of it, for callers: what a long task answers with that makes nothing with a
/// place of its own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Work<T> {
    /// The job.
    pub job: JobId,
    /// Where it is.
    pub state: Place,
    /// How far it says it is, while it runs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub progress: Option<Progress>,
    /// What it made, once it is completed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub result: Option<T>,
}

impl<T> Work<T> {
    /// A job that has just been enqueued.
    pub fn begun(ticket: Ticket) -> Self {
        Self { job: ticket.id, state: Place::Ready, progress: None, result: None }
    }
}

impl<T: DeserializeOwned> Work<T> {
    pub(super) fn new(job: JobId, status: Status) -> Self {
        let result = status.result.and_then(|value| serde_json::from_value(value).ok());
        Self { job, state: status.place, progress: status.progress, result }
    }
}
