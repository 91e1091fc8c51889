//! What is done about a job that died: a job of another kind, which takes what is known of it.
//!
//! The database enqueues it by the statement that writes the end (`migrations/0006_on_dead.sql`):
//! there is one for each death, or none where that rolls back. A job that takes what died has no
//! `on_dead` of its own: that would never end.

use std::marker::PhantomData;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Args, JobId, Place, Priority};
use crate::clock::Timestamp;

/// A job that died, as the first argument of the job that another one names by `on_dead`.
///
/// `Dead<Render>` takes what died of the job whose arguments are `Render`, `Dead` of any.
///
/// ```no_run
/// use jewel_core::job;
/// use jewel_core::job::{Dead, JobError};
/// use schemars::JsonSchema;
/// use serde::{Deserialize, Serialize};
///
/// /// A letter to write.
/// #[derive(Serialize, Deserialize, JsonSchema)]
/// pub struct Letter {
///     to: String,
/// }
///
/// /// Writes a letter.
/// #[job(retry(5), on_dead = tell_support)]
/// pub async fn write(letter: Letter) -> Result<(), JobError> {
///     Err(JobError::give_up(format!("{} has moved", letter.to)))
/// }
///
/// /// Tells support which letter will not arrive.
/// #[job(queue = support)]
/// pub async fn tell_support(dead: Dead<Letter>) -> Result<(), JobError> {
///     let letter = dead.args()?;
///     println!("nothing for {} by job {}: {}", letter.to, dead.id, dead.message);
///     Ok(())
/// }
/// ```
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(bound = "")]
#[schemars(rename = "Dead{A}", bound = "A: JsonSchema")]
pub struct Dead<A = Value> {
    /// Its number: `jobs show`, `jobs retry`.
    pub id: JobId,
    /// What it did.
    pub kind: String,
    /// Where it waited.
    pub queue: String,
    /// How it ended: [`Place::Dead`] or [`Place::Poisoned`].
    pub state: Place,
    /// How many attempts were made.
    pub attempts: u16,
    /// Why the last one failed: `error`, `panic`, `timeout` or `worker_lost`.
    pub reason: String,
    /// What the last one said.
    pub message: String,
    /// When it was enqueued.
    pub enqueued_at: Timestamp,
    /// When it died.
    pub died_at: Timestamp,
    #[schemars(with = "A")]
    args: Value,
    #[serde(skip)]
    #[schemars(skip)]
    of: PhantomData<fn() -> A>,
}

impl<A: Args> Dead<A> {
    /// Its arguments.
    ///
    /// # Errors
    /// Where they are not of this type: that may be what it died of.
    pub fn args(&self) -> serde_json::Result<A> {
        A::read(&self.args.to_string())
    }
}

/// The job that is enqueued when another one dies. Written by the macros, not by hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OnDead {
    /// Its name.
    pub kind: &'static str,
    /// Where it waits.
    pub queue: &'static str,
    /// Its place among those that wait.
    pub priority: Priority,
}

/// A job that takes what died of those with the arguments `A`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not take a job that died with the arguments `{A}`",
    label = "name a job whose first argument is `Dead<{A}>`, or `Dead` for those of any job"
)]
pub trait Buries<A> {
    /// Where it is to be enqueued.
    const ON_DEAD: OnDead;
}
