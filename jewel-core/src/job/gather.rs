//! Endings on their way to the database, by lease: whole leases first, parts when they are due.
//! Writes nothing.

use std::collections::{HashMap, VecDeque};
use std::time::Duration;

use tokio::time::Instant;
use uuid::Uuid;

use super::ending::Ended;

/// How long endings wait for another one of their lease, and how long for all of them.
const WAIT: (Duration, Duration) = (Duration::from_millis(4), Duration::from_millis(50));
/// A whole lease of so many jobs is written by itself, which is quicker.
const ALONE: usize = 100;

/// What has ended and is not being written yet.
#[derive(Debug)]
pub(super) struct Gathered {
    /// The most jobs of one batch.
    most: usize,
    count: usize,
    whole: VecDeque<Vec<Ended>>,
    parts: HashMap<Uuid, Part>,
}

#[derive(Debug)]
struct Part {
    began: Instant,
    last: Instant,
    ended: Vec<Ended>,
}

impl Part {
    fn due(&self) -> Instant {
        (self.last + WAIT.0).min(self.began + WAIT.1)
    }
}

impl Gathered {
    pub(super) fn new(most: usize) -> Self {
        Self { most, count: 0, whole: VecDeque::new(), parts: HashMap::new() }
    }

    /// Adds some of a lease that holds so many.
    pub(super) fn add(&mut self, lease: Uuid, ended: impl Iterator<Item = Ended>, size: usize) {
        let now = Instant::now();
        let new = || Part { began: now, last: now, ended: Vec::with_capacity(size) };
        let part = self.parts.entry(lease).or_insert_with(new);
        let before = part.ended.len();
        part.last = now;
        part.ended.extend(ended);
        self.count += part.ended.len() - before;
        if part.ended.len() >= size
            && let Some(part) = self.parts.remove(&lease)
        {
            self.whole.push_back(part.ended);
        }
    }

    /// The next batch, if there is one yet; `rest` takes what is not due too.
    pub(super) fn next(&mut self, rest: bool) -> Option<Vec<Ended>> {
        let now = Instant::now();
        let mut batch = self.whole.pop_front().unwrap_or_default();
        while batch.len() < ALONE
            && self.whole.front().is_some_and(|next| next.len() < ALONE)
            && let Some(next) = self.whole.pop_front()
        {
            batch.extend(next);
        }
        if batch.len() < ALONE {
            let due = self.parts.extract_if(|_, part| rest || part.due() <= now);
            for (_, part) in due {
                batch.extend(part.ended);
                if batch.len() >= self.most {
                    break;
                }
            }
        }
        self.count -= batch.len();
        (!batch.is_empty()).then_some(batch)
    }

    /// When the next part is due.
    pub(super) fn due(&self) -> Option<Instant> {
        self.parts.values().map(Part::due).min()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// Whether more may be taken in: two batches gather while others are written.
    pub(super) fn has_room(&self) -> bool {
        self.count < 4 * self.most
    }
}
