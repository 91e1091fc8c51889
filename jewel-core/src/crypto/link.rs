//! Signed links that expire: proof that this server allowed one path until one instant.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::MasterKey;
use super::key::{holds, mac};
use crate::clock::Timestamp;

/// Signs and checks links.
#[derive(Debug, Clone)]
pub struct LinkSigner {
    key: [u8; 32],
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
    pub fn new(master: &MasterKey) -> Self {
        Self { key: master.derive("jewel link v1") }
    }

    /// The signature of `subject`, whatever text that is, until `expires`.
    pub fn sign(&self, subject: &str, expires: Timestamp) -> String {
        URL_SAFE_NO_PAD.encode(mac(&self.key, &message(subject, expires)))
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
        if !holds(&self.key, &message(subject, expires), signature) {
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
