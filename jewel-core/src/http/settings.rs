//! Bounds of every request, and where the server listens.

use std::net::SocketAddr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::config::{Size, Span};

/// The HTTP server's settings.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Where the API listens; port 0 takes a free one.
    pub listen: SocketAddr,
    /// Where liveness, readiness and metrics listen: never reachable from outside.
    pub admin_listen: SocketAddr,
    /// How long a request may take in all, where its operation says nothing else.
    pub deadline: Span,
    /// The largest body, where its operation says nothing else.
    pub body_limit: Size,
    /// How long a body may pause: each piece must arrive within this time.
    pub body_timeout: Span,
    /// How long the head of a request may take to arrive.
    pub head_timeout: Span,
    /// The largest head of a request.
    pub head_limit: Size,
    /// How many requests are answered at once; more are answered 503.
    pub in_flight: u32,
    /// How long requests may go on after the server was asked to stop.
    pub drain: Span,
    /// How often one address may call in a minute, over all operations; 0 sets no limit.
    pub limit_per_ip: u32,
    /// How often all together may call in a minute; 0 sets no limit.
    pub limit_global: u32,
    /// Multiplies the limits that operations declare, for a load test or a bulk import.
    pub limit_factor: u32,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 8080)),
            admin_listen: SocketAddr::from(([127, 0, 0, 1], 9090)),
            deadline: Span::from_secs(30),
            body_limit: Size::new(256 << 10),
            body_timeout: Span::from_secs(10),
            head_timeout: Span::from_secs(10),
            head_limit: Size::new(32 << 10),
            in_flight: 1024,
            drain: Span::from_secs(20),
            limit_per_ip: 1200,
            limit_global: 0,
            limit_factor: 1,
        }
    }
}
