//! What people do with jobs: find them, read them, count them, run them again, pause what feeds
//! them, and ask whether all is well.
//!
//! It is the methods of [`Jobs`](super::Jobs) that no request should call: they show and change the
//! jobs of all accounts. How it looks on a terminal is the commands' business.

mod change;
mod checks;
mod count;
mod find;
mod health;
mod keys;
mod rough;
mod schedule;
mod show;

pub use crate::job::sealed::sealed_key;
pub use change::{Refusal, Verdicts};
pub use count::{KindStats, QueueStats, Stats, Workers};
pub use find::{Filter, Found};
pub use health::{Finding, Level, Program};
pub(crate) use rough::rough;
pub use schedule::Schedule;
pub use show::{Detail, Failure, Holder, Standing};
