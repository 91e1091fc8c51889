//! Accept: the first stage gives a request its id, its place in a trace, and a slot.
//!
//! It reads nothing but three headers, and allocates little: under overload this is all that runs.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use http::HeaderMap;

use crate::problem::{Details, codes};
use crate::trace::{RequestId, TraceParent};

/// What a client is told to wait when everything is taken.
const OVERLOAD_WAIT: Duration = Duration::from_secs(1);

/// The request's id and its span of the caller's trace.
pub(super) fn identify(headers: &HeaderMap) -> (RequestId, TraceParent) {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let id = text("x-request-id").and_then(RequestId::parse).unwrap_or_default();
    let trace = text("traceparent").and_then(TraceParent::parse).map(TraceParent::child);
    (id, trace.unwrap_or_default())
}

/// The slots for requests that are answered at once.
#[derive(Debug, Clone)]
pub(crate) struct Slots {
    taken: Arc<AtomicU32>,
    most: u32,
}

/// One slot; dropped, it is free again.
#[derive(Debug)]
pub(crate) struct Slot(Arc<AtomicU32>);

impl Slots {
    pub(crate) fn new(most: u32) -> Self {
        Self { taken: Arc::default(), most }
    }

    /// Takes a slot, or sheds the request.
    pub(super) fn take(&self) -> Result<Slot, Details> {
        let before = self.taken.fetch_add(1, Ordering::Relaxed);
        let slot = Slot(Arc::clone(&self.taken));
        if before >= self.most {
            return Err(codes::OVERLOADED.details().retry_after(OVERLOAD_WAIT));
        }
        Ok(slot)
    }

    /// How many are taken.
    pub(crate) fn taken(&self) -> u32 {
        self.taken.load(Ordering::Relaxed)
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}
