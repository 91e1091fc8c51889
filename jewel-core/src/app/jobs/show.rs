//! `jobs show`.

use std::fmt::Write;
use std::process::ExitCode;

use serde_json::Value;

use super::select::refused;
use super::table::{json, line, lines, say, when};
use crate::app::Error;
use crate::clock::{Clock, Timestamp};
use crate::job::operator::{Detail, Standing, sealed_key};
use crate::job::{JobId, Jobs, Place, Priority};

pub(super) async fn show(
    jobs: &Jobs,
    id: JobId,
    reveal: bool,
    as_json: bool,
) -> Result<ExitCode, Error> {
    let Some(mut detail) = jobs.show(id).await? else {
        return refused(&format!("there is no job {id}"));
    };
    if reveal {
        detail = match jobs.reveal(detail) {
            Ok(detail) => detail,
            Err(closed) => return refused(&format!("job {id} is not revealed: {closed}")),
        };
    }
    say(&if as_json { json(&detail) } else { text(&detail, Clock::default().now()) });
    Ok(ExitCode::SUCCESS)
}

/// All of it, for people.
pub(super) fn text(detail: &Detail, now: Timestamp) -> String {
    let job = &detail.standing;
    let mut text = format!("job {}: {} is {}\n\n", job.id, line(&job.kind, 200), state(job));
    for (name, value) in facts(detail, now) {
        let _ = writeln!(text, "  {name:<10} {value}"); // a String takes everything
    }
    block(&mut text, "arguments", &job.args);
    if let Some(result) = &job.result {
        block(&mut text, "result", result);
    }
    if !detail.failures.is_empty() {
        text.push_str("\n  failures\n");
    }
    for failure in &detail.failures {
        let reason = failure.reason.replace('_', " ");
        let at = when(failure.at, now);
        let _ = writeln!(text, "    attempt {}, {at}: {reason}", failure.attempt);
        text.push_str(&lines(failure.message.as_deref().unwrap_or_default(), "      "));
    }
    if let Some(hint) = hint(job) {
        let _ = write!(text, "\n{hint}\n");
    }
    text
}

fn state(job: &Standing) -> &'static str {
    job.state.map_or("LOST: it is in no place; see `jobs doctor`", Place::as_str)
}

/// What is said in one line each.
fn facts(detail: &Detail, now: Timestamp) -> Vec<(&'static str, String)> {
    let job = &detail.standing;
    let mut facts = vec![
        ("queue", format!("{}, {}", job.queue, priority(job.priority))),
        ("attempt", job.attempt.to_string()),
    ];
    let times = [
        ("enqueued", Some(job.created_at)),
        ("due", job.run_at),
        ("started", job.started_at),
        ("ended", job.finished_at),
    ];
    let stamped = |at: Timestamp| {
        let exact = at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true);
        format!("{} ({exact})", when(at, now))
    };
    facts.extend(times.into_iter().filter_map(|(name, at)| Some((name, stamped(at?)))));
    if let (Some(percent), Some(step)) = (job.percent, &job.step) {
        facts.push(("progress", format!("{percent} %, {}", line(step, 200))));
    }
    if job.cancel_requested {
        facts.push(("cancel", "requested: its worker tells it".to_owned()));
    }
    if let Some(worker) = &detail.worker {
        let name = worker.name.as_deref().unwrap_or("(forgotten)");
        let life = if worker.alive { "alive" } else { "dead" };
        facts.push(("worker", format!("{} {}, {life}", worker.id, line(name, 200))));
    }
    facts.extend(job.lease.map(|lease| ("lease", lease.to_string())));
    if let Some(crashes) = job.crashes.filter(|crashes| *crashes > 0) {
        facts.push(("crashes", format!("{crashes} workers were lost while they had it")));
    }
    facts.extend(job.lane_key.map(|key| ("lane", key.to_string())));
    if job.holds_key {
        facts.push(("unique", "it keeps others of its key out".to_owned()));
    }
    for (name, ids) in [("waits for", &detail.waits_for), ("awaited by", &detail.awaited_by)] {
        if !ids.is_empty() {
            let ids: Vec<String> = ids.iter().map(ToString::to_string).collect();
            facts.push((name, ids.join(", ")));
        }
    }
    if let Some(Value::Object(meta)) = &job.meta
        && !meta.is_empty()
    {
        let word = |value: &Value| match value {
            Value::String(text) => line(text, 200),
            other => other.to_string(),
        };
        let pairs = meta.iter().map(|(name, value)| format!("{}={}", line(name, 40), word(value)));
        facts.push(("carries", pairs.collect::<Vec<_>>().join(" ")));
    }
    facts
}

fn priority(number: i16) -> String {
    match Priority::ALL.into_iter().find(|priority| priority.number() == number) {
        Some(priority) => priority.as_str().to_owned(),
        None => format!("priority {number}"),
    }
}

fn block(text: &mut String, name: &str, value: &Value) {
    let shown = match sealed_key(value) {
        Some(key) => format!("    sealed under the key {key}; `--reveal` opens them\n"),
        None => lines(&json(value), "    "),
    };
    let _ = write!(text, "\n  {name}\n{shown}"); // a String takes everything
}

/// What an operator may want to do next.
fn hint(job: &Standing) -> Option<String> {
    let id = job.id;
    match job.state? {
        Place::Dead | Place::Poisoned => Some(format!(
            "Run it again with `jobs retry {id}`, with better arguments by `--args JSON`."
        )),
        Place::Cancelled => Some(format!("Run it after all with `jobs retry {id}`.")),
        _ => None,
    }
}
