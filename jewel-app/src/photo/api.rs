//! Upload, list, show and delete photos.

use jewel_core::blob::Blob;
use jewel_core::db::Db;
use jewel_core::http::Upload;
use jewel_core::job::Enqueue;
use jewel_core::page::Paging;
use jewel_core::{
    Account, Caller, Created, Id, NoContent, Page, Path, Query, State, Timestamp, Tx, delete, get,
    output, post,
};

use super::entity::{self, NewPhoto, Photo};
use super::inspect::Inspector;
use super::jobs::Discard;
use super::problem::{ListPhotosProblem, PhotoProblem, RemovePhotoProblem, UploadPhotoProblem};
use super::receive::{Received, receive};
use super::rules::{self, PhotoFormat};

/// A photo that was uploaded.
#[output]
pub struct PhotoView {
    /// The photo.
    pub id: Id<Photo>,
    /// The file's name, as it was sent.
    pub name: String,
    /// What the file is, by its content.
    pub format: PhotoFormat,
    /// Its size in bytes.
    pub bytes: i64,
    /// Pixels across, as stored.
    pub width: i32,
    /// Pixels down, as stored.
    pub height: i32,
    /// When it was uploaded.
    pub created_at: Timestamp,
}

impl From<Photo> for PhotoView {
    fn from(photo: Photo) -> Self {
        let Photo { id, name, format, bytes, width, height, created_at, .. } = photo;
        Self { id, name, format, bytes, width, height, created_at }
    }
}

/// Upload a photo of a piece.
///
/// One JPEG, PNG or WebP file of up to 20 MiB and 40 megapixels. Lay the piece on a plain surface
/// that differs from it in colour, and leave some of the surface around it.
#[post("/v1/photos",
    access(account),
    limit(60 / minute, per = account),
    repeatable,
    body = 21MiB,
    deadline = 5m,
    slo(available = 99.9))]
pub async fn upload(
    caller: Caller<Account>,
    upload: Upload,
    db: State<Db>,
    blob: State<Blob>,
    inspector: State<Inspector>,
) -> Result<Created<PhotoView>, UploadPhotoProblem> {
    let (id, account) = (Id::new(), caller.account());
    let object = rules::object(account, id)?;
    let received = receive(upload, &blob, &object, inspector.max_bytes()).await?;
    let facts = match inspector.look(&blob, &object).await? {
        Ok(facts) => facts,
        Err(unfit) => {
            received.discard().await?;
            return Err(unfit.into());
        }
    };
    let new = NewPhoto {
        id,
        account,
        name: received.name.clone(),
        format: facts.format,
        bytes: i64::try_from(received.bytes).unwrap_or(i64::MAX),
        width: i32::try_from(facts.width).unwrap_or(i32::MAX),
        height: i32::try_from(facts.height).unwrap_or(i32::MAX),
        sha256: received.sha256,
        object: object.as_str().to_owned(),
    };
    let photo = write_down(&db, new, received).await?;
    Ok(Created::at(show::path(photo.id), photo.into()))
}

/// From the commit on the bytes stay: whether it happened may be unknown, and bytes without a row
/// do less harm than a row without bytes.
async fn write_down(
    db: &Db,
    new: NewPhoto,
    mut received: Received,
) -> Result<Photo, UploadPhotoProblem> {
    let mut tx = db.begin(Some(new.account)).await?;
    let photo = Photo::insert(&mut tx, new).await?;
    received.keep();
    tx.commit().await?;
    Ok(photo)
}

/// List my photos, newest first.
#[get("/v1/photos", access(account), slo(p95 = 200ms))]
pub async fn list(
    caller: Caller<Account>,
    part: Query<Paging>,
    tx: &mut Tx,
) -> Result<Page<PhotoView>, ListPhotosProblem> {
    let page = Photo::page(tx, caller.account(), &part).await?;
    Ok(page.map(Into::into))
}

/// Show a photo.
#[get("/v1/photos/{photo}", access(account), slo(p95 = 200ms))]
pub async fn show(photo: Path<Id<Photo>>, tx: &mut Tx) -> Result<PhotoView, PhotoProblem> {
    let found = Photo::get(tx, *photo).await?;
    found.map(Into::into).ok_or(PhotoProblem::NotFound)
}

/// Delete a photo.
///
/// Its finished shots stay. While a shot of it is not finished it cannot be deleted.
#[delete("/v1/photos/{photo}", access(account), slo(p95 = 200ms))]
pub async fn remove(photo: Path<Id<Photo>>, tx: &mut Tx) -> Result<NoContent, RemovePhotoProblem> {
    let object = entity::remove(tx, *photo).await?;
    let _ = Discard { object }.enqueue(tx).await?;
    Ok(NoContent)
}
