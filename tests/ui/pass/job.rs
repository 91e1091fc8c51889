//! Every form of a right job, and of arguments to enqueue.

#![deny(missing_docs, unused, clippy::pedantic)]

use jewel_core::job::{Definition, Job, JobError};
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
    jobs![render, mail::send]
}
