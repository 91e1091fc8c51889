//! Tells other processes of what this one committed, where it still waits a moment later.
//!
//! A transaction that notifies makes every other commit wait for its own, so enqueueing does not.
//! A commit is told of a moment later, and not at all where this process's own workers were quick
//! enough; where there are many, they are told of together. What is not told, the others find by
//! polling.

use std::collections::BTreeMap;
use std::time::Duration;

use tokio::time::{Instant, sleep_until};

use super::storage;
use super::wake::{Ear, Notice};
use crate::db::Db;

/// How long this process's own workers have to take what was committed.
const MOMENT: Duration = Duration::from_millis(2);
/// The least time between one notice and the next.
const PAUSE: Duration = Duration::from_millis(5);

/// Announces for ever.
pub(super) async fn announce(db: &Db) {
    let (mut ear, mut next) = (Ear::new(), Instant::now());
    loop {
        let mut first = First::new();
        add(&mut first, &ear.hear().await);
        if first.is_empty() {
            continue;
        }
        sleep_until(next.max(Instant::now() + MOMENT)).await;
        while let Some(notice) = ear.heard() {
            add(&mut first, &notice);
        }
        next = Instant::now() + PAUSE;
        let (places, seqs): (Vec<_>, Vec<_>) = first.into_iter().unzip();
        let (queues, priorities): (Vec<_>, Vec<_>) = places.into_iter().unzip();
        if let Err(error) = storage::announce(db, &queues, &priorities, &seqs).await {
            tracing::debug!(%error, "new jobs were not announced; others poll");
        }
    }
}

/// The first that was committed of each queue and priority.
type First = BTreeMap<(&'static str, i16), i64>;

fn add(first: &mut First, notice: &Notice) {
    if let Notice::Committed { queue, priority, first: id } = notice {
        let least = first.entry((queue, priority.number())).or_insert(id.0);
        *least = id.0.min(*least);
    }
}
