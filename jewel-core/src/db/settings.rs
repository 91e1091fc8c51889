//! How the database is reached and how long it may take.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::config::Span;
use crate::secret::Secret;

/// The database's settings.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Where the server is, as a `postgres://` URL of a role that may become `jewel_app`, the role
    /// under which requests and jobs work. Without one, and where development is allowed,
    /// a private PostgreSQL is started under `.jewel/pg`.
    pub url: Option<Secret>,
    /// The URL of the role that owns the tables and migrates them; the same as `url` where it is
    /// not set.
    pub owner_url: Option<Secret>,
    /// The most connections that this process holds.
    pub connections: u32,
    /// How long a request waits for a connection before it is answered 503.
    pub acquire_timeout: Span,
    /// How long one statement may take before the server breaks it off.
    pub statement_timeout: Span,
    /// Whether `url` leads through a PgBouncer in transaction mode: no named statements then, and
    /// its user must be `jewel_app` itself.
    pub pgbouncer: bool,
    /// Whether the server migrates the database when it starts.
    pub migrate: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            url: None,
            owner_url: None,
            connections: 10,
            acquire_timeout: Span::from_secs(3),
            statement_timeout: Span::from_secs(30),
            pgbouncer: false,
            migrate: true,
        }
    }
}
