//! Who hears of what, without asking the database: hints within the process, and between processes
//! by LISTEN and NOTIFY on channel `jewel`.
//!
//! A hint may come twice, late, never, or to somebody whom it does not concern: each listener
//! looks at the tables, and looks from time to time without being told.

use std::sync::{Arc, LazyLock};
use std::time::Duration;

use sqlx::postgres::PgListener;
use tokio::sync::broadcast;

use super::declared::Priority;
use super::ticket::JobId;
use crate::db::Db;

/// Something that happened, as a hint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Notice {
    /// Jobs of this queue are ready, from this place on; of one priority, where it is said.
    Ready { queue: Arc<str>, seq: i64, priority: Option<Priority> },
    /// This process committed jobs of this queue and priority, from this one on.
    Committed { queue: &'static str, priority: Priority, first: JobId },
    /// Jobs of this queue were settled here: its limits may let others begin.
    Freed(i16),
    /// Something changed about these jobs.
    Changed(Arc<[JobId]>),
    /// This running job is to be cancelled.
    Cancel(JobId),
    /// Notices may have been missed: look everywhere.
    Missed,
}

/// How many notices a listener may lag behind before it hears `Missed` instead.
const BACKLOG: usize = 4096;

/// How long to wait before listening again where the connection could not be made.
const RECONNECT: Duration = Duration::from_secs(1);

/// One channel for the whole process: what enqueues a job knows its transaction, not the worker.
static NOTICES: LazyLock<broadcast::Sender<Notice>> =
    LazyLock::new(|| broadcast::Sender::new(BACKLOG));

/// Tells this process.
pub(super) fn tell(notice: Notice) {
    let _ = NOTICES.send(notice); // nobody listening is no error
}

/// Hears what this process is told.
#[derive(Debug)]
pub(super) struct Ear(broadcast::Receiver<Notice>);

impl Ear {
    pub(super) fn new() -> Self {
        Self(NOTICES.subscribe())
    }

    pub(super) async fn hear(&mut self) -> Notice {
        // The sender is static: the channel never closes.
        self.0.recv().await.unwrap_or(Notice::Missed)
    }

    /// What was told already and not heard yet.
    pub(super) fn heard(&mut self) -> Option<Notice> {
        match self.0.try_recv() {
            Ok(notice) => Some(notice),
            Err(broadcast::error::TryRecvError::Lagged(_)) => Some(Notice::Missed),
            Err(_) => None,
        }
    }
}

/// Passes on what other processes tell, for ever. It holds one connection; behind a pooler that
/// loses it nothing arrives, and polling has to do.
pub(super) async fn listen(db: &Db) {
    loop {
        if let Err(error) = relay(db).await {
            tracing::warn!(%error, "not listening to the queue; it is polled meanwhile");
        }
        tokio::time::sleep(RECONNECT).await;
    }
}

async fn relay(db: &Db) -> Result<(), sqlx::Error> {
    let mut listener = PgListener::connect_with(db.pool()).await?;
    listener.listen("jewel").await?;
    tell(Notice::Missed);
    loop {
        match listener.try_recv().await? {
            Some(notification) => {
                if let Some(notice) = parse(notification.payload()) {
                    tell(notice);
                } else {
                    tracing::debug!(payload = notification.payload(), "unknown notice");
                }
            }
            // The connection was lost and made again.
            None => tell(Notice::Missed),
        }
    }
}

/// The payloads: `ready QUEUE SEQ [PRIORITY]`, `job ID..`, `cancel ID`.
pub(super) fn parse(payload: &str) -> Option<Notice> {
    let (word, rest) = payload.split_once(' ')?;
    match word {
        "ready" => {
            let mut words = rest.split(' ');
            let (queue, seq) = (words.next()?.into(), words.next()?.parse().ok()?);
            let priority = match words.next() {
                Some(number) => Some(Priority::of(number.parse().ok()?)?),
                None => None,
            };
            Some(Notice::Ready { queue, seq, priority })
        }
        "job" => {
            let ids: Option<Vec<JobId>> =
                rest.split(' ').map(|id| id.parse().ok().map(JobId)).collect();
            Some(Notice::Changed(ids?.into()))
        }
        "cancel" => Some(Notice::Cancel(JobId(rest.parse().ok()?))),
        _ => None,
    }
}
