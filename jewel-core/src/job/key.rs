//! What two jobs have in common: the keys by which they are limited and unique. Pure.
//!
//! A key is the hash of the named fields as JSON, so that whatever can be enqueued can be a key. It
//! tells who tries all values which one it is of; those of encrypted jobs are hidden.

use serde::Serialize;
use sha2::{Digest, Sha256};

/// The keys of one job, as its macro takes them from its arguments.
#[derive(Debug, Clone, Default)]
pub struct Keys {
    /// Whose jobs are limited together.
    pub(super) lane: Option<i64>,
    /// What no second job has meanwhile.
    pub(super) unique: Option<Vec<u8>>,
}

/// What taking the keys from arguments comes to.
pub type KeyResult = serde_json::Result<Keys>;

impl Keys {
    /// Counts together with all jobs of the queue that have the same `value`.
    ///
    /// # Errors
    /// What its `Serialize` says.
    pub fn limited(mut self, value: &impl Serialize) -> KeyResult {
        self.lane = Some(first(&hash(b"lane", value)?));
        Ok(self)
    }

    /// Is the only one of its `kind` with the same `value`.
    ///
    /// # Errors
    /// What its `Serialize` says.
    pub fn unique(mut self, kind: &str, value: &impl Serialize) -> KeyResult {
        self.unique = Some(hash(kind.as_bytes(), value)?);
        Ok(self)
    }
}

impl Keys {
    /// The same keys behind another hash, so that who does not know that cannot try what they are
    /// made of.
    pub(super) fn hidden(self, hash: impl Fn(&[u8]) -> [u8; 32]) -> Self {
        let lane = self.lane.map(|lane| {
            let hash = hash(&[b"lane".as_slice(), &lane.to_be_bytes()].concat());
            first(&hash)
        });
        let unique = |key: Vec<u8>| hash(&[b"unique".as_slice(), &key].concat()).to_vec();
        Self { lane, unique: self.unique.map(unique) }
    }
}

/// The first eight bytes of a hash as a number.
fn first(hash: &[u8]) -> i64 {
    i64::from_be_bytes(std::array::from_fn(|at| hash[at]))
}

fn hash(what: &[u8], value: &impl Serialize) -> serde_json::Result<Vec<u8>> {
    let mut hash = Sha256::new();
    hash.update(what);
    hash.update([0]);
    hash.update(serde_json::to_vec(value)?);
    Ok(hash.finalize().to_vec())
}
