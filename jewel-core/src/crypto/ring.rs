//! The master keys of an application: the current one, and former ones that still open what they
//! sealed.
//!
//! To rotate: configure a new current key, put the old one in front of the former ones, restart.
//! What is new is sealed and signed by the current key; what is old names the key that it needs.

use std::fmt;
use std::sync::Arc;

use super::MasterKey;
use super::key::mac;

/// The public name of a key: a fingerprint, from which nothing of the key can be told.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct KeyId([u8; 8]);

impl KeyId {
    /// The name of a key.
    pub(super) fn of(key: &MasterKey) -> Self {
        let hash = key.derive("jewel key id v1");
        Self(std::array::from_fn(|at| hash[at]))
    }

    /// Reads a name; `None` where the text is none.
    pub fn parse(text: &str) -> Option<Self> {
        let plain = |c: u8| c.is_ascii_digit() || (b'a'..=b'f').contains(&c);
        if text.len() != 16 || !text.bytes().all(plain) {
            return None;
        }
        u64::from_str_radix(text, 16).ok().map(|number| Self(number.to_be_bytes()))
    }
}

impl fmt::Debug for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", u64::from_be_bytes(self.0))
    }
}

/// The current master key and any number of former ones.
///
/// ```
/// use jewel_core::crypto::{KeyRing, MasterKey};
///
/// let (old, new) = (MasterKey::random(), MasterKey::random());
/// let before = KeyRing::from(old.clone());
/// let sealed = before.seal("notes", "note 1", b"by the pond")?;
///
/// let after = KeyRing::new(new.clone(), [old]);
/// assert_eq!(after.open("notes", "note 1", &sealed)?, b"by the pond");
/// assert!(KeyRing::from(new).open("notes", "note 1", &sealed).is_err());
/// # Ok::<(), jewel_core::crypto::SealError>(())
/// ```
#[derive(Clone)]
pub struct KeyRing {
    /// All of them, the current one first; never none, and none twice.
    keys: Arc<[(KeyId, MasterKey)]>,
    /// The last of those that were given: hashes are made with it.
    oldest: MasterKey,
}

impl KeyRing {
    /// A ring; the former keys stand from the newest to the oldest.
    pub fn new(current: MasterKey, former: impl IntoIterator<Item = MasterKey>) -> Self {
        let mut oldest = current.clone();
        let mut keys = vec![(KeyId::of(&current), current)];
        for key in former {
            let id = KeyId::of(&key);
            if keys.iter().all(|(known, _)| *known != id) {
                keys.push((id, key.clone()));
            }
            oldest = key;
        }
        Self { keys: keys.into(), oldest }
    }

    /// The name of the key under which everything new is sealed.
    pub fn current(&self) -> KeyId {
        self.keys[0].0
    }

    /// The names of the keys that only open, the newest first.
    pub fn former(&self) -> impl Iterator<Item = KeyId> {
        self.keys.iter().skip(1).map(|(id, _)| *id)
    }

    /// The current key for one purpose.
    pub fn derive(&self, purpose: &str) -> [u8; 32] {
        self.keys[0].1.derive(purpose)
    }

    /// A hash that only who has the key can make, for what is to be compared and not told.
    ///
    /// It is made with the oldest key, so that it stays the same while keys are added.
    pub fn hash(&self, purpose: &str, message: &[u8]) -> [u8; 32] {
        mac(&self.oldest.derive(purpose), message)
    }

    /// All keys for one purpose, the current one first.
    pub(super) fn derive_all(&self, purpose: &str) -> Arc<[[u8; 32]]> {
        self.keys.iter().map(|(_, key)| key.derive(purpose)).collect()
    }

    /// The current key and its name.
    pub(super) fn first(&self) -> (KeyId, &MasterKey) {
        (self.keys[0].0, &self.keys[0].1)
    }

    /// The key of this name.
    pub(super) fn find(&self, id: KeyId) -> Option<&MasterKey> {
        self.keys.iter().find(|(known, _)| *known == id).map(|(_, key)| key)
    }
}

impl From<MasterKey> for KeyRing {
    /// A ring of one key.
    fn from(key: MasterKey) -> Self {
        Self::new(key, [])
    }
}

impl fmt::Debug for KeyRing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.keys.iter().map(|(id, _)| id)).finish()
    }
}
