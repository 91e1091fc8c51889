//! Where to claim next: one cursor per queue and priority. Pure.
//!
//! A claim starts behind the last one, because what lies before may be thousands of dead rows that
//! a long transaction somewhere keeps from being removed.

use super::declared::Priority;
use super::queue::Queue;
use super::storage::Ask;

/// Every so many claims one begins with the lowest priority, so that none starves.
const STRIDE: u64 = 8;

/// The queues and priorities of a worker.
#[derive(Debug)]
pub(super) struct Sources {
    all: Vec<Source>,
    turn: u64,
}

#[derive(Debug)]
struct Source {
    queue: Queue,
    priority: Priority,
    /// Where something may wait: behind this place. `None` where nothing is known to.
    after: Option<i64>,
    /// The turn in which it was last claimed from.
    turn: u64,
}

/// Which source a claim was made from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Chosen(usize);

impl Sources {
    pub(super) fn new(queues: &[Queue]) -> Self {
        let of = |queue: &Queue| {
            let queue = queue.clone();
            Priority::ALL.map(|priority| Source {
                queue: queue.clone(),
                priority,
                after: None,
                turn: 0,
            })
        };
        Self { all: queues.iter().flat_map(of).collect(), turn: 0 }
    }

    /// A hint: jobs of this queue are ready from `seq` on.
    pub(super) fn ready(&mut self, queue: &str, seq: i64) {
        for source in self.all.iter_mut().filter(|source| *source.queue.name == *queue) {
            source.behind(seq - 1);
        }
    }

    /// What a look at all tables found: the first `seq` by queue and priority.
    pub(super) fn found(&mut self, waiting: &[(i16, i16, i64)]) {
        for (queue, priority, seq) in waiting {
            let it = |s: &&mut Source| s.queue.id == *queue && s.priority.number() == *priority;
            if let Some(source) = self.all.iter_mut().find(it) {
                source.behind(seq - 1);
            }
        }
    }

    /// The next claim of at most so many: the highest priority first, or each [`STRIDE`]th time
    /// the lowest; among equals the one that waited longest.
    pub(super) fn next(&mut self, most: usize) -> Option<(Chosen, Ask)> {
        let low_first = (self.turn + 1).is_multiple_of(STRIDE);
        let rank = |source: &Source| {
            let number = source.priority.number();
            (if low_first { -number } else { number }, source.turn)
        };
        let waiting = self.all.iter_mut().enumerate().filter(|(_, s)| s.after.is_some());
        let (at, source) = waiting.min_by_key(|(_, source)| rank(source))?;
        self.turn += 1;
        source.turn = self.turn;
        let after = source.after.take()?;
        let ask = Ask { queue: source.queue.id, priority: source.priority, after, most };
        Some((Chosen(at), ask))
    }

    /// What a claim brought: the highest `seq`, where it was as much as was asked for and more may
    /// wait behind it.
    pub(super) fn brought(&mut self, chosen: Chosen, full_to: Option<i64>) {
        if let (Some(source), Some(seq)) = (self.all.get_mut(chosen.0), full_to) {
            source.behind(seq);
        }
    }

    /// The claim failed: the same is to be asked again.
    pub(super) fn failed(&mut self, chosen: Chosen, ask: Ask) {
        self.brought(chosen, Some(ask.after));
    }
}

impl Source {
    fn behind(&mut self, seq: i64) {
        self.after = Some(self.after.map_or(seq, |after| after.min(seq)));
    }
}
