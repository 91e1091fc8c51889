//! An answer of bytes that are streamed from somewhere, and one that leads elsewhere.

use std::marker::PhantomData;

use axum::body::Body;
use bytes::Bytes;
use futures_util::Stream;
use http::StatusCode;
use http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_TYPE};

use super::reply::{Answer, Payload, Success};
use crate::manifest::{self, Content, Describe};

/// The media types that a [`Download`] can have.
pub trait Media: Send + 'static {
    /// Their names.
    const TYPES: &'static [&'static str];
}

/// A file, streamed.
///
/// `M` says which media types it can have, for the documents and for the caller's `Accept`.
#[derive(Debug)]
pub struct Download<M> {
    media: &'static str,
    name: String,
    bytes: u64,
    body: Body,
    kind: PhantomData<fn() -> M>,
}

impl<M: Media> Download<M> {
    /// A file of `bytes` bytes; `media` is one of `M`'s.
    pub fn new<S, E>(media: &'static str, bytes: u64, stream: S) -> Self
    where
        S: Stream<Item = Result<Bytes, E>> + Send + 'static,
        E: Into<Box<dyn std::error::Error + Send + Sync>> + 'static,
    {
        debug_assert!(M::TYPES.contains(&media), "`{media}` is not documented");
        let body = Body::from_stream(stream);
        Self { media, name: "file".to_owned(), bytes, body, kind: PhantomData }
    }

    /// Gives the name under which a browser saves it: letters, digits, `-`, `_` and `.` of it.
    #[must_use]
    pub fn named(mut self, name: &str) -> Self {
        let plain = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
        self.name = name.chars().filter(plain).collect();
        self
    }
}

impl<M: Media> Success for Download<M> {
    const MEDIA: &'static [&'static str] = M::TYPES;

    fn answer(self) -> Result<Answer, serde_json::Error> {
        let mut answer = Answer::empty(StatusCode::OK)
            .header(CONTENT_TYPE, self.media)
            .header(CONTENT_LENGTH, &self.bytes.to_string())
            .header(CONTENT_DISPOSITION, &format!("attachment; filename=\"{}\"", self.name))
            .header(CACHE_CONTROL, "private, no-store");
        answer.payload = Payload::Stream(self.body);
        Ok(answer)
    }

    fn describe(describe: &mut Describe) {
        for media in M::TYPES {
            describe.answers.push(manifest::Answer {
                status: 200,
                description: "The file.".to_owned(),
                content: Some(Content {
                    media: (*media).to_owned(),
                    schema: serde_json::json!({ "type": "string", "format": "binary" }),
                }),
                headers: Vec::new(),
            });
        }
    }
}
