//! Where to claim next: one cursor per queue and priority; one per keyed queue. Pure.
//!
//! A claim starts behind the last one, because what lies before may be thousands of dead rows that
//! a long transaction somewhere keeps from being removed. While claims come back full, each ends at
//! a place where about as many jobs lie as it may bring, so that the next one can be made at once:
//! neither meets the rows of the other, and it is known which jobs are to begin first.

use tokio::time::Instant;

use super::declared::Priority;
use super::queue::Queue;
use super::storage::{Ask, From, Window};

/// Every so many claims one begins with the lowest priority, so that none starves.
const STRIDE: u64 = 8;
/// Claims of fewer jobs have no end: there is little to divide.
const FEW: usize = 16;
/// Nor have those of a queue whose jobs are further apart than this in the order.
const SPARSE: u64 = 64;

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
    /// How far its jobs are apart in the order, while claims come back full.
    apart: Option<u64>,
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
            apart: None,
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
    /// `second`, beside one in flight, only from where that one ends.
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
        let waiting = waiting.filter(|(_, s)| s.is_waiting(second) && room(&s.queue) > 0);
        let (at, source) = waiting.min_by_key(|(_, source)| rank(source))?;
        self.turn += 1;
        source.turn = self.turn;
        let (queue, most) = (source.queue.id, room(&source.queue));
        let after = source.after.take()?;
        let from = match source.priority {
            Some(priority) => From::Order(priority, source.window(after, most)),
            None => From::Lane(source.lane),
        };
        // Every job of a keyed queue has a lease to itself.
        let alone = source.queue.alone || source.priority.is_none();
        Some((Chosen(at), Ask { queue, from, most, alone }))
    }

    /// How many jobs a claim brought, and the places of the first and the last: where they are as
    /// many as were asked for, more may wait behind; where less, a rate may let more begin later.
    pub(super) fn brought(
        &mut self,
        (chosen, ask): (Chosen, Ask),
        count: usize,
        span: Option<(i64, i64)>,
        now: Instant,
    ) {
        let Some(source) = self.all.get_mut(chosen.0) else { return };
        let last = span.map(|(_, last)| last);
        let full = span.filter(|_| count == ask.most);
        match ask.from {
            From::Lane(_) => {
                source.lane = last.unwrap_or(source.lane);
                // Where nothing was brought there is nothing, or it is another process's turn.
                let rate = source.queue.limits.rate.filter(|_| last.is_some());
                source.due = rate.map(|rate| now + rate.every());
                if let Some((_, last)) = full {
                    source.behind(last);
                }
            }
            From::Order(_, Window { after, upto }) => {
                // From where to where it brought what there is.
                let stretch = full.map(|(first, last)| (first - 1, last));
                let stretch = stretch.or(upto.map(|upto| (after, upto)));
                let stretch = stretch.filter(|_| count >= FEW.max(ask.most / 2));
                let apart = stretch.map(|(from, to)| to.abs_diff(from).div_ceil(count as u64));
                source.apart = apart.filter(|apart| *apart <= SPARSE);
                if let Some((_, last)) = full.filter(|(_, last)| Some(*last) != upto) {
                    source.behind(last);
                }
            }
        }
    }

    /// The claim failed: the same is to be asked again.
    pub(super) fn failed(&mut self, chosen: Chosen, ask: Ask) {
        let Some(source) = self.all.get_mut(chosen.0) else { return };
        let (From::Order(_, Window { after, .. }) | From::Lane(after)) = ask.from;
        source.behind(after);
    }

    /// Behind which place in its order something may wait.
    pub(super) fn after(&self, chosen: Chosen) -> Option<i64> {
        self.all.get(chosen.0).filter(|source| source.priority.is_some())?.after
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
    /// Whether something may wait; beside a claim in flight, behind where that one ends.
    fn is_waiting(&self, second: bool) -> bool {
        self.after.is_some() && (!second || self.apart.is_some())
    }

    /// Where a claim of so many begins and ends; the next one begins at its end.
    fn window(&mut self, after: i64, most: usize) -> Window {
        let upto = self.apart.map(|apart| after.saturating_add_unsigned(apart * most as u64));
        self.after = upto;
        Window { after, upto }
    }

    fn behind(&mut self, seq: i64) {
        self.after = Some(self.after.map_or(seq, |after| after.min(seq)));
    }
}
