//! The names of an application and the numbers under which the database knows them.
//!
//! Written when a worker starts, so that operators see every queue and kind before its first job.

use std::collections::HashMap;
use std::sync::Arc;

use super::storage;
use super::task::Definition;
use crate::db::{self, Db};

/// A queue that is served.
#[derive(Debug, Clone)]
pub(super) struct Queue {
    pub(super) id: i16,
    pub(super) name: Arc<str>,
}

/// What a worker runs.
#[derive(Debug)]
pub(super) struct Register {
    /// The jobs, by the number of their kind.
    pub(super) kinds: HashMap<i32, Definition>,
    /// The queues to take them from.
    pub(super) queues: Vec<Queue>,
}

impl Register {
    /// Makes all names known; serves the queues in `only`, or all where it is empty.
    pub(super) async fn sync(
        db: &Db,
        jobs: &[Definition],
        only: &[String],
    ) -> Result<Self, db::Error> {
        let kinds: Vec<&str> = jobs.iter().map(|job| job.entry.declared.name).collect();
        let ids = storage::kinds(db, &kinds).await?;
        let kinds = ids.into_iter().zip(jobs.iter().copied()).collect();

        let mut names: Vec<&str> = jobs.iter().map(|job| job.entry.declared.queue).collect();
        names.retain(|name| only.is_empty() || only.iter().any(|one| one == name));
        names.sort_unstable();
        names.dedup();
        let ids = storage::queues(db, &names).await?;
        let queue = |(id, name): (i16, &str)| Queue { id, name: name.into() };
        let queues = ids.into_iter().zip(names).map(queue).collect();
        Ok(Self { kinds, queues })
    }

    pub(super) fn queue_ids(&self) -> Vec<i16> {
        self.queues.iter().map(|queue| queue.id).collect()
    }
}
