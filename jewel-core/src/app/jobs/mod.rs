//! The commands `jobs` and `schedule`: what an operator may say, and who does it.
//!
//! What is done is [`Jobs`]' business, how it looks that of the files here; each command is one
//! function.

mod change;
mod findings;
mod list;
mod schedule;
mod select;
mod show;
mod stats;
mod table;
#[cfg(test)]
mod tests;

use std::process::ExitCode;

use clap::{Args, Subcommand};

pub(super) use findings::{print as print_findings, queue as check_queue};
use select::{Selection, Which};

use super::serve::{Ground, Urls};
use super::{App, Error};
use crate::config::Span;
use crate::db::{self, Db};
use crate::job::{JobId, Jobs};

#[derive(Debug, Subcommand)]
pub(super) enum JobsWhat {
    /// Lists jobs, the newest first (the default).
    #[command(after_help = "Example: jobs list --state dead --kind render --since 1h")]
    List(Listing),
    /// Shows all that is known of a job: arguments, failures, result, who has it.
    #[command(after_help = "Example: jobs show 42")]
    Show {
        /// The job's number.
        id: i64,
        /// Open what is sealed of an encrypted job: secrets are printed then.
        #[arg(long)]
        reveal: bool,
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
    /// Counts what waits, runs and ended badly, by queue and by kind.
    #[command(after_help = "Example: jobs stats --since 1d")]
    Stats {
        /// How long ago a bad end may be to be counted.
        #[arg(long, default_value = "1h")]
        since: Span,
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
    /// Runs jobs that are over again, their attempts counted from zero.
    #[command(after_help = "Examples:\n  jobs retry 42\n  jobs retry --kind render --since 1h\n  \
        jobs show 42 --json | jq '.args | .style = \"gold\"' | jobs retry 42 --args -\n\n\
        Without --state, filters mean dead jobs.")]
    Retry {
        #[command(flatten)]
        selection: Selection,
        /// Other arguments for the one job, as JSON, or `-` to read them from standard input.
        #[arg(long, value_name = "JSON")]
        args: Option<String>,
    },
    /// Cancels jobs: at once where they wait; where they run, their worker is told.
    #[command(after_help = "Examples:\n  jobs cancel 42 43\n  jobs cancel --queue renders")]
    Cancel(Selection),
    /// Forgets jobs that are over, and all that was written about them, for good.
    #[command(after_help = "Examples:\n  jobs discard 42\n  \
        jobs discard --state cancelled --kind render")]
    Discard(Selection),
    /// Lets workers take nothing more from a queue; what runs finishes.
    #[command(after_help = "Example: jobs pause renders")]
    Pause {
        /// The queue.
        queue: String,
    },
    /// Lets workers take from a queue again.
    #[command(after_help = "Example: jobs resume renders")]
    Resume {
        /// The queue.
        queue: String,
    },
    /// Checks the queue, and says what is wrong and what to do.
    #[command(after_help = "Example: jobs doctor --full")]
    Doctor(Checkup),
}

/// How thoroughly to check, and how to say it.
#[derive(Debug, Clone, Copy, Default, Args)]
pub(super) struct Checkup {
    /// Check the law that every job is in one place on all jobs, however long that takes.
    #[arg(long)]
    pub(super) full: bool,
    /// Print JSON.
    #[arg(long)]
    pub(super) json: bool,
}

#[derive(Debug, Args)]
pub(super) struct Listing {
    #[command(flatten)]
    which: Which,
    /// The most jobs to list.
    #[arg(long, value_name = "N", default_value_t = 50,
        value_parser = clap::value_parser!(u32).range(1..=10_000))]
    limit: u32,
    /// Go on after this job, where a list ended.
    #[arg(long, value_name = "ID")]
    after: Option<i64>,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

impl Default for Listing {
    fn default() -> Self {
        Self { which: Which::default(), limit: 50, after: None, json: false }
    }
}

#[derive(Debug, Subcommand)]
pub(super) enum ScheduleWhat {
    /// Lists the schedules (the default).
    #[command(after_help = "Example: schedule list")]
    List {
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
    /// Lets a schedule enqueue nothing until it is resumed.
    #[command(after_help = "Example: schedule pause reconcile")]
    Pause {
        /// The schedule.
        name: String,
    },
    /// Lets a schedule enqueue again.
    #[command(after_help = "Example: schedule resume reconcile")]
    Resume {
        /// The schedule.
        name: String,
    },
    /// Enqueues a schedule's job now; when it is due next stays as it was.
    #[command(after_help = "Example: schedule run reconcile")]
    Run {
        /// The schedule.
        name: String,
    },
}

/// Runs a `jobs` command.
pub(super) async fn jobs(app: &App, ground: &Ground, what: JobsWhat) -> Result<ExitCode, Error> {
    let (jobs, urls) = open(app, ground).await?;
    let done = match what {
        JobsWhat::List(listing) => list::list(&jobs, listing).await,
        JobsWhat::Show { id, reveal, json } => show::show(&jobs, JobId(id), reveal, json).await,
        JobsWhat::Stats { since, json } => stats::stats(&jobs, since, json).await,
        JobsWhat::Retry { selection, args } => change::retry(app, &jobs, selection, args).await,
        JobsWhat::Cancel(selection) => change::cancel(&jobs, selection).await,
        JobsWhat::Discard(selection) => change::discard(&jobs, selection).await,
        JobsWhat::Pause { queue } => change::pause(&jobs, &queue).await,
        JobsWhat::Resume { queue } => change::resume(&jobs, &queue).await,
        JobsWhat::Doctor(checkup) => {
            let findings = check_queue(app, &jobs, checkup).await;
            Ok(print_findings(&findings, checkup.json))
        }
    };
    explained(app, &urls, done).await
}

/// Runs a `schedule` command.
pub(super) async fn schedule(
    app: &App,
    ground: &Ground,
    what: ScheduleWhat,
) -> Result<ExitCode, Error> {
    let (jobs, urls) = open(app, ground).await?;
    let done = schedule::schedule(&jobs, what).await;
    explained(app, &urls, done).await
}

async fn open(app: &App, ground: &Ground) -> Result<(Jobs, Urls), Error> {
    if !app.has_db() {
        return Err(Error::Refused("this application has no database, and so no jobs".to_owned()));
    }
    let urls = ground.urls().await?;
    let mut db = Db::new(&urls.app, &format!("{} jobs", app.name), &ground.settings.db)?;
    if let Some(keys) = ground.keys()? {
        db = db.with_keys(keys);
    }
    Ok((Jobs::new(db), urls))
}

/// Says what to do where a command failed because the database is not up to date, or is large.
async fn explained(
    app: &App,
    urls: &Urls,
    done: Result<ExitCode, Error>,
) -> Result<ExitCode, Error> {
    let Err(Error::Db(error)) = &done else { return done };
    let state = error.sqlstate();
    if state.as_deref() == Some("57014") {
        let said = "it took too long: say less with --state, --kind or --since, or allow it more \
                    time, as in --set db.statement_timeout=5m";
        return Err(Error::Refused(said.to_owned()));
    }
    let missing = matches!(state.as_deref(), Some("42P01" | "42883" | "3F000"));
    // Without its role no connection is made either.
    if missing || matches!(error, db::Error::Exhausted(_)) {
        let all = db::migrations(&urls.owner, app.migrations).await.unwrap_or_default();
        if all.iter().any(|migration| !migration.applied) {
            let said = format!("the database is not up to date; run `{} migrate`", app.name);
            return Err(Error::Refused(said));
        }
    }
    done
}
