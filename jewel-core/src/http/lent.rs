//! A body that a handler reads by itself, and gives back when it stops.
//!
//! A handler that refuses a file half-way drops it; what is still arriving must be read away within
//! bounds, or the client would see a reset instead of the answer.

use std::pin::Pin;
use std::task::{Context, Poll};

use axum::body::Body;
use bytes::Bytes;
use http_body::{Body as _, Frame, SizeHint};
use tokio::sync::oneshot;

/// A body on loan, of at most `limit` bytes.
#[derive(Debug)]
pub(super) struct Lent {
    body: Option<Body>,
    left: u64,
    back: Option<oneshot::Sender<Body>>,
}

/// The body has more bytes than it may.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the body is too large")]
pub(super) struct TooLarge;

impl Lent {
    /// Lends a body; it comes back where it was not read to its end.
    pub(super) fn new(body: Body, limit: u64) -> (Self, oneshot::Receiver<Body>) {
        let (back, returned) = oneshot::channel();
        (Self { body: Some(body), left: limit, back: Some(back) }, returned)
    }
}

impl http_body::Body for Lent {
    type Data = Bytes;
    type Error = Box<dyn std::error::Error + Send + Sync>;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        let Some(body) = &mut self.body else { return Poll::Ready(None) };
        let frame = match Pin::new(body).poll_frame(context) {
            Poll::Pending => return Poll::Pending,
            Poll::Ready(None) => {
                self.body = None;
                return Poll::Ready(None);
            }
            Poll::Ready(Some(Err(error))) => return Poll::Ready(Some(Err(error.into()))),
            Poll::Ready(Some(Ok(frame))) => frame,
        };
        let bytes = frame.data_ref().map_or(0, Bytes::len) as u64;
        match self.left.checked_sub(bytes) {
            None => Poll::Ready(Some(Err(TooLarge.into()))),
            Some(left) => {
                self.left = left;
                Poll::Ready(Some(Ok(frame)))
            }
        }
    }

    fn size_hint(&self) -> SizeHint {
        self.body.as_ref().map_or(SizeHint::with_exact(0), http_body::Body::size_hint)
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        let unread = self.body.take().filter(|body| !body.is_end_stream());
        if let (Some(body), Some(back)) = (unread, self.back.take()) {
            let _ = back.send(body);
        }
    }
}
