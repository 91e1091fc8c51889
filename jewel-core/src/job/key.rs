//! What two jobs have in common: the keys by which they are limited and unique. Pure.
//!
//! A key is the hash of the named fields as JSON, so that whatever can be enqueued can be a key.

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
        let hash = hash(b"lane", value)?;
        let first: [u8; 8] = std::array::from_fn(|at| hash[at]);
        self.lane = Some(i64::from_be_bytes(first));
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

fn hash(what: &[u8], value: &impl Serialize) -> serde_json::Result<Vec<u8>> {
    let mut hash = Sha256::new();
    hash.update(what);
    hash.update([0]);
    hash.update(serde_json::to_vec(value)?);
    Ok(hash.finalize().to_vec())
}
