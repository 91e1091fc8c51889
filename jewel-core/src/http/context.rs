//! What all requests share: the clock, the state, the database, and what the stages stand on.

use std::sync::Arc;

use super::settings::Settings;
use crate::clock::Clock;
use crate::crypto::Tokens;
use crate::db::Db;
use crate::guard::limit::Limiter;
use crate::state::States;

/// What all requests share.
#[derive(Debug)]
pub struct Context {
    /// What time it is.
    pub clock: Clock,
    /// The application's state.
    pub states: States,
    /// The database, where the application has one.
    pub db: Option<Db>,
    /// What access tokens are checked with, where the application issues any.
    pub tokens: Option<Tokens>,
    /// Counts calls against their limits.
    pub(crate) limiter: Arc<Limiter>,
    /// Bounds of every request.
    pub(crate) settings: Settings,
}
