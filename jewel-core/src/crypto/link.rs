//! Signed links that expire: proof that this server allowed one path until one instant.

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::KeyRing;
use super::key::{holds, mac};
use crate::clock::Timestamp;

/// Signs links with the current key, and takes those that a former key signed.
#[derive(Clone)]
pub struct LinkSigner {
    /// The current one first.
    keys: Arc<[[u8; 32]]>,
}

/// Why a link is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LinkError {
    /// It was altered, or signed by another key.
    #[error("the link was altered")]
    Altered,
    /// Its time is over.
    #[error("the link has expired")]
    Expired,
}

impl LinkSigner {
    /// A signer whose links other purposes' keys do not open.
    pub fn new(keys: &KeyRing) -> Self {
        Self { keys: keys.derive_all("jewel link v1") }
    }

    /// The signature of `subject`, whatever text that is, until `expires`.
    pub fn sign(&self, subject: &str, expires: Timestamp) -> String {
        URL_SAFE_NO_PAD.encode(mac(&self.keys[0], &message(subject, expires)))
    }

    /// Checks a signature.
    ///
    /// # Errors
    /// Altered comes before expired: an altered link says nothing of time.
    pub fn check(
        &self,
        subject: &str,
        expires: Timestamp,
        signature: &str,
        now: Timestamp,
    ) -> Result<(), LinkError> {
        let message = message(subject, expires);
        if !self.keys.iter().any(|key| holds(key, &message, signature)) {
            return Err(LinkError::Altered);
        }
        if expires <= now { Err(LinkError::Expired) } else { Ok(()) }
    }
}

fn message(subject: &str, expires: Timestamp) -> Vec<u8> {
    let mut message = expires.timestamp().to_be_bytes().to_vec();
    message.extend_from_slice(subject.as_bytes());
    message
}

impl std::fmt::Debug for LinkSigner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("LinkSigner").finish_non_exhaustive()
    }
}
