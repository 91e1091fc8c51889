//! `cargo xtask drill NAME`: rehearsals of what must go right when it matters.
//!
//! A drill uses only what a user has: the commands and the public API.

mod crash;
mod fresh;
mod newcomer;

use anyhow::Result;

use crate::command;
use crate::harness::{self, Entry, Outcome};

/// What a drill takes.
#[derive(clap::Args)]
#[command(after_help = "Examples:
  cargo xtask drill --list
  cargo xtask drill crash
  cargo xtask drill fresh --user visitor          as root; removes what it made
  cargo xtask drill fresh --user visitor --keep   leaves it for a look
  cargo xtask drill chaos-jobs --minutes 10

Closes with one line `result: key=value ..`; fails when the gate does not hold.")]
pub(crate) struct Args {
    /// Which one
    #[arg(required_unless_present = "list")]
    name: Option<String>,
    /// Close with one JSON object instead of the result line
    #[arg(long)]
    json: bool,
    /// Print what there is and stop
    #[arg(long)]
    list: bool,
    /// The ordinary user of `fresh`
    #[arg(long, value_name = "NAME")]
    user: Option<String>,
    /// Leave what `fresh` made
    #[arg(long)]
    keep: bool,
    /// How long the storm of `chaos-jobs` lasts at least
    #[arg(long, value_name = "N", default_value_t = 3)]
    minutes: u16,
}

const DRILLS: &[Entry<Args>] = &[
    Entry {
        name: "fresh",
        what: "the two commands of the README, as an ordinary user in a clean clone",
        run: fresh::run,
    },
    Entry {
        name: "crash",
        what: "kill -9 in the middle of orders; each completes or gives its credits back",
        run: crash::run,
    },
    Entry {
        name: "chaos-jobs",
        what: "workers and PostgreSQL are killed, paused and cut off; no job is lost",
        run: chaos_jobs,
    },
    Entry {
        name: "migrate",
        what: "a million rows get rules and an index while they are written; nobody waits",
        run: migrate,
    },
];

/// Runs the drill, or lists them all.
pub(crate) fn run(args: &Args) -> Result<()> {
    match &args.name {
        Some(name) if !args.list => harness::run(DRILLS, name, args, args.json),
        _ => {
            harness::list(DRILLS);
            Ok(())
        }
    }
}

fn chaos_jobs(args: &Args) -> Result<Outcome> {
    let mut cargo = command::cargo(&["test", "--package", "tests", "--test", "chaos", "--"]);
    cargo.args(["--minutes", &args.minutes.to_string()]);
    if args.json {
        cargo.arg("--json");
    }
    harness::elsewhere(cargo)
}

fn migrate(args: &Args) -> Result<Outcome> {
    let mut cargo = command::cargo(&["test", "--package", "tests", "--test", "migrate", "--"]);
    cargo.args(["--rows", "1000000"]);
    if args.json {
        cargo.arg("--json");
    }
    harness::elsewhere(cargo)
}
