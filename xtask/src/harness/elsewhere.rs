//! A bench or drill that is a program of another crate: it is started, and its closing line taken
//! over.
//!
//! Its other lines are progress and go to stderr; its exit code is its gate.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use anyhow::{Context, Result};

use super::Outcome;
use crate::command;

/// Runs it, and reads what it closes with.
pub(crate) fn elsewhere(mut cargo: Command) -> Result<Outcome> {
    let line = command::shown(&cargo);
    cargo.stdout(Stdio::piped());
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
