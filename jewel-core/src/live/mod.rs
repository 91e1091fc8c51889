//! Live: events pushed to a client over one long answer (server-sent events).
//!
//! The stream is the handler's; this module writes it in the standard's form, keeps the connection
//! awake, and tells the client how long to wait before it comes back.

mod event;
mod follow;

#[cfg(test)]
mod tests;

use std::convert::Infallible;
use std::pin::Pin;
use std::time::Duration;

use axum::body::Body;
use bytes::Bytes;
use futures_util::stream::BoxStream;
use futures_util::{Stream, StreamExt};
use http::StatusCode;
use http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderName};
use schemars::JsonSchema;
use std::marker::PhantomData;
use tokio::time::{Interval, MissedTickBehavior, interval};

pub use event::Event;
pub use follow::{Followed, present};

use crate::http::{Answer, Payload, Success};
use crate::manifest::{self, Content, Describe};

/// How often a comment is sent where nothing else is, so that no proxy thinks the line dead.
const HEARTBEAT: Duration = Duration::from_secs(15);
/// How long a client waits before it comes back.
const RETRY: Duration = Duration::from_secs(2);

/// Events whose data are `T`s, until the stream ends.
pub struct Events<T> {
    stream: BoxStream<'static, Event>,
    data: PhantomData<fn() -> T>,
}

impl<T> Events<T> {
    /// The events of a stream.
    pub fn new(stream: impl Stream<Item = Event> + Send + 'static) -> Self {
        Self { stream: stream.boxed(), data: PhantomData }
    }
}

impl<T> std::fmt::Debug for Events<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Events(..)")
    }
}

impl<T: JsonSchema + Send + 'static> Success for Events<T> {
    const MEDIA: &'static [&'static str] = &["text/event-stream"];

    fn answer(self) -> Result<Answer, serde_json::Error> {
        let mut answer = Answer::empty(StatusCode::OK)
            .header(CONTENT_TYPE, "text/event-stream")
            .header(CACHE_CONTROL, "no-store")
            .header(HeaderName::from_static("x-accel-buffering"), "no");
        answer.payload = Payload::Stream(Body::from_stream(Lines::new(self.stream)));
        Ok(answer)
    }

    fn describe(describe: &mut Describe) {
        let data = describe.writes::<T>();
        describe.answers.push(manifest::Answer {
            status: 200,
            description: "Events, until there is nothing more to tell.".to_owned(),
            content: Some(Content {
                media: "text/event-stream".to_owned(),
                schema: serde_json::json!({
                    "type": "string",
                    "description": "Server-sent events; each `data` is JSON.",
                    "contentMediaType": "application/json",
                    "contentSchema": data
                }),
            }),
            headers: Vec::new(),
        });
    }
}

/// The events as they are written, with a heartbeat between them.
struct Lines {
    stream: BoxStream<'static, Event>,
    beat: Interval,
    begun: bool,
}

impl Lines {
    fn new(stream: BoxStream<'static, Event>) -> Self {
        let mut beat = interval(HEARTBEAT);
        beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
        beat.reset();
        Self { stream, beat, begun: false }
    }
}

impl Stream for Lines {
    type Item = Result<Bytes, Infallible>;

    fn poll_next(
        mut self: Pin<&mut Self>,
        context: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Self::Item>> {
        use std::task::Poll::{Pending, Ready};
        if !self.begun {
            self.begun = true;
            return Ready(Some(Ok(format!("retry: {}\n\n", RETRY.as_millis()).into())));
        }
        match self.stream.poll_next_unpin(context) {
            Ready(Some(event)) => {
                self.beat.reset();
                Ready(Some(Ok(event.to_string().into())))
            }
            Ready(None) => Ready(None),
            Pending => match self.beat.poll_tick(context) {
                Ready(_) => Ready(Some(Ok(Bytes::from_static(b":\n\n")))),
                Pending => Pending,
            },
        }
    }
}
