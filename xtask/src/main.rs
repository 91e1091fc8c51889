//! The workspace's front door: `cargo xtask NAME`.
//!
//! This file is the list of commands and nothing else; each command is a module of its name.
//! It links neither axum nor sqlx, so it is built in seconds and works while the app does not
//! compile. What only a running app knows (its manifest, its settings) it asks from
//! `jewel-app`'s own binary.

mod bench;
mod ci;
mod command;
mod demo;
mod deny;
mod drill;
mod edit;
mod front;
mod harness;
mod hundred;
mod lint;
mod manifest;
mod migrations;
mod workspace;

use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};

/// Everything one does to this workspace, by name.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", arg_required_else_help = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Run every check that a change must pass, in order, and stop at the first failure
    Ci(ci::Args),
    /// Check the house rules: ranks, tidiness, path names, unmounted items
    Lint(lint::Args),
    /// Check the dependencies against the advisory database that `ADVISORY_DB` names
    #[command(after_help = deny::AUDIT_EXAMPLES)]
    Audit,
    /// Write jewel-app's `OpenAPI` document, or check that it is current
    Openapi(front::Args),
    /// Write the reference of all settings, or check that it is current
    Settings(front::Args),
    /// jewel-app's migrations: `generate NAME`, `new NAME`, `check`, `lint`, `docs`, `status`
    Migrations {
        /// What to do; `--help` says more
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        words: Vec<String>,
    },
    /// Print jewel-app's manifest as JSON
    Manifest,
    /// Measure something and hold it against its gate
    Bench(bench::Args),
    /// Rehearse something that must go right when it matters
    Drill(drill::Args),
    /// Run the whole product on this machine, through its public API
    Demo(demo::Args),
}

fn main() -> ExitCode {
    match run(Cli::parse().command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(command: Command) -> Result<()> {
    match command {
        Command::Ci(args) => ci::run(&args),
        Command::Lint(args) => lint::run(&args),
        Command::Audit => deny::audit(),
        Command::Openapi(args) => front::generate("openapi", &args),
        Command::Settings(args) => front::generate("settings", &args),
        Command::Migrations { words } => migrations::run(&words),
        Command::Manifest => front::manifest(),
        Command::Bench(args) => bench::run(&args),
        Command::Drill(args) => drill::run(&args),
        Command::Demo(args) => demo::run(&args),
    }
}
