//! Tells other processes of what this one enqueued, once it is committed and still waits.
//!
//! A transaction that notifies makes every other commit wait for its own, so enqueueing does not;
//! and nobody is told of a commit. So it is looked for, a moment later, for all recent ones at
//! once. What was rolled back is forgotten; what is found too late, the others find by polling.

use std::collections::HashMap;
use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::storage;
use super::ticket::JobId;
use super::wake::{Ear, Notice};
use crate::db::{self, Db};

/// How long after an enqueue its commit is looked for first, and how seldom at last.
const LOOK: (Duration, Duration) = (Duration::from_millis(20), Duration::from_millis(320));
/// How long a commit is looked for: by then others have polled.
const GIVE_UP: Duration = Duration::from_secs(2);
/// How many enqueues are looked for at once; others have to poll for the rest.
const MAX_OPEN: usize = 500;

/// Announces for ever.
pub(super) async fn announce(db: &Db) {
    let mut ear = Ear::new();
    let mut open = HashMap::new();
    let mut wait = LOOK.0;
    loop {
        let mut notice = if open.is_empty() { Some(ear.hear().await) } else { ear.heard() };
        while let Some(now) = notice {
            if let Notice::Enqueued(id) = now
                && open.len() < MAX_OPEN
            {
                open.insert(id, Instant::now());
                wait = LOOK.0;
            }
            notice = ear.heard();
        }
        if open.is_empty() {
            continue;
        }
        sleep(wait).await;
        wait = (wait * 2).min(LOOK.1);
        if let Err(error) = look(db, &mut open).await {
            tracing::debug!(%error, "new jobs were not announced; others poll");
        }
        open.retain(|_, since| since.elapsed() < GIVE_UP);
    }
}

/// Announces those that are committed and wait, and forgets those that are committed.
async fn look(db: &Db, open: &mut HashMap<JobId, Instant>) -> Result<(), db::Error> {
    let ids: Vec<JobId> = open.keys().copied().collect();
    let mut first: HashMap<String, i64> = HashMap::new();
    for (id, waits) in storage::committed(db, &ids).await? {
        open.remove(&id);
        if let Some((queue, seq)) = waits {
            first.entry(queue).and_modify(|least| *least = seq.min(*least)).or_insert(seq);
        }
    }
    for (queue, seq) in first {
        storage::notify(db, &format!("ready {queue} {seq}")).await?;
    }
    Ok(())
}
