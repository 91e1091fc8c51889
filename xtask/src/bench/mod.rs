//! `cargo xtask bench NAME`: what is measured, by name.
//!
//! A bench that needs the app or the framework linked lives beside them and is only started
//! here; what measures cargo itself lives in this folder.

mod build;

use anyhow::Result;

use crate::command;
use crate::harness::{self, Entry, Outcome};

/// What a bench takes.
#[derive(clap::Args)]
#[command(after_help = "Examples:
  cargo xtask bench --list
  cargo xtask bench studio
  cargo xtask bench http --json
  cargo xtask bench studio -- SCENE    what follows `--` goes to the bench

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
    /// For the bench itself
    #[arg(last = true)]
    rest: Vec<String>,
}

const BENCHES: &[Entry<Args>] = &[
    Entry {
        name: "studio",
        what: "the studio renderer's masks against rendered truth, seconds and memory per shot",
        run: studio,
    },
    Entry {
        name: "http",
        what: "an annotated endpoint against its hand-written twin, by instructions",
        run: http,
    },
    Entry {
        name: "jobs",
        what: "the job queue against its floor and its peers, on one PostgreSQL",
        run: jobs,
    },
    Entry {
        name: "build",
        what: "clean build of the workspace, and what a hundred endpoints cost",
        run: build::run,
    },
];

/// Runs the bench, or lists them all.
pub(crate) fn run(args: &Args) -> Result<()> {
    match &args.name {
        Some(name) if !args.list => harness::run(BENCHES, name, args, args.json),
        _ => {
            harness::list(BENCHES);
            Ok(())
        }
    }
}

fn studio(args: &Args) -> Result<Outcome> {
    cargo_bench("jewel-studio", "studio", args)
}

fn http(args: &Args) -> Result<Outcome> {
    cargo_bench("tests", "http", args)
}

fn jobs(args: &Args) -> Result<Outcome> {
    cargo_bench("tests", "jobs", args)
}

fn cargo_bench(krate: &str, name: &str, args: &Args) -> Result<Outcome> {
    let mut cargo = command::cargo(&["bench", "--package", krate, "--bench", name, "--"]);
    if args.json {
        cargo.arg("--json");
    }
    cargo.args(&args.rest);
    harness::elsewhere(cargo)
}
