//! `jobs doctor`, and how both doctors tell what they found.

use std::fmt::Write;
use std::io::{IsTerminal, stderr};
use std::process::ExitCode;
use std::time::Duration;

use serde::Serialize;

use super::Checkup;
use super::table::{json, lines, say};
use crate::app::App;
use crate::job::Jobs;
use crate::job::operator::{Finding, Level, Program};

/// How long the conservation law is checked where not all of it is asked for.
const PATIENCE: Duration = Duration::from_secs(20);

/// Checks the queue for this application.
pub(in crate::app) async fn queue(app: &App, jobs: &Jobs, checkup: Checkup) -> Vec<Finding> {
    let declared: Vec<_> = app.jobs().iter().map(|(_, job)| job.entry.declared).collect();
    let kinds: Vec<&str> = declared.iter().map(|declared| declared.name).collect();
    let queues: Vec<&str> = declared.iter().map(|declared| declared.queue).collect();
    let patience = (!checkup.full).then_some(PATIENCE);
    let encrypted = declared.iter().filter(|declared| declared.encrypted);
    let encrypted: Vec<&str> = encrypted.map(|declared| declared.name).collect();
    let program = Program { kinds: &kinds, queues: &queues, encrypted: &encrypted, patience };
    let terminal = stderr().is_terminal();
    let mut told = false;
    let findings = jobs
        .check(program, |done, all| {
            // One statement's worth is no progress to tell of.
            if terminal && (told || done < all) {
                told = true;
                eprint!("\rchecked {done} of {all} jobs' numbers");
            }
        })
        .await;
    if told {
        eprintln!();
    }
    findings
}

/// All findings as JSON.
#[derive(Serialize)]
struct Report<'a> {
    /// The worst of them.
    level: Level,
    findings: &'a [Finding],
}

/// Prints findings; fails where one is bad.
pub(in crate::app) fn print(findings: &[Finding], as_json: bool) -> ExitCode {
    let level = findings.iter().map(|finding| finding.level).max().unwrap_or(Level::Ok);
    say(&if as_json { json(&Report { level, findings }) } else { text(findings) });
    if level == Level::Fail { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

/// A line for each, and a second one with what to do.
pub(super) fn text(findings: &[Finding]) -> String {
    let mut text = String::new();
    for Finding { check, level, said, advice } in findings {
        let word = match level {
            Level::Ok => "ok",
            Level::Info => "info",
            Level::Warn => "warn",
            Level::Fail => "FAIL",
        };
        let _ = writeln!(text, "{word:<6} {check}: {said}"); // a String takes everything
        if let Some(advice) = advice {
            text.push_str(&lines(advice, "         -> "));
        }
    }
    text
}
