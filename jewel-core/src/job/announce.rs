//! Tells other processes of what this one committed, where it still waits a moment later.
//!
//! A transaction that notifies makes every other commit wait for its own, so enqueueing does not.
//! All commits of a moment are told of at once, and not at all where this process's own workers
//! were quick enough. What is not told, the others find by polling.

use std::collections::BTreeMap;
use std::time::Duration;

use tokio::time::sleep;

use super::storage;
use super::wake::{Ear, Notice};
use crate::db::Db;

/// How long commits are collected before the others are told.
const MOMENT: Duration = Duration::from_millis(20);

/// Announces for ever.
pub(super) async fn announce(db: &Db) {
    let mut ear = Ear::new();
    loop {
        let mut first: BTreeMap<&str, i64> = BTreeMap::new();
        let mut notice = Some(ear.hear().await);
        while let Some(now) = notice {
            if let Notice::Committed { queue, first: id } = now {
                first.entry(queue).and_modify(|least| *least = id.0.min(*least)).or_insert(id.0);
            }
            notice = ear.heard();
        }
        if first.is_empty() {
            continue;
        }
        sleep(MOMENT).await;
        let (queues, seqs): (Vec<_>, Vec<_>) = first.into_iter().unzip();
        if let Err(error) = storage::announce(db, &queues, &seqs).await {
            tracing::debug!(%error, "new jobs were not announced; others poll");
        }
    }
}
