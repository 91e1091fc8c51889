//! `schedule list`, `pause`, `resume` and `run`.

use std::process::ExitCode;

use super::ScheduleWhat;
use super::select::known;
use super::table::{Table, json, line, say, when};
use crate::app::Error;
use crate::clock::{Clock, Timestamp};
use crate::job::Jobs;
use crate::job::operator::Schedule;

pub(super) async fn schedule(jobs: &Jobs, what: ScheduleWhat) -> Result<ExitCode, Error> {
    match what {
        ScheduleWhat::List { json: as_json } => {
            let all = jobs.schedules().await?;
            if as_json {
                say(&json(&all));
            } else if all.is_empty() {
                eprintln!("there are no schedules");
            } else {
                say(&table(&all, Clock::default().now()));
            }
        }
        ScheduleWhat::Pause { name } => {
            if !jobs.pause_schedule(&name).await? {
                return unknown(jobs, name).await;
            }
            say(&format!("schedule {name} is paused; what it enqueued stays"));
        }
        ScheduleWhat::Resume { name } => {
            if !jobs.resume_schedule(&name).await? {
                return unknown(jobs, name).await;
            }
            say(&format!("schedule {name} goes on"));
        }
        ScheduleWhat::Run { name } => match jobs.run_schedule(&name).await? {
            Some(id) => say(&format!("job {id} is enqueued")),
            None => return unknown(jobs, name).await,
        },
    }
    Ok(ExitCode::SUCCESS)
}

async fn unknown(jobs: &Jobs, name: String) -> Result<ExitCode, Error> {
    let all: Vec<String> = jobs.schedules().await?.into_iter().map(|one| one.name).collect();
    known("schedule", "schedules", &[name], &all)?;
    Ok(ExitCode::SUCCESS) // it came to be in this moment
}

/// The schedules, for people.
pub(super) fn table(all: &[Schedule], now: Timestamp) -> String {
    let mut table = Table::new(&["NAME", "KIND", "QUEUE", "EXPRESSION", "ZONE", "NEXT", "PAUSED"]);
    for one in all {
        table.row([
            line(&one.name, usize::MAX),
            line(&one.kind, usize::MAX),
            one.queue.clone(),
            line(&one.expression, usize::MAX),
            line(&one.zone, usize::MAX),
            when(one.next_at, now),
            one.paused_at.map_or_else(|| "-".to_owned(), |at| when(at, now)),
        ]);
    }
    table.text()
}
