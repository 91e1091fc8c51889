//! What is enqueued, and what its kind and its queue were declared to be.

/// Until when a kind's jobs are unique.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Until {
    Finish,
    Start,
    Ttl,
}

/// A kind: whether its jobs are kept, until when they are unique, whether each has its own lease.
pub(super) struct Kind {
    pub(super) kept: bool,
    pub(super) until: Until,
    pub(super) solo: bool,
}

pub(super) const KINDS: [Kind; 4] = [
    Kind { kept: true, until: Until::Finish, solo: false },
    Kind { kept: false, until: Until::Start, solo: false },
    Kind { kept: true, until: Until::Finish, solo: true },
    Kind { kept: true, until: Until::Ttl, solo: false },
];

/// A queue: plain if nothing is limited.
#[derive(PartialEq)]
pub(super) struct Queue {
    pub(super) per_key: Option<usize>,
    pub(super) at_once: Option<usize>,
}

impl Queue {
    pub(super) fn keyed(&self) -> bool {
        self.per_key.or(self.at_once).is_some()
    }
}

pub(super) const QUEUES: [Queue; 4] = [
    Queue { per_key: None, at_once: None },
    Queue { per_key: None, at_once: None },
    Queue { per_key: Some(1), at_once: Some(2) },
    Queue { per_key: None, at_once: Some(3) },
];

/// A job that is to be enqueued.
#[derive(Debug, Clone)]
pub(super) struct Order {
    pub(super) kind: usize,
    pub(super) queue: usize,
    pub(super) priority: i16,
    pub(super) key: Option<i64>,
    pub(super) unique: Option<u8>,
    /// In so many hours.
    pub(super) wait: Option<i8>,
}
