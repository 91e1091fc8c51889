//! From the form to the store: piece by piece, hashed on the way, and gone again unless it is kept.

use jewel_core::blob::{Blob, Key};
use jewel_core::http::Upload;
use sha2::{Digest, Sha256};

use super::inspect::Unfit;
use super::problem::UploadPhotoProblem;
use super::rules;

/// How many first bytes tell a picture from anything else.
const HEAD: usize = 12;

/// A file that is in the store, and leaves it again unless it is kept.
#[derive(Debug)]
pub(super) struct Received {
    pub(super) name: String,
    pub(super) bytes: u64,
    pub(super) sha256: [u8; 32],
    blob: Blob,
    key: Key,
    kept: bool,
}

/// Streams the form's one file into the store.
pub(super) async fn receive(
    upload: Upload,
    blob: &Blob,
    key: &Key,
    max_bytes: u64,
) -> Result<Received, UploadPhotoProblem> {
    let mut file = upload.file().await?;
    let name = rules::name(file.name());
    let mut writer = blob.writer(key).await?;
    let (mut hash, mut head, mut bytes) = (Sha256::new(), Vec::with_capacity(HEAD), 0_u64);
    while let Some(piece) = file.chunk().await? {
        bytes += piece.len() as u64;
        if bytes > max_bytes {
            return Err(UploadPhotoProblem::TooLarge { max_bytes });
        }
        let known = head.len();
        head.extend(piece.iter().take(HEAD - known));
        // What is no picture is refused before the rest of it is read.
        if known < HEAD && head.len() == HEAD && !rules::may_be_photo(&head) {
            return Err(Unfit::Unsupported.into());
        }
        hash.update(&piece);
        writer.write(&piece).await?;
    }
    file.finish().await?;
    if bytes == 0 {
        return Err(Unfit::Empty.into());
    }
    if head.len() < HEAD {
        return Err(Unfit::Unsupported.into());
    }
    writer.finish().await?;
    let (blob, key, sha256) = (blob.clone(), key.clone(), hash.finalize().into());
    Ok(Received { name, bytes, sha256, blob, key, kept: false })
}

impl Received {
    /// Leaves it in the store.
    pub(super) fn keep(&mut self) {
        self.kept = true;
    }

    /// Takes it out of the store, before the caller is answered.
    pub(super) async fn discard(mut self) -> Result<(), UploadPhotoProblem> {
        self.kept = true;
        Ok(self.blob.delete(&self.key).await?)
    }
}

/// Whoever uploaded may be gone by now: the request is dropped, and its file must go all the same.
impl Drop for Received {
    fn drop(&mut self) {
        if self.kept {
            return;
        }
        let (blob, key) = (self.blob.clone(), self.key.clone());
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(async move {
                if let Err(error) = blob.delete(&key).await {
                    tracing::warn!(%error, %key, "an upload that nobody kept is still there");
                }
            });
        }
    }
}
