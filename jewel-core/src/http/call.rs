//! One request on its way through the stages: what is known of it so far.

use std::net::IpAddr;
use std::sync::Arc;

use axum::body::Body;
use bytes::Bytes;
use http::request::Parts;
use tokio::sync::oneshot;

use super::context::Context;
use super::endpoint::Entry;
use crate::guard::Identity;
use crate::guard::limit::Standing;
use crate::trace::{RequestId, TraceParent};

/// A request that has been accepted.
#[derive(Debug)]
pub struct Call {
    /// What all requests share.
    pub(crate) context: Arc<Context>,
    /// The endpoint.
    pub(crate) entry: &'static Entry,
    /// Method, URI and headers.
    pub(crate) parts: Parts,
    /// The body that has not been read yet.
    pub(crate) body: Body,
    /// The body, once it is read whole.
    pub(crate) bytes: Bytes,
    /// Where the client is.
    pub(crate) peer: IpAddr,
    /// The request's id.
    pub(crate) request_id: RequestId,
    /// This server's span in the caller's trace.
    pub(crate) trace: TraceParent,
    /// Who calls.
    pub(crate) identity: Identity,
    /// How the caller stands with the limit that is nearest to its end.
    pub(crate) standing: Option<Standing>,
    /// The operation's id.
    pub(crate) operation: Arc<str>,
    /// The largest body, in bytes.
    pub(crate) body_limit: u64,
    /// Where a body that the handler reads by itself comes back.
    pub(crate) lent: Option<oneshot::Receiver<Body>>,
    /// Whether the connection has to close after the answer.
    pub(crate) close: bool,
}

impl Call {
    /// Method, URI and headers.
    pub fn parts(&self) -> &Parts {
        &self.parts
    }

    /// What all requests share.
    pub fn context(&self) -> &Context {
        &self.context
    }

    /// Who calls.
    pub fn identity(&self) -> Identity {
        self.identity
    }

    /// The request's id.
    pub fn request_id(&self) -> &RequestId {
        &self.request_id
    }

    /// This server's span in the caller's trace.
    pub fn trace(&self) -> TraceParent {
        self.trace
    }

    /// The raw text of a path segment, by its name.
    pub fn segment(&self, name: &str) -> Option<&str> {
        let mut pattern = self.entry.declared.path.split('/');
        let mut path = self.parts.uri.path().split('/');
        loop {
            let (wanted, found) = (pattern.next()?, path.next()?);
            let inner = wanted.strip_prefix('{').and_then(|rest| rest.strip_suffix('}'));
            if inner == Some(name) {
                return Some(found);
            }
        }
    }
}
