//! What is counted of each kind of job, by kind and queue. `docs/guide/jobs-operations.md` lists
//! the names.
//!
//! The handles are made once, because looking one up by its labels costs more than counting.

use std::time::Duration;

use metrics::{Counter, Gauge, Histogram, counter, gauge, histogram};

use super::declared::Declared;
use super::ending::Ending;

/// The figures of one kind.
#[derive(Debug)]
pub(super) struct Figures {
    kind: &'static str,
    queue: &'static str,
    started: Counter,
    completed: Counter,
    wait: Histogram,
    duration: Histogram,
    running: Gauge,
    lost: Counter,
    refused: Counter,
}

impl Figures {
    pub(super) fn of(declared: &Declared) -> Self {
        let (kind, queue) = (declared.name, declared.queue);
        Self {
            kind,
            queue,
            started: counter!("jewel_job_started_total", "kind" => kind, "queue" => queue),
            completed: finished(kind, queue, "completed"),
            wait: histogram!("jewel_job_wait_seconds", "kind" => kind, "queue" => queue),
            duration: histogram!("jewel_job_duration_seconds", "kind" => kind, "queue" => queue),
            running: gauge!("jewel_job_running", "kind" => kind, "queue" => queue),
            lost: counter!("jewel_job_lost_total", "kind" => kind, "queue" => queue),
            refused: counter!("jewel_job_refused_total", "kind" => kind, "queue" => queue),
        }
    }

    /// A run begins, after so many seconds of waiting where that is known. It runs until what is
    /// returned is dropped.
    pub(super) fn started(&self, waited: Option<f32>) -> Running<'_> {
        self.started.increment(1);
        self.running.increment(1);
        if let Some(waited) = waited {
            self.wait.record(f64::from(waited));
        }
        Running(&self.running)
    }

    /// A run came to its end.
    pub(super) fn ended(&self, ending: &Ending, took: Duration) {
        self.duration.record(took.as_secs_f64());
        match ending.as_str() {
            "completed" => self.completed.increment(1),
            outcome => finished(self.kind, self.queue, outcome).increment(1),
        }
    }

    /// The worker died that had a job, or lost its lease: the job runs again, or is poisoned.
    pub(super) fn lost(&self, poisoned: bool) {
        self.lost.increment(1);
        if poisoned {
            finished(self.kind, self.queue, "poisoned").increment(1);
        }
    }

    /// What came of a job was told too late: another worker has it.
    pub(super) fn refused(&self) {
        self.refused.increment(1);
    }
}

/// A run, as long as it is there; it may be dropped half-way.
pub(super) struct Running<'a>(&'a Gauge);

impl Drop for Running<'_> {
    fn drop(&mut self) {
        self.0.decrement(1);
    }
}

fn finished(kind: &'static str, queue: &'static str, outcome: &'static str) -> Counter {
    counter!("jewel_job_finished_total", "kind" => kind, "queue" => queue, "outcome" => outcome)
}

/// What waits in a queue, and for how many seconds the first of it has.
pub(super) fn waiting(queue: &str, jobs: i64, oldest: Option<f32>) {
    let queue = || queue.to_owned();
    gauge!("jewel_job_ready", "queue" => queue()).set(jobs as f64);
    gauge!("jewel_job_oldest_seconds", "queue" => queue()).set(oldest.unwrap_or_default());
}
