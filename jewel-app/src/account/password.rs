//! Passwords off the async threads, a few at a time: each takes tens of milliseconds and 19 MiB.
//!
//! Whoever calls holds no database connection meanwhile.

use std::time::Duration;

use jewel_core::Secret;
use jewel_core::crypto::{hash_password, verify_password};
use jewel_core::problem::Unavailable;
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::task::spawn_blocking;
use tokio::time::timeout;

/// How long a request waits for its turn before it is answered 503.
const PATIENCE: Duration = Duration::from_secs(5);
/// What it is told to wait then.
const BUSY: Duration = Duration::from_secs(2);

/// Hashes and verifies passwords.
#[derive(Debug)]
pub struct Passwords {
    turns: Semaphore,
}

/// A password was neither hashed nor verified.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Too many are waiting.
    #[error(transparent)]
    Busy(#[from] Unavailable),
    /// The system gave no randomness.
    #[error("a password was not hashed: {0}")]
    Hash(String),
    /// The work was dropped, or panicked.
    #[error("a password's work was lost")]
    Lost(#[from] tokio::task::JoinError),
}

impl Default for Passwords {
    /// As many at a time as there are processors.
    fn default() -> Self {
        let turns = std::thread::available_parallelism().map_or(1, usize::from);
        Self { turns: Semaphore::new(turns) }
    }
}

impl Passwords {
    /// The hash of a password.
    ///
    /// # Errors
    /// [`Error::Busy`] where too many are waiting.
    pub async fn hash(&self, password: Secret) -> Result<String, Error> {
        let _turn = self.turn().await?;
        let hashed = spawn_blocking(move || hash_password(password.expose())).await?;
        hashed.map_err(|error| Error::Hash(error.to_string()))
    }

    /// Whether a password belongs to a hash; without one it takes as long and says no.
    ///
    /// # Errors
    /// [`Error::Busy`] where too many are waiting.
    pub async fn verify(&self, password: Secret, hash: Option<String>) -> Result<bool, Error> {
        let _turn = self.turn().await?;
        Ok(spawn_blocking(move || verify_password(password.expose(), hash.as_deref())).await?)
    }

    async fn turn(&self) -> Result<SemaphorePermit<'_>, Unavailable> {
        let busy = Unavailable { what: "the time for passwords", retry_after: BUSY };
        // The semaphore is never closed, so waiting ends with a turn or by the clock.
        match timeout(PATIENCE, self.turns.acquire()).await {
            Ok(Ok(turn)) => Ok(turn),
            Ok(Err(_)) | Err(_) => Err(busy),
        }
    }
}
