//! Sealing: what is written comes back only to who has the key, for the same purpose, unaltered.
//!
//! XChaCha20-Poly1305 with a random nonce of 24 bytes, under a key derived for the purpose. What is
//! sealed is `v1.KEY.BYTES`: the master key's name, and nonce and ciphertext in base64. What it is
//! about is not in it, but bound to it: the same text does not open as anything else.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chacha20poly1305::aead::{Aead, Payload};
use chacha20poly1305::{Key, KeyInit, XChaCha20Poly1305, XNonce};

use super::{KeyId, KeyRing, MasterKey};

/// The version of the format.
const VERSION: &str = "v1";
/// The bytes of a nonce: so many that random ones do not meet.
const NONCE: usize = 24;

/// Why something cannot be sealed or opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// It is larger than the cipher takes.
    #[error("it is too large to be sealed")]
    TooLarge,
    /// It is not sealed, or in a way that this version does not know.
    #[error("it is not sealed in a way that this program knows")]
    Unknown,
    /// Its key is not in the ring.
    #[error("it is sealed under the key {0}, which this program does not have")]
    NoKey(KeyId),
    /// It was altered, or sealed for another purpose or as something else.
    #[error("it was altered, or was sealed as something else")]
    Altered,
}

impl KeyRing {
    /// Seals bytes for a purpose, under the current key; `about` says what they are.
    ///
    /// # Errors
    /// [`SealError::TooLarge`].
    pub fn seal(&self, purpose: &str, about: &str, plain: &[u8]) -> Result<String, SealError> {
        let (id, key) = self.first();
        write(key, id, rand::random(), purpose, about, plain)
    }

    /// Opens what was sealed for the same purpose and as the same thing.
    ///
    /// # Errors
    /// Where it is not sealed, its key is missing, or it does not belong here.
    pub fn open(&self, purpose: &str, about: &str, sealed: &str) -> Result<Vec<u8>, SealError> {
        let (id, bytes) = parts(sealed).ok_or(SealError::Unknown)?;
        let key = self.find(id).ok_or(SealError::NoKey(id))?;
        let bytes = URL_SAFE_NO_PAD.decode(bytes).map_err(|_| SealError::Altered)?;
        let (nonce, msg) = bytes.split_first_chunk::<NONCE>().ok_or(SealError::Altered)?;
        let aad = bound(id, about);
        cipher(key, purpose)
            .decrypt(&XNonce::from(*nonce), Payload { msg, aad: &aad })
            .map_err(|_| SealError::Altered)
    }
}

/// The name of the key under which something is sealed; `None` where it is not sealed.
pub fn sealed_under(sealed: &str) -> Option<KeyId> {
    parts(sealed).map(|(id, _)| id)
}

/// Seals with a given nonce, which must never be used twice.
pub(super) fn write(
    key: &MasterKey,
    id: KeyId,
    nonce: [u8; NONCE],
    purpose: &str,
    about: &str,
    plain: &[u8],
) -> Result<String, SealError> {
    let aad = bound(id, about);
    let text = cipher(key, purpose)
        .encrypt(&XNonce::from(nonce), Payload { msg: plain, aad: &aad })
        .map_err(|_| SealError::TooLarge)?;
    let bytes = [&nonce[..], &text].concat();
    Ok(format!("{VERSION}.{id}.{}", URL_SAFE_NO_PAD.encode(bytes)))
}

fn cipher(key: &MasterKey, purpose: &str) -> XChaCha20Poly1305 {
    XChaCha20Poly1305::new(&Key::from(key.derive(&format!("jewel seal v1 {purpose}"))))
}

/// What is not in the text and yet must be the same.
fn bound(id: KeyId, about: &str) -> Vec<u8> {
    format!("{VERSION}.{id}.{about}").into_bytes()
}

fn parts(sealed: &str) -> Option<(KeyId, &str)> {
    let (id, bytes) = sealed.strip_prefix(VERSION)?.strip_prefix('.')?.split_once('.')?;
    Some((KeyId::parse(id)?, bytes))
}
