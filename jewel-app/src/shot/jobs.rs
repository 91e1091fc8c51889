//! What is done for an order after it was answered: make it, and look after that.

use std::ops::ControlFlow;
use std::time::Duration;

use bytes::Bytes;
use jewel_core::blob::{Blob, Key};
use jewel_core::job::{Job, JobError, Jobs};
use jewel_core::{Account, Id, State, job};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::entity::{self, Ending, Shot, Work};
use super::render::{Commission, Pictures, RenderError, Rendering, Step, Watch};
use super::rules::{self, FailureCode, FileFormat, ShotStatus};
use super::settle::settle;

/// How long until an order that is still worked on is looked after again.
const LOOK_AGAIN: Duration = Duration::from_mins(1);

/// A shot that is to be made.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
pub struct Render {
    /// The shot.
    pub shot: Id<Shot>,
    /// Whose it is: accounts take turns.
    pub account: Id<Account>,
}

/// What an attempt came to.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Rendered {
    /// What became of the shot by it; absent where the shot was over before.
    pub status: Option<ShotStatus>,
}

/// Make a shot.
///
/// Run again, by a lost worker or an operator, it finds the shot as it is: one that is over stays
/// so. A photo without a piece is a result, not a failure of the job.
#[job(queue = renders, priority = urgent, retry(8, 2s..5m), timeout = 3m,
    limit(4, per = account), unique(shot))]
pub async fn render(
    args: Render,
    job: &mut Job,
    rendering: State<Rendering>,
    blob: State<Blob>,
) -> Result<Rendered, JobError> {
    let mut tx = job.begin().await?;
    let work = entity::start(&mut tx, args.shot).await?;
    tx.commit().await?;
    let Some(work) = work else { return Ok(Rendered { status: None }) };
    match make(job, &work, &rendering, &blob).await {
        Ok(Step::Done(pictures)) => complete(job, args.shot, &work, pictures, &blob).await,
        Ok(Step::Pending { ticket, again }) => {
            let mut tx = job.begin().await?;
            entity::keep_ticket(&mut tx, args.shot, &ticket).await?;
            tx.commit().await?;
            Err(JobError::snooze(again))
        }
        Err(error) => fail(job, args.shot, error).await,
    }
}

async fn make(
    job: &Job,
    work: &Work,
    rendering: &Rendering,
    blob: &Blob,
) -> Result<Step, RenderError> {
    let photo = read(work, blob).await.map_err(RenderError::Trouble)?;
    let commission = Commission {
        photo,
        style: work.style.clone(),
        note: work.note.clone(),
        ticket: work.ticket.clone(),
        watch: watch(job),
    };
    rendering.0.render(commission).await
}

async fn read(work: &Work, blob: &Blob) -> Result<Bytes, Box<dyn std::error::Error + Send + Sync>> {
    let key = Key::new(work.object.as_str())?;
    Ok(blob.bytes(&key, work.bytes.unsigned_abs()).await?)
}

fn watch(job: &Job) -> Watch {
    let (reporter, cancellation) = (job.reporter(), job.cancellation());
    Box::new(move |percent, step| {
        reporter.progress(percent, step);
        if cancellation.is_cancelled() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    })
}

/// Pictures first, row second: a completed shot always has them.
async fn complete(
    job: &Job,
    id: Id<Shot>,
    work: &Work,
    pictures: Pictures,
    blob: &Blob,
) -> Result<Rendered, JobError> {
    let jpeg = rules::object(work.account, id, FileFormat::Jpeg)?;
    let webp = rules::object(work.account, id, FileFormat::Webp)?;
    let ending = Ending::Completed {
        jpeg_bytes: pictures.jpeg.len() as u64,
        webp_bytes: pictures.webp.len() as u64,
    };
    blob.put(&jpeg, pictures.jpeg).await?;
    blob.put(&webp, pictures.webp).await?;
    let mut tx = job.begin().await?;
    if settle(&mut tx, id, ending).await?.is_some() {
        tx.commit().await?;
        return Ok(Rendered { status: Some(ShotStatus::Completed) });
    }
    // Somebody was faster: a rival attempt, whose pictures these are too, or whoever cancelled.
    let found = Shot::get(&mut tx, id).await?;
    if found.is_none_or(|shot| shot.status != ShotStatus::Completed) {
        blob.delete(&jpeg).await?;
        blob.delete(&webp).await?;
    }
    Ok(Rendered { status: None })
}

/// Ends the shot where another attempt would be in vain, or there is none.
async fn fail(job: &Job, id: Id<Shot>, error: RenderError) -> Result<Rendered, JobError> {
    let code = match &error {
        RenderError::NoPiece => FailureCode::NoPieceFound,
        RenderError::Unreadable => FailureCode::PhotoUnreadable,
        // Cancelled, or to be run by another worker: the shot is not failed by that.
        RenderError::Stopped => return Err(error.into()),
        RenderError::Trouble(_) if job.is_cancelled() || !job.is_last_attempt() => {
            return Err(error.into());
        }
        RenderError::Trouble(_) => FailureCode::RenderFailed,
    };
    let mut tx = job.begin().await?;
    let ended = settle(&mut tx, id, Ending::Failed(code)).await?;
    tx.commit().await?;
    match code {
        FailureCode::RenderFailed => Err(error.into()),
        _ => Ok(Rendered { status: ended.map(|shot| shot.status) }),
    }
}

/// An order that is to be looked after.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
pub struct Reconcile {
    /// The shot.
    pub shot: Id<Shot>,
}

/// Look after an order: end its shot where the job that makes it ended without.
///
/// That job may have died in a way it could not tell of: by its time limit, with its workers, or by
/// an operator's hand.
#[job(queue = upkeep, priority = background, retry(20, 10s..1h), timeout = 1m)]
pub async fn reconcile(
    args: Reconcile,
    job: &mut Job,
    jobs: State<Jobs>,
) -> Result<Rendered, JobError> {
    let mut tx = job.begin().await?;
    let found = Shot::get(&mut tx, args.shot).await?;
    tx.commit().await?;
    let Some(shot) = found.filter(|shot| !shot.status.is_over()) else {
        return Ok(Rendered { status: None });
    };
    let known = jobs.status(shot.job).await?;
    if known.is_some_and(|known| !known.place.is_final()) {
        return Err(JobError::snooze(LOOK_AGAIN));
    }
    let mut tx = job.begin().await?;
    let ended = settle(&mut tx, shot.id, Ending::Failed(FailureCode::RenderFailed)).await?;
    tx.commit().await?;
    tracing::warn!(shot = %shot.id, job = %shot.job, "a shot was ended in place of its job");
    Ok(Rendered { status: ended.map(|shot| shot.status) })
}
