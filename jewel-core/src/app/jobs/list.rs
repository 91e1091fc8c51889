//! `jobs list`.

use std::process::ExitCode;

use serde::Serialize;

use super::Listing;
use super::table::{Table, json, line, say, when};
use crate::app::Error;
use crate::clock::{Clock, Timestamp};
use crate::job::operator::Found;
use crate::job::{JobId, Jobs, Place};

/// How much of a failure's text is listed, in characters.
const ERROR: usize = 60;

/// A list as JSON.
#[derive(Serialize)]
struct Page<'a> {
    jobs: &'a [Found],
    /// What to say `--after` for the next ones.
    next: Option<JobId>,
}

pub(super) async fn list(jobs: &Jobs, listing: Listing) -> Result<ExitCode, Error> {
    let mut filter = listing.which.filter(jobs).await?;
    filter.after = listing.after.map(JobId);
    let limit = listing.limit as usize;
    let mut found = jobs.list(&filter, listing.limit + 1).await?;
    let more = found.len() > limit;
    found.truncate(limit);
    let next = found.last().filter(|_| more).map(|job| job.id);
    if listing.json {
        say(&json(&Page { jobs: &found, next }));
        return Ok(ExitCode::SUCCESS);
    }
    if found.is_empty() {
        eprintln!("there are no such jobs");
        return Ok(ExitCode::SUCCESS);
    }
    say(&table(&found, Clock::default().now()));
    if let Some(next) = next {
        eprintln!("there are more: --after {next}");
    }
    Ok(ExitCode::SUCCESS)
}

/// The list for people.
pub(super) fn table(found: &[Found], now: Timestamp) -> String {
    let mut table =
        Table::new(&["#ID", "KIND", "QUEUE", "STATE", "#ATTEMPT", "WHEN", "LAST ERROR"]);
    for job in found {
        table.row([
            job.id.to_string(),
            line(&job.kind, usize::MAX),
            job.queue.clone(),
            job.state.to_string(),
            job.attempt.to_string(),
            told(job, now),
            line(job.error.as_deref().unwrap_or_default(), ERROR),
        ]);
    }
    table.text()
}

/// The time that matters in its state.
fn told(job: &Found, now: Timestamp) -> String {
    let at = match job.state {
        Place::Scheduled | Place::Retrying => job.run_at,
        Place::Running => job.started_at,
        Place::Completed | Place::Dead | Place::Cancelled | Place::Poisoned => job.finished_at,
        Place::Ready | Place::Blocked => Some(job.created_at),
    };
    when(at.unwrap_or(job.created_at), now)
}
