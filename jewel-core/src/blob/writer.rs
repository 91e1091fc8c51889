//! An object while it is written.

use bytes::{Bytes, BytesMut};
use object_store::{MultipartUpload, PutPayload};

use super::Error;

/// How much is gathered before it is sent; S3's least part is 5 MiB.
const PART: usize = 5 << 20;

/// An object while it is written: nothing of it can be read before [`finish`](Self::finish).
#[derive(Debug)]
pub struct Writer {
    upload: Option<Box<dyn MultipartUpload>>,
    gathered: BytesMut,
    written: u64,
}

impl Writer {
    pub(super) fn new(upload: Box<dyn MultipartUpload>) -> Self {
        Self { upload: Some(upload), gathered: BytesMut::new(), written: 0 }
    }

    /// Adds a piece.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn write(&mut self, piece: &[u8]) -> Result<(), Error> {
        self.written += piece.len() as u64;
        self.gathered.extend_from_slice(piece);
        if self.gathered.len() >= PART {
            self.send().await?;
        }
        Ok(())
    }

    /// Makes the object readable, and says how many bytes it has.
    ///
    /// # Errors
    /// Where the store fails: nothing is there then.
    pub async fn finish(mut self) -> Result<u64, Error> {
        self.send().await?;
        if let Some(mut upload) = self.upload.take() {
            upload.complete().await.map_err(Error::Store)?;
        }
        Ok(self.written)
    }

    /// Forgets what was written.
    ///
    /// # Errors
    /// Where the store fails: what was written stays invisible.
    pub async fn abort(mut self) -> Result<(), Error> {
        match self.upload.take() {
            Some(mut upload) => upload.abort().await.map_err(Error::Store),
            None => Ok(()),
        }
    }

    async fn send(&mut self) -> Result<(), Error> {
        let part: Bytes = self.gathered.split().freeze();
        match &mut self.upload {
            Some(upload) if !part.is_empty() || self.written == 0 => {
                upload.put_part(PutPayload::from(part)).await.map_err(Error::Store)
            }
            _ => Ok(()),
        }
    }
}

impl Drop for Writer {
    /// A writer that was neither finished nor aborted, for one because its request was dropped,
    /// aborts itself.
    fn drop(&mut self) {
        let Some(mut upload) = self.upload.take() else { return };
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(async move { upload.abort().await });
        }
    }
}
