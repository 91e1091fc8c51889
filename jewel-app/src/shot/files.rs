//! Pictures leave by links that are signed and expire: asked for by the account, followed by
//! anybody who has one.

use jewel_core::blob::Blob;
use jewel_core::crypto::{LinkError, LinkSigner};
use jewel_core::db::Db;
use jewel_core::http::{Download, Media};
use jewel_core::{
    Account, Caller, Clock, Id, Path, Query, State, Timestamp, blob, get, input, output,
};

use super::api;
use super::entity::{self, Shot};
use super::problem::{FileProblem, LinkProblem};
use super::rules::{self, FileFormat, FileName, ShotStatus};
use super::settings::Settings;

/// The last second of the year 9999, in seconds since 1970.
const LATEST: i64 = 253_402_300_799;

/// Which picture.
#[input]
pub struct WantedFile {
    /// The form; JPEG where nothing is said.
    #[garde(skip)]
    pub format: Option<FileFormat>,
}

/// Where a picture can be fetched for a while, without credentials.
#[output]
pub struct Link {
    /// The URL, from the server's root.
    pub url: String,
    /// Until when it is good.
    pub expires_at: Timestamp,
}

/// What proves that a link was given out.
#[input]
pub struct Proof {
    /// Until when it is good, in seconds since 1970.
    #[garde(range(min = 0, max = LATEST))]
    pub expires: i64,
    /// The signature.
    #[garde(length(chars, min = 1, max = 100))]
    pub signature: String,
}

/// The pictures that there are.
#[derive(Debug)]
pub struct Picture;

impl Media for Picture {
    const TYPES: &'static [&'static str] = &[FileFormat::Jpeg.media(), FileFormat::Webp.media()];
}

/// Get a link to a shot's picture.
///
/// The link needs no credentials and is good for a short time: give it to a browser, not away.
#[get("/v1/shots/{shot}/download", access(account), slo(p95 = 200ms))]
pub async fn link(
    caller: Caller<Account>,
    shot: Path<Id<Shot>>,
    wanted: Query<WantedFile>,
    db: State<Db>,
    signer: State<LinkSigner>,
    clock: State<Clock>,
    settings: State<Settings>,
) -> Result<Link, LinkProblem> {
    let found = api::find(&db, &caller, *shot).await?;
    if found.status != ShotStatus::Completed {
        return Err(LinkProblem::NotCompleted { shot: found.status });
    }
    let name = FileName { shot: found.id, format: wanted.format.unwrap_or(FileFormat::Jpeg) };
    let expires = clock.now() + settings.link_life.get();
    let signature = signer.sign(&subject(name), expires);
    let expires = expires.timestamp();
    let url = format!("{}?expires={expires}&signature={signature}", file::path(name));
    let expires_at = Timestamp::from_timestamp(expires, 0).unwrap_or_default();
    Ok(Link { url, expires_at })
}

/// Fetch a picture.
///
/// Follow a link of `/v1/shots/{shot}/download`; it was signed, so nothing in it can be changed.
#[get("/v1/files/{file}", access(public), limit(300 / minute, per = ip), deadline = 2m)]
pub async fn file(
    file: Path<FileName>,
    proof: Query<Proof>,
    signer: State<LinkSigner>,
    clock: State<Clock>,
    db: State<Db>,
    blob: State<Blob>,
) -> Result<Download<Picture>, FileProblem> {
    let name = *file;
    let expires = Timestamp::from_timestamp(proof.expires, 0).ok_or(FileProblem::Invalid)?;
    let held = signer.check(&subject(name), expires, &proof.signature, clock.now());
    held.map_err(|error| match error {
        LinkError::Altered => FileProblem::Invalid,
        LinkError::Expired => FileProblem::Expired,
    })?;
    let account = entity::owner(&db, name.shot).await?.ok_or(FileProblem::NotFound)?;
    let mut tx = db.begin(Some(account)).await?;
    let shot = Shot::get(&mut tx, name.shot).await?.ok_or(FileProblem::NotFound)?;
    let photo = entity::photo_name(&mut tx, &shot).await?;
    tx.commit().await?;
    let key = rules::object(account, shot.id, name.format)?;
    let reading = blob.read(&key).await.map_err(|error| match error {
        blob::Error::Missing(_) => FileProblem::NotFound,
        error => FileProblem::Store(error),
    })?;
    tracing::info!(%account, shot = %shot.id, bytes = reading.bytes, "downloaded");
    let saved_as = rules::saved_as(photo.as_deref(), &shot.style, name.format);
    Ok(Download::new(name.format.media(), reading.bytes, reading.stream).named(&saved_as))
}

/// What is signed: the picture, so that no other link of ours opens it.
fn subject(name: FileName) -> String {
    format!("picture {name}")
}
