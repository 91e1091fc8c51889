//! Keeps a worker alive in the database's eyes, and hears what it should stop.
//!
//! A worker that has not been heard for too long by its *own* clock considers its lease lost before
//! the database does: it must stop before another one runs its jobs.

use tokio::time::{Instant, sleep_until, timeout_at};
use uuid::Uuid;

use super::boot::Boot;
use super::cancel::Stop;
use super::settings::Settings;
use super::storage;
use super::ticket::JobId;
use super::wake::{Ear, Notice};

/// How much more often a heartbeat is tried while it fails.
const HURRY: u32 = 4;

/// Beats until the lease is lost. `born` is when this life was asked for.
pub(super) async fn beat(boot: &Boot, settings: &Settings, born: Instant) {
    let mut ear = Ear::new();
    let mut trusted = born + settings.trust();
    let mut next = born + settings.beat();
    while !boot.is_lost() {
        tokio::select! {
            () = sleep_until(next.min(trusted)) => {}
            () = cancel_heard(&mut ear, boot) => {}
        }
        let asked = Instant::now();
        if asked >= trusted {
            return boot.lose();
        }
        match timeout_at(trusted, storage::beat(&boot.db, boot.id, settings.ttl())).await {
            Ok(Ok(beat)) if beat.alive => {
                trusted = asked + settings.trust();
                next = asked + settings.beat();
                beat.cancel_ids.iter().for_each(|id| boot.stop(JobId(*id), Stop::Cancelled));
                hand_back(boot, &beat.leases).await;
            }
            Ok(Err(error)) => {
                tracing::warn!(%error, "a heartbeat failed");
                next = Instant::now() + settings.beat() / HURRY;
            }
            Ok(Ok(_)) | Err(_) => return boot.lose(),
        }
    }
}

/// Waits until one of our jobs is said to be cancelled: the next beat tells whether it is.
async fn cancel_heard(ear: &mut Ear, boot: &Boot) {
    loop {
        match ear.hear().await {
            Notice::Cancel(id) if boot.holds(id) => return,
            _ => {}
        }
    }
}

/// Leases that are long ours and of which nothing is known here: the answer to their claim was
/// lost. Their jobs are handed back.
async fn hand_back(boot: &Boot, leases: &[Uuid]) {
    let known = boot.leases();
    let lost: Vec<Uuid> = leases.iter().filter(|lease| !known.contains(lease)).copied().collect();
    if lost.is_empty() {
        return;
    }
    tracing::warn!(leases = lost.len(), "handing back jobs whose claim was never answered");
    if let Err(error) = storage::release_all(&boot.db, boot.id, &lost).await {
        tracing::warn!(%error, "they were not handed back; the next heartbeat tries again");
    }
}
