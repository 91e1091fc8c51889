//! Starts a bench that is a cargo bench of another crate, and takes over its closing line.
//!
//! Its other lines are progress and go to stderr; its exit code is its gate.

use std::io::{BufRead, BufReader};
use std::process::Stdio;

use anyhow::{Context, Result};

use super::Args;
use crate::command;
use crate::harness::Outcome;

/// Runs `cargo bench -p KRATE --bench NAME`.
pub(super) fn run(krate: &str, name: &str, args: &Args) -> Result<Outcome> {
    let mut cargo = command::cargo(&["bench", "--package", krate, "--bench", name, "--"]);
    if args.json {
        cargo.arg("--json");
    }
    cargo.args(&args.rest).stdout(Stdio::piped());
    let line = command::shown(&cargo);
    let mut child = cargo.spawn().with_context(|| format!("cannot start `{line}`"))?;
    let mut outcome = None;
    for printed in child.stdout.take().map(BufReader::new).into_iter().flat_map(BufRead::lines) {
        let printed = printed?;
        match Outcome::read(&printed) {
            Some(read) => outcome = Some(read),
            None => eprintln!("{printed}"),
        }
    }
    let status = child.wait()?;
    let outcome = outcome.with_context(|| {
        format!("`{line}` ({status}) closed with neither `result: key=value ..` nor an object")
    })?;
    Ok(outcome.gate(status.success()))
}
