//! `jobs retry`, `cancel`, `discard`, `pause` and `resume`.

use std::io::{Read, stdin};
use std::process::ExitCode;

use serde::Serialize;
use serde_json::{Value, json};

use super::select::{Deed, Selection, known, refused};
use super::table::{json as pretty, say};
use crate::app::{App, Error};
use crate::job::operator::{Refusal, Verdicts};
use crate::job::{Cancel, Definition, JobId, Jobs, Place};

/// Up to so many jobs are named one by one.
const NAMED: usize = 10;

/// What became of the jobs.
#[derive(Debug, Default, Serialize)]
struct Report {
    /// Those with which it was done.
    done: Vec<JobId>,
    /// Those that run and were told to stop.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    requested: Vec<JobId>,
    /// Those with which it was not.
    refused: Vec<Refused>,
}

#[derive(Debug, Serialize)]
struct Refused {
    id: JobId,
    why: String,
}

pub(super) async fn retry(
    app: &App,
    jobs: &Jobs,
    selection: Selection,
    args: Option<String>,
) -> Result<ExitCode, Error> {
    let deed =
        Deed { verb: "Retry", usual: &[Place::Dead], possible: Place::is_final, undoable: true };
    if let Some(args) = args {
        return mend(app, jobs, &selection, &args).await;
    }
    let Some(ids) = selection.agreed(jobs, deed).await? else { return Ok(ExitCode::SUCCESS) };
    let verdicts = jobs.retry_all(&ids).await?;
    Ok(Report::from(verdicts).tell("ready again", selection.json))
}

/// Runs one job again, with other arguments.
async fn mend(
    app: &App,
    jobs: &Jobs,
    selection: &Selection,
    text: &str,
) -> Result<ExitCode, Error> {
    let &[id] = selection.ids.as_slice() else {
        return refused("--args is for one job, by its number");
    };
    let id = JobId(id);
    let mut read = String::new();
    if text == "-" {
        stdin().read_to_string(&mut read).map_err(Error::io("standard input"))?;
    }
    let text = if text == "-" { &read } else { text };
    let args: Value = match serde_json::from_str(text) {
        Ok(args) => args,
        Err(error) => return refused(&format!("these arguments are no JSON: {error}")),
    };
    let Some(found) = jobs.show(id).await? else {
        return refused(&format!("there is no job {id}"));
    };
    let kind = &found.standing.kind;
    fits(app, kind, &args)?;
    let encrypted = |(_, job): &(&str, Definition)| {
        let declared = &job.entry.declared;
        declared.name == kind && declared.encrypted
    };
    let encrypted = app.jobs().iter().any(encrypted);
    if selection.dry_run {
        eprintln!("would retry job {id} with these arguments");
        return Ok(ExitCode::SUCCESS);
    }
    let verdict = jobs.mend_as(id, &args, encrypted).await?;
    Ok(Report::from(vec![(id, verdict)]).tell("ready again, with these arguments", selection.json))
}

/// Refuses arguments that the kind's function could not read, where this program has it.
pub(super) fn fits(app: &App, kind: &str, args: &Value) -> Result<(), Error> {
    let manifest = app.manifest()?;
    let Some(job) = manifest.jobs.iter().find(|job| job.id == kind) else { return Ok(()) };
    let schema = json!({
        "allOf": [job.arguments],
        "components": {"schemas": manifest.schemas},
    });
    let Ok(validator) = jsonschema::validator_for(&schema) else { return Ok(()) };
    let faults: Vec<String> = validator
        .iter_errors(args)
        .map(|error| match error.instance_path().to_string() {
            path if path.is_empty() => format!("  - {error}"),
            path => format!("  - {path}: {error}"),
        })
        .collect();
    if faults.is_empty() {
        return Ok(());
    }
    refused(&format!("these are no arguments of `{kind}`:\n{}", faults.join("\n")))
}

pub(super) async fn cancel(jobs: &Jobs, selection: Selection) -> Result<ExitCode, Error> {
    let deed = Deed {
        verb: "Cancel",
        usual: &[Place::Scheduled, Place::Ready, Place::Blocked, Place::Running, Place::Retrying],
        possible: |place| !place.is_final(),
        undoable: true,
    };
    let Some(ids) = selection.agreed(jobs, deed).await? else { return Ok(ExitCode::SUCCESS) };
    let mut report = Report::default();
    for id in ids {
        let why = match jobs.cancel(id).await? {
            Cancel::Cancelled => {
                report.done.push(id);
                continue;
            }
            Cancel::Requested => {
                report.requested.push(id);
                continue;
            }
            Cancel::Busy => "it kept moving; ask again".to_owned(),
            Cancel::Over => match jobs.status(id).await? {
                Some(status) => format!("it is over: {}", status.place),
                None => Refusal::Unknown.to_string(),
            },
        };
        report.refused.push(Refused { id, why });
    }
    Ok(report.tell("cancelled", selection.json))
}

pub(super) async fn discard(jobs: &Jobs, selection: Selection) -> Result<ExitCode, Error> {
    let deed = Deed { verb: "Discard", usual: &[], possible: Place::is_final, undoable: false };
    let Some(ids) = selection.agreed(jobs, deed).await? else { return Ok(ExitCode::SUCCESS) };
    let verdicts = jobs.discard(&ids).await?;
    Ok(Report::from(verdicts).tell("gone", selection.json))
}

pub(super) async fn pause(jobs: &Jobs, queue: &str) -> Result<ExitCode, Error> {
    if !jobs.pause(queue).await? {
        known("queue", "queues", &[queue.to_owned()], &jobs.queues().await?)?;
    }
    say(&format!("queue {queue} is paused; what runs finishes"));
    Ok(ExitCode::SUCCESS)
}

pub(super) async fn resume(jobs: &Jobs, queue: &str) -> Result<ExitCode, Error> {
    if !jobs.resume(queue).await? {
        known("queue", "queues", &[queue.to_owned()], &jobs.queues().await?)?;
    }
    say(&format!("queue {queue} goes on"));
    Ok(ExitCode::SUCCESS)
}

impl From<Verdicts> for Report {
    fn from(verdicts: Verdicts) -> Self {
        let mut report = Self::default();
        for (id, refusal) in verdicts {
            match refusal {
                None => report.done.push(id),
                Some(refusal) => report.refused.push(Refused { id, why: refusal.to_string() }),
            }
        }
        report
    }
}

impl Report {
    /// Says what became of the jobs; fails where one was refused.
    fn tell(&self, became: &str, as_json: bool) -> ExitCode {
        if as_json {
            say(&pretty(self));
        } else {
            for (ids, became) in [(&self.done, became), (&self.requested, "told to stop")] {
                match ids.len() {
                    0 => {}
                    1..=NAMED => ids.iter().for_each(|id| say(&format!("job {id} is {became}"))),
                    count => say(&format!("{count} jobs are {became}")),
                }
            }
            for Refused { id, why } in &self.refused {
                eprintln!("job {id}: {why}");
            }
        }
        if self.refused.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
    }
}
