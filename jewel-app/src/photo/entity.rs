//! Photos in the database: all their SQL.

use jewel_core::{Account, Id, Timestamp, Tx, db, entity};

use super::problem::RemovePhotoProblem;
use super::rules::PhotoFormat;

/// A photo that was uploaded: what is known of it. Its bytes are in the object store.
#[entity(table = "photos", owner = account, may(insert, delete),
    unique(account, id),
    index(account, created_at desc, id desc, name = photos_list))]
pub struct Photo {
    /// Its identifier.
    #[key]
    pub(super) id: Id<Photo>,
    /// Whose it is.
    pub(super) account: Id<Account>,
    /// The file's name as the client gave it: for people, never part of a path.
    #[pii]
    #[garde(length(chars, min = 1, max = 120))]
    pub(super) name: String,
    /// What the file is, by its content.
    pub(super) format: PhotoFormat,
    /// Its size.
    #[check("bytes > 0")]
    pub(super) bytes: i64,
    /// In pixels.
    #[check("width > 0")]
    pub(super) width: i32,
    /// In pixels.
    #[check("height > 0")]
    pub(super) height: i32,
    /// The hash of its bytes.
    pub(super) sha256: [u8; 32],
    /// Where its bytes are.
    #[unique]
    #[garde(length(chars, min = 1, max = 512))]
    pub(super) object: String,
    /// When it was uploaded.
    #[default("now()")]
    pub(super) created_at: Timestamp,
}

/// Deletes a photo that no unfinished shot needs; where its bytes are.
pub(super) async fn remove(tx: &mut Tx, id: Id<Photo>) -> Result<String, RemovePhotoProblem> {
    let found = sqlx::query_scalar("delete from photos where id = $1 returning object")
        .bind(id)
        .fetch_optional(&mut *tx)
        .await
        .map_err(|error| match db::Error::from(error) {
            error if error.constraint() == Some("shots_photo_needed") => RemovePhotoProblem::InUse,
            error => RemovePhotoProblem::Internal(error),
        })?;
    found.ok_or(RemovePhotoProblem::NotFound)
}
