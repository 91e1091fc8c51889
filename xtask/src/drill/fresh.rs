//! Drill `fresh`: the README's two commands as somebody who has just cloned the project.
//!
//! An ordinary user, an empty environment, a clean clone of the last commit. The user is handed a
//! toolchain and what cargo has downloaded; everything else is the project's own matter.

use std::process::Command;
use std::time::Instant;

use anyhow::{Context, Result, bail};

use super::Args;
use super::newcomer::Newcomer;
use crate::harness::Outcome;

const COMMANDS: [(&str, &[&str]); 2] =
    [("demo", &["xtask", "demo"]), ("test", &["test", "--workspace"])];

/// Makes the newcomer, runs both commands, removes what it made.
pub(super) fn run(args: &Args) -> Result<Outcome> {
    let Some(name) = &args.user else {
        bail!("say who: `cargo xtask drill fresh --user NAME`");
    };
    if crate::command::read(with(Command::new("id"), &["-u"]))?.trim() != "0" {
        bail!("`drill fresh` makes a user and needs root: run it as root or under sudo");
    }
    let begin = Instant::now();
    let newcomer = Newcomer::make(name)?;
    let outcome = rehearse(&newcomer, begin);
    if args.keep {
        eprintln!("kept: {}", newcomer.clone_folder().display());
    } else {
        newcomer.remove().context("what the drill made could not all be removed")?;
    }
    Ok(outcome)
}

/// Both are run, also when the first one fails.
fn rehearse(newcomer: &Newcomer, begin: Instant) -> Outcome {
    let mut outcome = Outcome::new()
        .with("drill", "fresh")
        .with("user", newcomer.name())
        .seconds("prepare_s", begin.elapsed().as_secs_f64());
    for (name, args) in COMMANDS {
        let command = with(newcomer.cargo(), args);
        eprintln!("{}$ {}", newcomer.name(), crate::command::shown(&command));
        let begin = Instant::now();
        let result = crate::command::run(command);
        let took = begin.elapsed().as_secs_f64();
        if let Err(error) = &result {
            eprintln!("{error:#}");
        }
        let verdict = if result.is_ok() { "ok" } else { "failed" };
        outcome = outcome.with(name, verdict).seconds(&format!("{name}_s"), took);
        outcome = outcome.gate(result.is_ok());
    }
    outcome
}

fn with(mut command: Command, args: &[&str]) -> Command {
    command.args(args);
    command
}
