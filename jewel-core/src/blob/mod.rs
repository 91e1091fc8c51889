//! The object store: bytes under keys, streamed in and out.
//!
//! A folder of this machine by default; the same calls reach any S3-protocol store. What is being
//! written is invisible until it is finished, and dropped half-way it leaves nothing.

mod key;
mod settings;
mod writer;

#[cfg(test)]
mod tests;

pub use key::{Key, KeyError};
pub use settings::Settings;
pub use writer::Writer;

use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;
use futures_util::stream::BoxStream;
use futures_util::{StreamExt, TryStreamExt};
use object_store::local::LocalFileSystem;
use object_store::{ObjectStore, ObjectStoreExt};

/// What can go wrong with the store.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is nothing under this key.
    #[error("there is no object `{0}`")]
    Missing(Key),
    /// What is there is larger than the caller takes.
    #[error("the object `{key}` has {bytes} bytes, more than {limit}")]
    TooLarge {
        /// The object.
        key: Key,
        /// Its size.
        bytes: u64,
        /// What the caller takes.
        limit: u64,
    },
    /// The store failed.
    #[error("the object store failed")]
    Store(#[source] object_store::Error),
}

/// The object store.
#[derive(Debug, Clone)]
pub struct Blob {
    store: Arc<dyn ObjectStore>,
}

/// An object that is being read.
pub struct Reading {
    /// Its size in bytes.
    pub bytes: u64,
    /// Its content, piece by piece.
    pub stream: BoxStream<'static, Result<Bytes, Error>>,
}

impl Blob {
    /// A store in a folder, which is made where it is missing.
    ///
    /// # Errors
    /// Where the folder cannot be made.
    pub fn folder(path: &Path) -> Result<Self, Error> {
        let failed = |source| {
            Error::Store(object_store::Error::Generic { store: "folder", source: Box::new(source) })
        };
        std::fs::create_dir_all(path).map_err(failed)?;
        let store = LocalFileSystem::new_with_prefix(path).map_err(Error::Store)?;
        Ok(Self { store: Arc::new(store.with_automatic_cleanup(true)) })
    }

    /// Begins to write an object; an earlier one under its key stays until this one is finished.
    ///
    /// # Errors
    /// Where the store cannot begin.
    pub async fn writer(&self, key: &Key) -> Result<Writer, Error> {
        let upload = self.store.put_multipart(&key.path()).await.map_err(Error::Store)?;
        Ok(Writer::new(upload))
    }

    /// Writes a whole object.
    ///
    /// # Errors
    /// Where the store fails: nothing is there then.
    pub async fn put(&self, key: &Key, bytes: Bytes) -> Result<(), Error> {
        self.store.put(&key.path(), bytes.into()).await.map(drop).map_err(Error::Store)
    }

    /// Reads an object piece by piece.
    ///
    /// # Errors
    /// [`Error::Missing`] where there is none.
    pub async fn read(&self, key: &Key) -> Result<Reading, Error> {
        let found = self.store.get(&key.path()).await.map_err(|error| of(key, error))?;
        let bytes = found.meta.size;
        Ok(Reading { bytes, stream: found.into_stream().map_err(Error::Store).boxed() })
    }

    /// Reads a whole object of at most `limit` bytes.
    ///
    /// # Errors
    /// [`Error::Missing`] where there is none, [`Error::TooLarge`] where it is larger.
    pub async fn bytes(&self, key: &Key, limit: u64) -> Result<Bytes, Error> {
        let found = self.store.get(&key.path()).await.map_err(|error| of(key, error))?;
        if found.meta.size > limit {
            return Err(Error::TooLarge { key: key.clone(), bytes: found.meta.size, limit });
        }
        found.bytes().await.map_err(Error::Store)
    }

    /// Removes an object; one that is not there is removed already.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn delete(&self, key: &Key) -> Result<(), Error> {
        match self.store.delete(&key.path()).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(Error::Store(error)),
        }
    }

    /// The keys below a prefix, in no order, at most `limit`.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn keys(&self, prefix: Option<&Key>, limit: usize) -> Result<Vec<Key>, Error> {
        let prefix = prefix.map(Key::path);
        let found = self.store.list(prefix.as_ref()).take(limit);
        let found: Vec<_> = found.try_collect().await.map_err(Error::Store)?;
        Ok(found.into_iter().filter_map(|m| Key::new(m.location.as_ref()).ok()).collect())
    }
}

fn of(key: &Key, error: object_store::Error) -> Error {
    match error {
        object_store::Error::NotFound { .. } => Error::Missing(key.clone()),
        other => Error::Store(other),
    }
}
