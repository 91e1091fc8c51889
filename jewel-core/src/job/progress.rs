//! How far running jobs say they are: kept here, written a few times a second for all of them.
//!
//! It is a hint for people. What was said last may be lost with the process; the job is not.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use uuid::Uuid;

use super::boot::Boot;
use super::status;
use super::ticket::{JobId, Progress};

/// How long words are gathered before they are written.
const GATHER: Duration = Duration::from_millis(200);
/// How many jobs one statement writes; their ids must fit into one notification.
const MAX_WRITE: usize = 256;
/// The longest step that is kept, in bytes.
const MAX_STEP: usize = 200;

/// The newest words of all running jobs that are not written yet.
#[derive(Debug, Default)]
pub(super) struct Board {
    words: Mutex<HashMap<JobId, (Uuid, Progress)>>,
}

impl Board {
    pub(super) fn reporter(self: &Arc<Self>, id: JobId, lease: Uuid) -> Reporter {
        Reporter { id, lease, board: Arc::clone(self), used: Arc::default() }
    }

    /// The job's attempt is over: what it said last does not matter any more.
    pub(super) fn wipe(&self, id: JobId) {
        self.words().remove(&id);
    }

    /// Writes what is said, for ever.
    pub(super) async fn serve(&self, boot: &Boot) {
        loop {
            tokio::time::sleep(GATHER).await;
            let words = self.take();
            if words.is_empty() {
                continue;
            }
            if let Err(error) = status::report(&boot.db, boot.id, &words).await {
                tracing::debug!(%error, "progress was not written");
            }
        }
    }

    fn take(&self) -> Vec<(JobId, Uuid, Progress)> {
        let mut words = self.words();
        let ids: Vec<JobId> = words.keys().copied().take(MAX_WRITE).collect();
        let word = |id| words.remove(&id).map(|(lease, progress)| (id, lease, progress));
        ids.into_iter().filter_map(word).collect()
    }

    fn words(&self) -> MutexGuard<'_, HashMap<JobId, (Uuid, Progress)>> {
        self.words.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Says how far a job is. Clones go wherever the work goes, for one to a blocking thread.
#[derive(Debug, Clone)]
pub struct Reporter {
    id: JobId,
    lease: Uuid,
    board: Arc<Board>,
    used: Arc<AtomicBool>,
}

impl Reporter {
    /// Says how far the job is; `percent` counts to 100. Only the newest word is written.
    pub fn progress(&self, percent: u8, step: &str) {
        let step = step[..step.floor_char_boundary(MAX_STEP)].replace('\0', "");
        let progress = Progress { percent: percent.min(100), step };
        self.used.store(true, Ordering::Relaxed);
        self.board.words().insert(self.id, (self.lease, progress));
    }

    /// Whether anything was ever said.
    pub(super) fn was_used(&self) -> bool {
        self.used.load(Ordering::Relaxed)
    }
}
