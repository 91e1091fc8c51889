//! What a job works in: transactions of its own, or the one whose commit is its completion.
//!
//! In the latter its effects and its end are one: either both are there or neither. The end is
//! fenced by the lease, so that of two workers that both believe to have the job one commits.

use std::future::Future;

use super::outcome::Verdict;
use super::{Job, storage};
use crate::db::{self, Tx};

/// What a job's function works in. Chosen by the macro: `tx: &mut Tx` among its arguments.
pub trait Within: Send + Sized {
    /// Whether the job has a lease to itself, which its transaction settles.
    const SOLO: bool;

    /// Opens it, for the job's account.
    fn open(job: &Job) -> impl Future<Output = Result<Self, db::Error>> + Send;

    /// The function is done: makes its effects last.
    fn close(self, job: &Job, result: Option<String>) -> impl Future<Output = Verdict> + Send;
}

/// Stands for the transaction of a job that takes none.
#[derive(Debug, Clone, Copy)]
pub struct Alone;

impl Within for Alone {
    const SOLO: bool = false;

    async fn open(_: &Job) -> Result<Self, db::Error> {
        Ok(Self)
    }

    async fn close(self, _: &Job, result: Option<String>) -> Verdict {
        Verdict::Done(result)
    }
}

impl Within for Tx {
    const SOLO: bool = true;

    async fn open(job: &Job) -> Result<Self, db::Error> {
        job.begin().await
    }

    async fn close(mut self, job: &Job, result: Option<String>) -> Verdict {
        let Job { worker, lease, id, began, .. } = *job;
        let settled = storage::complete_within(&mut self, worker, lease, id, began, result);
        match settled.await {
            Ok(true) => {}
            Ok(false) => return Verdict::Refused,
            Err(error) => return Verdict::Failed(error.into()),
        }
        // Where the answer is lost, whoever settles it next is refused if it had committed.
        match self.commit().await {
            Ok(()) => Verdict::Settled,
            Err(error) => Verdict::Failed(error.into()),
        }
    }
}
