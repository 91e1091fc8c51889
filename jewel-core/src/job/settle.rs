//! Writes how attempts ended, many at a time, until the database has it or the lease is lost.
//!
//! While batches are being written the next one gathers: the endings of a lease together, because
//! settling a whole lease deletes one row, and settling a part of it writes the rest anew. Every
//! write is fenced by the lease, so that one which comes too late is refused, counted, and changes
//! nothing.

use std::iter::from_fn;
use std::time::Duration;

use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use tokio::sync::mpsc;
use tokio::time::sleep_until;
use uuid::Uuid;

use super::boot::Boot;
use super::ending::{self, Batch, Done, Ended, Failed, Reason};
use super::figures::Figures;
use super::gather::Gathered;
use super::ticket::JobId;
use super::wake::{self, Notice};
use super::{status, storage};
use crate::db;

/// How many batches are written at once: one waits for the disk while the other is worked on.
const WRITES: usize = 2;
/// The first and the longest wait before a batch that could not be written is tried again.
const AGAIN: (Duration, Duration) = (Duration::from_millis(100), Duration::from_secs(2));

/// Settles everything that comes, until nobody can send any more.
pub(super) async fn settle(boot: &Boot, mut endings: mpsc::Receiver<Ended>, most: usize) {
    let (mut gathered, mut came) = (Gathered::new(most), Vec::with_capacity(most));
    let mut writing = FuturesUnordered::new();
    let mut open = true;
    while open || !gathered.is_empty() || !writing.is_empty() {
        while writing.len() < WRITES
            && let Some(batch) = gathered.next(!open)
        {
            writing.push(flush(boot, batch));
        }
        let (due, free) = (gathered.due(), writing.len() < WRITES);
        tokio::select! {
            count = endings.recv_many(&mut came, most), if open && gathered.has_room() => {
                open = count > 0;
                let mut came = came.drain(..).peekable();
                while let Some(lease) = came.peek().map(|ended| ended.lease) {
                    let same = from_fn(|| came.next_if(|ended| ended.lease == lease));
                    gathered.add(lease, same, boot.size(lease));
                }
            }
            Some(()) = writing.next(), if !writing.is_empty() => {}
            () = async { if let Some(due) = due { sleep_until(due).await } },
                if free && due.is_some() => {}
        }
    }
}

/// Writes one batch.
async fn flush(boot: &Boot, ended: Vec<Ended>) {
    let mut batch = Batch::default();
    for ended in ended {
        batch.add(ended);
    }
    complete(boot, &batch.done).await;
    fail(boot, &batch.failed).await;
    release(boot, &batch).await;
    let refused: Vec<JobId> = batch.refused.ids.iter().copied().map(JobId).collect();
    refuse(boot, &refused);
    for bare in [&batch.over, &batch.refused] {
        freed(boot, &bare.leases, &bare.ids);
    }
    follow_up(boot, batch).await;
}

async fn complete(boot: &Boot, done: &Done) {
    if done.ids.is_empty() {
        return;
    }
    let write = || storage::complete(&boot.db, boot.id, done);
    if let Err(error) = until_written(boot, &done.leases, &done.ids, write).await {
        // One result is such that PostgreSQL cannot keep it: find it, and say so in its stead.
        tracing::warn!(%error, "a batch of results cannot be kept; trying them one by one");
        for at in 0..done.ids.len() {
            let one = done.only(at);
            let write = || storage::complete(&boot.db, boot.id, &one);
            if let Err(error) = until_written(boot, &one.leases, &one.ids, write).await {
                fail(boot, &unkept(one, &error)).await;
            }
        }
    }
}

async fn fail(boot: &Boot, failed: &Failed) {
    if failed.ids.is_empty() {
        return;
    }
    let write = || storage::fail(&boot.db, boot.id, failed);
    if let Err(error) = until_written(boot, &failed.leases, &failed.ids, write).await {
        tracing::error!(%error, jobs = ?failed.ids, "failures cannot be kept");
    }
}

async fn release(boot: &Boot, batch: &Batch) {
    let released = &batch.released;
    if released.ids.is_empty() {
        return;
    }
    let write = || storage::release(&boot.db, boot.id, released);
    if let Err(error) = until_written(boot, &released.leases, &released.ids, write).await {
        tracing::error!(%error, jobs = ?released.ids, "jobs cannot be handed back");
    }
}

/// Tries until it is written or the lease is lost. `Err` where trying again would be in vain.
async fn until_written<F>(
    boot: &Boot,
    leases: &[Uuid],
    ids: &[i64],
    write: impl Fn() -> F,
) -> Result<(), db::Error>
where
    F: Future<Output = Result<Vec<JobId>, db::Error>>,
{
    let mut wait = AGAIN.0;
    while !boot.is_lost() {
        match write().await {
            Ok(refused) => {
                refuse(boot, &refused);
                freed(boot, leases, ids);
                return Ok(());
            }
            // Class 22, data exception: the server will never take it.
            Err(error) if error.sqlstate().is_some_and(|state| state.starts_with("22")) => {
                return Err(error);
            }
            Err(error) => tracing::warn!(%error, jobs = ids.len(), "not settled; trying again"),
        }
        tokio::select! {
            () = boot.lost() => {}
            () = tokio::time::sleep(wait) => wait = (wait * 2).min(AGAIN.1),
        }
    }
    Ok(())
}

/// Forgets jobs, and tells of the room that they leave.
fn freed(boot: &Boot, leases: &[Uuid], ids: &[i64]) {
    for queue in boot.forget(leases, ids) {
        wake::tell(Notice::Freed(queue));
    }
}

/// Another worker has these jobs by now, or had them: what came of them here does not count.
fn refuse(boot: &Boot, refused: &[JobId]) {
    if !refused.is_empty() {
        tracing::warn!(jobs = ?refused, "settled too late: the lease was gone");
    }
    refused.iter().filter_map(|id| boot.figures(*id)).for_each(Figures::refused);
}

/// Tells those who follow the jobs.
async fn follow_up(boot: &Boot, batch: Batch) {
    if !batch.reported.is_empty()
        && let Err(error) = status::hush(&boot.db, &batch.reported).await
    {
        tracing::debug!(%error, "the end of jobs was not announced");
    }
    let columns = [batch.done.ids, batch.over.ids, batch.failed.ids, batch.released.ids];
    wake::tell(Notice::Changed(columns.into_iter().flatten().map(JobId).collect()));
}

fn unkept(one: Done, error: &db::Error) -> Failed {
    let why = format!("its result cannot be kept: {error}");
    Failed {
        reasons: vec![Reason::Error as i16],
        messages: vec![ending::storable(why)],
        waits: vec![None],
        leases: one.leases,
        ids: one.ids,
        began: one.began,
    }
}
