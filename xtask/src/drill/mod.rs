//! `cargo xtask drill NAME`: rehearsals of what must go right when it matters.
//!
//! A drill uses only what a user has: the commands and the public API.

mod crash;
mod fresh;
mod newcomer;

use anyhow::Result;

use crate::harness::{self, Entry};

/// What a drill takes.
#[derive(clap::Args)]
#[command(after_help = "Examples:
  cargo xtask drill --list
  cargo xtask drill crash
  cargo xtask drill fresh --user visitor          as root; removes what it made
  cargo xtask drill fresh --user visitor --keep   leaves it for a look

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
