//! Every form of a right job, and of arguments to enqueue.

#![deny(missing_docs, unused, clippy::pedantic)]

use jewel_core::job::{Dead, Definition, Job, JobError};
use jewel_core::{State, Tx, job, jobs};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What to render.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
pub(crate) struct Render {
    /// Which shot.
    shot: u32,
}

/// What came of it.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Rendered {
    /// How many pixels.
    pixels: u32,
}

/// Renders a shot.
///
/// In the background.
#[job(queue = renders, priority = urgent, retry(8, 2s..5m), timeout = 3m)]
pub(crate) async fn render(
    args: Render,
    job: &mut Job,
    sizes: State<Vec<u32>>,
    names: State<String>,
) -> Result<Rendered, JobError> {
    let _ = (job, names);
    Ok(Rendered { pixels: args.shot + sizes[0] })
}

/// In a module, with nothing but its arguments.
mod mail {
    use super::{Deserialize, JobError, JsonSchema, Serialize, job};

    /// To whom.
    #[derive(Debug, Serialize, Deserialize, JsonSchema)]
    pub(super) struct Send(pub(super) String);

    /// Sends a letter.
    #[job(retry(3))]
    pub(super) async fn send(send: Send) -> Result<(), JobError> {
        if send.0.is_empty() { Err(JobError::give_up("to nobody")) } else { Ok(()) }
    }
}

/// Everything that can be said of many.
mod policy {
    use super::{Dead, Deserialize, Job, JobError, JsonSchema, Serialize, State, Tx, job};

    /// Whose digest.
    #[derive(Debug, Default, Serialize, Deserialize, JsonSchema)]
    pub(super) struct Digest {
        account: u32,
        day: String,
    }

    /// Writes a digest.
    #[job(queue = digests, limit(2, per = account), limit(50), limit(8, per = process),
          rate(30 / minute, burst = 5), unique(account, day, until = 1d),
          schedule("0 4 * * MON", zone = "Europe/Berlin", missed = skip), keep = 7d)]
    pub(super) async fn digest(
        digest: Digest,
        job: &mut Job,
        tx: &mut Tx,
        names: State<String>,
    ) -> Result<u32, JobError> {
        let _ = (job, tx, names, digest.day);
        Ok(digest.account)
    }

    /// Nothing of it.
    #[derive(Debug, Default, Serialize, Deserialize, JsonSchema)]
    pub(super) struct Tidy;

    /// Tidies up.
    #[job(schedule = "*/5 * * * *", unique, keep = none, on_dead = bury)]
    pub(super) async fn tidy(_: Tidy) -> Result<(), JobError> {
        Ok(())
    }

    /// Whom to tell what.
    #[derive(Debug, Serialize, Deserialize, JsonSchema)]
    pub(super) struct Secret {
        account: u32,
        word: String,
    }

    /// Tells a secret.
    #[job(queue = secrets, encrypted, limit(1, per = account), unique, on_dead = mourn)]
    pub(super) async fn tell(secret: Secret) -> Result<String, JobError> {
        Ok(secret.word)
    }

    /// Mourns a secret that nobody was told.
    #[job(queue = secrets_kept, encrypted, limit(2), priority = background)]
    pub(super) async fn mourn(dead: Dead<Secret>, job: &mut Job) -> Result<u32, JobError> {
        let _ = job;
        Ok(dead.args()?.account)
    }

    /// Buries whatever is left.
    #[job]
    pub(super) async fn bury(dead: Dead) -> Result<String, JobError> {
        Ok(dead.kind)
    }
}

/// Orders both.
#[allow(dead_code)]
async fn order(tx: &mut Tx) -> Result<(), jewel_core::db::Error> {
    use jewel_core::job::Enqueue as _;
    let _ = Render { shot: 1 }.enqueue(tx).await?;
    let _ = mail::Send("ring@example.com".to_owned()).enqueue(tx).await?;
    Ok(())
}

/// Everything that is mounted.
pub(crate) fn tasks() -> &'static [Definition] {
    jobs![
        render,
        mail::send,
        policy::digest,
        policy::tidy,
        policy::tell,
        policy::mourn,
        policy::bury
    ]
}
