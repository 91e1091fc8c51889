//! Jobs: work that is done after the answer, by any process, once it is committed.
//!
//! ```text
//! enqueue(tx) ─▶ claim ─▶ run ─▶ settle      rescue: lost lease ─▶ ready      retry: wait ─▶ ready
//! ```
//!
//! ```no_run
//! use jewel_core::job::{Enqueue, Job, JobError};
//! use jewel_core::{Tx, db, job};
//! use schemars::JsonSchema;
//! use serde::{Deserialize, Serialize};
//!
//! /// A letter to write.
//! #[derive(Serialize, Deserialize, JsonSchema)]
//! pub struct Letter {
//!     to: String,
//! }
//!
//! /// Writes a letter.
//! #[job(queue = letters, retry(5, 1s..1m), timeout = 10s)]
//! pub async fn write(letter: Letter, job: &mut Job) -> Result<(), JobError> {
//!     println!("Dear {}, this is attempt {}", letter.to, job.attempt());
//!     Ok(())
//! }
//!
//! async fn order(tx: &mut Tx) -> Result<(), db::Error> {
//!     let ticket = Letter { to: "Ada".to_owned() }.enqueue(tx).await?;
//!     println!("job {} exists once the transaction has committed", ticket.id);
//!     Ok(())
//! }
//! ```
//!
//! A job's state is the table it is in (`migrations/0001_jewel.sql` draws the moves). Promised: a
//! committed job is in exactly one place until its outcome is committed; it has one outcome, since
//! every outcome is fenced by the lease; it runs at least once, and again only after a lost lease.
//! Not promised: exactly one run. A job's effects should be such that a second run does no harm, or
//! be made in the transaction that the job takes: its commit is the job's end.
//!
//! It does not know HTTP: how a ticket is shown is its business.

mod announce;
mod args;
mod asking;
mod attempt;
mod boot;
mod cancel;
mod claim;
mod context;
mod dead;
mod declare;
mod declared;
mod ending;
mod enqueue;
mod error;
mod figures;
mod follow;
mod gather;
mod health;
mod heartbeat;
mod jobs;
mod key;
mod meta;
pub mod operator;
mod outcome;
mod progress;
mod queue;
mod retention;
mod retry;
mod run;
mod schedule;
mod sealed;
mod settings;
mod settle;
mod slots;
mod sources;
mod status;
mod storage;
mod task;
#[cfg(test)]
mod tests;
mod ticket;
mod together;
mod upkeep;
mod wake;
mod within;
mod work;
mod worker;

pub(crate) use schedule::Plan;

pub use args::Args;
pub use attempt::Job;
pub use cancel::Cancellation;
pub use context::traced;
pub use dead::{Buries, Dead, OnDead};
pub use declared::{Declared, KEEP, Limits, Missed, Priority, Rate, Retry, Schedule, Until};
pub use enqueue::{Enqueue, MAX_ARGS, Options};
pub use error::JobError;
pub use follow::Follow;
pub use health::Stalled;
pub use jobs::{Cancel, Jobs};
pub use key::{KeyResult, Keys};
pub use outcome::{MAX_RESULT, Outcome, Outcomes, Verdict};
pub use progress::Reporter;
pub use sealed::Closed;
pub use settings::Settings;
pub use task::{Batch, Definition, Entry, Listed, Task, Tick};
pub use ticket::{JobId, Place, Progress, Status, Ticket};
pub use within::{Alone, Within};
pub use work::Work;
pub use worker::Worker;
