//! Where to claim next: one cursor per queue and priority; one per keyed queue. Pure.
//!
//! A claim starts behind the last one, because what lies before may be thousands of dead rows that
//! a long transaction somewhere keeps from being removed.

use tokio::time::Instant;

use super::declared::Priority;
use super::queue::Queue;
use super::storage::{Ask, From};

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
    /// Absent where the queue is keyed: its lanes have all priorities.
    priority: Option<Priority>,
    /// Where something may wait: behind this place. `None` where nothing is known to.
    after: Option<i64>,
    /// Where the newest claim began, while claims come back full: a second one can begin there too.
    full: Option<i64>,
    /// The lane that was claimed from last.
    lane: i64,
    /// When a rate lets the next job begin.
    due: Option<Instant>,
    /// The turn in which it was last claimed from.
    turn: u64,
}

/// Which source a claim was made from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Chosen(usize);

impl Sources {
    pub(super) fn new(queues: &[Queue]) -> Self {
        let source = |queue: &Queue, priority| Source {
            queue: queue.clone(),
            priority,
            after: None,
            full: None,
            lane: i64::MIN,
            due: None,
            turn: 0,
        };
        let mut all = Vec::new();
        for queue in queues {
            if queue.limits.is_keyed() {
                all.push(source(queue, None));
            } else {
                all.extend(Priority::ALL.map(|priority| source(queue, Some(priority))));
            }
        }
        Self { all, turn: 0 }
    }

    /// A hint: jobs of this queue are ready from `seq` on, of this priority or of any.
    pub(super) fn ready(&mut self, queue: &str, seq: i64, priority: Option<Priority>) {
        let of = |source: &Source| {
            *source.queue.name == *queue
                && (priority.is_none() || source.priority.is_none() || source.priority == priority)
        };
        for source in self.all.iter_mut().filter(|source| of(source)) {
            source.behind(seq - 1);
        }
    }

    /// A hint: a job of this queue is over, so that a limit may let another one begin.
    pub(super) fn freed(&mut self, queue: i16) {
        for source in self.all.iter_mut().filter(|source| source.queue.id == queue) {
            if source.priority.is_none() {
                source.behind(0);
            }
        }
    }

    /// What a look at all tables found: the first `seq` by queue and priority. Priorities that are
    /// none are another's business.
    pub(super) fn found(&mut self, waiting: &[(i16, i16, i64)]) {
        for (queue, priority, seq) in waiting.iter().filter(|(_, priority, _)| *priority >= 0) {
            let it = |s: &&mut Source| {
                s.queue.id == *queue && s.priority.is_none_or(|own| own.number() == *priority)
            };
            if let Some(source) = self.all.iter_mut().find(it) {
                source.behind(seq - 1);
            }
        }
    }

    /// The next claim, of at most what `room` says for a queue: the highest priority first, or each
    /// [`STRIDE`]th time the lowest; among equals the one that waited longest. Where it is a
    /// `second`, beside one in flight, only from where claims come back full.
    pub(super) fn next(
        &mut self,
        second: bool,
        room: impl Fn(&Queue) -> usize,
    ) -> Option<(Chosen, Ask)> {
        let low_first = (self.turn + 1).is_multiple_of(STRIDE);
        let rank = |source: &Source| {
            let number = source.priority.unwrap_or_default().number();
            (if low_first { -number } else { number }, source.turn)
        };
        let waiting = self.all.iter_mut().enumerate();
        let waiting = waiting.filter(|(_, s)| s.place(second).is_some() && room(&s.queue) > 0);
        let (at, source) = waiting.min_by_key(|(_, source)| rank(source))?;
        self.turn += 1;
        source.turn = self.turn;
        let after = source.place(second)?;
        source.after = None;
        source.full = source.full.map(|_| after);
        let from = source.priority.map_or(From::Lane(source.lane), |p| From::Order(p, after));
        let (queue, most) = (source.queue.id, room(&source.queue));
        // Every job of a keyed queue has a lease to itself.
        let alone = source.queue.alone || source.priority.is_none();
        Some((Chosen(at), Ask { queue, from, most, alone }))
    }

    /// What a claim brought, by its last place: where it was as much as was asked for, more may
    /// wait behind it; where less, a rate may let more begin later.
    pub(super) fn brought(&mut self, chosen: Chosen, last: Option<i64>, full: bool, now: Instant) {
        let Some(source) = self.all.get_mut(chosen.0) else { return };
        if source.priority.is_none() {
            source.lane = last.unwrap_or(source.lane);
            // Where nothing was brought there is nothing, or it is another process's turn.
            let rate = source.queue.limits.rate.filter(|_| last.is_some());
            source.due = rate.map(|rate| now + rate.every());
        }
        source.full = None;
        if let (Some(last), true) = (last, full) {
            source.behind(last);
            // Two claims of a keyed queue exclude each other.
            source.full = source.priority.is_some().then_some(last);
        }
    }

    /// The claim failed: the same is to be asked again.
    pub(super) fn failed(&mut self, chosen: Chosen, ask: Ask) {
        let Some(source) = self.all.get_mut(chosen.0) else { return };
        let (From::Order(_, after) | From::Lane(after)) = ask.from;
        source.behind(after);
    }

    /// When a rate lets the next job begin.
    pub(super) fn due(&self) -> Option<Instant> {
        self.all.iter().filter_map(|source| source.due).min()
    }

    /// Looks again at those whose rate lets another job begin.
    pub(super) fn pass(&mut self, now: Instant) {
        for source in self.all.iter_mut().filter(|s| s.due.is_some_and(|due| due <= now)) {
            source.due = None;
            source.behind(0);
        }
    }
}

impl Source {
    /// Where the next claim begins.
    fn place(&self, second: bool) -> Option<i64> {
        if second { self.full.map(|full| self.after.unwrap_or(full)) } else { self.after }
    }

    fn behind(&mut self, seq: i64) {
        self.after = Some(self.after.map_or(seq, |after| after.min(seq)));
    }
}
