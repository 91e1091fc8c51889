//! `jobs stats`.

use std::process::ExitCode;

use super::table::{Table, json, line, say, when};
use crate::app::Error;
use crate::clock::{Clock, Timestamp};
use crate::config::Span;
use crate::job::Jobs;
use crate::job::operator::{KindStats, QueueStats, Stats};

pub(super) async fn stats(jobs: &Jobs, since: Span, as_json: bool) -> Result<ExitCode, Error> {
    let stats = jobs.stats(since.get()).await?;
    say(&if as_json { json(&stats) } else { text(&stats, since, Clock::default().now()) });
    Ok(ExitCode::SUCCESS)
}

/// Two tables and a line, for people.
pub(super) fn text(stats: &Stats, since: Span, now: Timestamp) -> String {
    let mut queues = Table::new(&[
        "QUEUE",
        "#READY",
        "OLDEST",
        "#SCHEDULED",
        "#RETRYING",
        "#BLOCKED",
        "#RUNNING",
        "PAUSED",
    ]);
    for queue in &stats.queues {
        queues.row(queue_row(queue, now));
    }
    let mut kinds = Table::new(&[
        "KIND",
        "#READY",
        "#SCHEDULED",
        "#RETRYING",
        "#BLOCKED",
        "#RUNNING",
        "#DEAD",
        "#CANCELLED",
        "#POISONED",
    ]);
    for kind in &stats.kinds {
        kinds.row(kind_row(kind));
    }
    let workers = match (stats.workers.alive, stats.workers.lost) {
        (alive, 0) => format!("workers: {alive} alive"),
        (alive, lost) => format!("workers: {alive} alive, {lost} lost"),
    };
    format!(
        "{}\n{}\ndead, cancelled, poisoned: in the last {since}\n{workers}\n",
        queues.text(),
        kinds.text()
    )
}

fn queue_row(queue: &QueueStats, now: Timestamp) -> Vec<String> {
    let at = |at: Option<Timestamp>| at.map_or_else(|| "-".to_owned(), |at| when(at, now));
    vec![
        queue.queue.clone(),
        queue.ready.to_string(),
        at(queue.oldest_ready_at),
        queue.scheduled.to_string(),
        queue.retrying.to_string(),
        queue.blocked.to_string(),
        queue.running.to_string(),
        at(queue.paused_at),
    ]
}

fn kind_row(kind: &KindStats) -> Vec<String> {
    let counts = [
        kind.ready,
        kind.scheduled,
        kind.retrying,
        kind.blocked,
        kind.running,
        kind.dead,
        kind.cancelled,
        kind.poisoned,
    ];
    let mut row = vec![line(&kind.kind, usize::MAX)];
    row.extend(counts.map(|count| count.to_string()));
    row
}
