//! The one configured secret, and the keys that are derived from it.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::secret::Secret;

/// 32 random bytes from which every other key is derived.
#[derive(Clone)]
pub struct MasterKey([u8; 32]);

/// A configured key is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the key is not 32 bytes in base64; `openssl rand -base64 32` makes one")]
pub struct KeyError;

impl MasterKey {
    /// A new random key.
    pub fn random() -> Self {
        Self(rand::random())
    }

    /// Reads a key from base64.
    ///
    /// # Errors
    /// Where it is not 32 bytes.
    pub fn parse(text: &Secret) -> Result<Self, KeyError> {
        let bytes = STANDARD.decode(text.expose().trim()).map_err(|_| KeyError)?;
        bytes.try_into().map(Self).map_err(|_| KeyError)
    }

    /// The key as base64, to keep it in a file of its own.
    pub fn to_secret(&self) -> Secret {
        Secret::new(STANDARD.encode(self.0))
    }

    /// The key for one purpose.
    pub fn derive(&self, purpose: &str) -> [u8; 32] {
        mac(&self.0, purpose.as_bytes())
    }
}

impl std::fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("MasterKey(***)")
    }
}

/// HMAC-SHA-256 of a message.
pub(super) fn mac(key: &[u8; 32], message: &[u8]) -> [u8; 32] {
    keyed(key).chain_update(message).finalize().into_bytes().into()
}

/// Whether `tag` in base64 is the message's HMAC-SHA-256, compared in constant time.
pub(super) fn holds(key: &[u8; 32], message: &[u8], tag: &str) -> bool {
    let Ok(tag) = URL_SAFE_NO_PAD.decode(tag) else { return false };
    keyed(key).chain_update(message).verify_slice(&tag).is_ok()
}

/// HMAC pads a key that is shorter than the hash's block with zeros.
fn keyed(key: &[u8; 32]) -> Hmac<Sha256> {
    let mut block = [0; 64];
    block[..32].copy_from_slice(key);
    Hmac::new(&block.into())
}
