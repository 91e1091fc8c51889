//! Follows jobs without asking the database once per follower: one query for all of this process,
//! when something is told about them, and from time to time.

use std::collections::{HashMap, HashSet};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::{Instant, sleep_until};

use super::status;
use super::ticket::{JobId, Status};
use super::wake::{Ear, Notice};
use crate::db::Db;

/// How often followed jobs are looked at without being told.
const POLL: Duration = Duration::from_secs(1);
/// How many jobs one query looks at.
const MAX_ASK: usize = 500;

/// Every job that somebody in this process follows.
#[derive(Debug, Default)]
pub(super) struct Follows {
    topics: Mutex<HashMap<JobId, watch::Sender<Option<Status>>>>,
}

impl Follows {
    pub(super) fn follow(&self, id: JobId) -> Follow {
        let mut topics = self.topics();
        let topic = topics.entry(id).or_insert_with(|| watch::Sender::new(None));
        Follow { seen: None, over: false, status: topic.subscribe() }
    }

    /// What was found out about jobs; one that was not found is gone.
    pub(super) fn publish(&self, asked: &[JobId], found: Vec<(JobId, Status)>) {
        let mut found: HashMap<JobId, Status> = found.into_iter().collect();
        let topics = self.topics();
        for id in asked {
            let status = found.remove(id);
            if let Some(topic) = topics.get(id) {
                topic.send_if_modified(|known| {
                    let new = *known != status;
                    *known = status;
                    new
                });
            }
        }
    }

    /// Keeps all followers up to date, for ever.
    pub(super) async fn serve(&self, db: &Db) {
        let mut ear = Ear::new();
        let mut poll = Instant::now() + POLL;
        loop {
            let asked = tokio::select! {
                biased; // however much is told, everything is looked at from time to time
                () = sleep_until(poll) => {
                    poll = Instant::now() + POLL;
                    self.followed()
                }
                notice = ear.hear() => self.concerned(notice, &mut ear),
            };
            for asked in asked.chunks(MAX_ASK) {
                match status::statuses(db, asked).await {
                    Ok(found) => self.publish(asked, found),
                    Err(error) => tracing::warn!(%error, "followed jobs were not looked at"),
                }
            }
        }
    }

    /// The followed jobs that this notice, or one that came with it, is about.
    fn concerned(&self, first: Notice, ear: &mut Ear) -> Vec<JobId> {
        let mut about = HashSet::new();
        let mut notice = Some(first);
        while let Some(now) = notice {
            match now {
                Notice::Changed(ids) => about.extend(ids.iter().copied()),
                Notice::Missed => return self.followed(),
                Notice::Ready { .. }
                | Notice::Committed { .. }
                | Notice::Freed(_)
                | Notice::Cancel(_) => {}
            }
            notice = ear.heard();
        }
        let topics = self.topics();
        about.retain(|id| topics.contains_key(id));
        about.into_iter().collect()
    }

    /// All followed jobs; those that nobody follows any more are dropped.
    fn followed(&self) -> Vec<JobId> {
        let mut topics = self.topics();
        topics.retain(|_, topic| topic.receiver_count() > 0);
        topics.keys().copied().collect()
    }

    fn topics(&self) -> MutexGuard<'_, HashMap<JobId, watch::Sender<Option<Status>>>> {
        self.topics.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The story of one job, from its present state to its end.
#[derive(Debug)]
pub struct Follow {
    seen: Option<Status>,
    over: bool,
    status: watch::Receiver<Option<Status>>,
}

impl Follow {
    /// The next state that differs from the last one; states in between may be missed. `None` after
    /// the final one, or when the job is gone.
    pub async fn next(&mut self) -> Option<Status> {
        while !self.over {
            let now = self.status.borrow_and_update().clone();
            if now != self.seen {
                self.over = now.as_ref().is_none_or(|status| status.place.is_final());
                self.seen.clone_from(&now);
                return now;
            }
            self.over = self.status.changed().await.is_err();
        }
        None
    }
}
