//! `cargo xtask ci`: every check that a change must pass; exactly what CI runs.
//!
//! One table of steps, run in order, each named and timed, ended by the first failure with the
//! command that repeats it. The tests come last, so that their summary closes the output.

mod figures;

use std::time::Instant;

use anyhow::{Result, bail};

use crate::{command, deny, front, workspace};

/// What ci takes.
#[derive(clap::Args)]
#[command(after_help = "Examples:
  cargo xtask ci                          everything, as CI does
  cargo xtask ci --list                   the steps
  cargo xtask ci --only lint --only fmt   some of them
  cargo xtask ci --skip figures           all but one")]
pub(crate) struct Args {
    /// Leave out this step (may be repeated)
    #[arg(long, value_name = "STEP")]
    skip: Vec<String>,
    /// Run no step but this (may be repeated)
    #[arg(long, value_name = "STEP")]
    only: Vec<String>,
    /// Print the steps and stop
    #[arg(long)]
    list: bool,
}

/// What a step does.
enum Action {
    /// Runs cargo, with these further variables.
    Cargo(&'static [&'static str], &'static [(&'static str, &'static str)]),
    /// Runs this command of ours in a process of its own.
    Xtask(Vec<&'static str>),
    /// Calls a function, which `cargo xtask ci --only NAME` repeats.
    Call(fn() -> Result<()>),
}

struct Step {
    name: &'static str,
    what: &'static str,
    action: Action,
}

/// The step whose own summary is the last thing printed.
const LAST: &str = "test";
const RUSTDOC: &[(&str, &str)] = &[("RUSTDOCFLAGS", "-D warnings")];
const CLIPPY: &[&str] =
    &["clippy", "--workspace", "--all-targets", "--all-features", "--", "-D", "warnings"];

fn steps() -> Vec<Step> {
    use Action::{Call, Cargo, Xtask};
    let step = |name, what, action| Step { name, what, action };
    let mut steps = vec![
        step("fmt", "the code is formatted", Cargo(&["fmt", "--all", "--check"], &[])),
        step("build", "it compiles; from nothing, that is a figure", Call(build)),
        step("clippy", "no warning", Cargo(CLIPPY, &[])),
        step("lint", "the house rules", Xtask(vec!["lint"])),
    ];
    for file in front::GENERATED {
        steps.push(step(
            file.name,
            "a generated file is current",
            Xtask(vec![file.name, "--check"]),
        ));
    }
    let said = "entities, migrations and snapshot say the same";
    steps.push(step("migrations", said, Xtask(vec!["migrations", "check"])));
    let linted = "migrations hold nobody up";
    steps.push(step("squawk", linted, Xtask(vec!["migrations", "lint"])));
    let docs = Xtask(vec!["migrations", "docs", "--check"]);
    steps.push(step("tables", "the reference of the tables is current", docs));
    let doc = &["doc", "--workspace", "--no-deps"];
    steps.extend([
        step("doc", "the documentation builds without a warning", Cargo(doc, RUSTDOC)),
        step("deny", "bans, licences and sources of the dependencies", Call(deny::check)),
        step("figures", "what a change and a hundred endpoints cost", Call(figures::print)),
        step(LAST, "the tests", Cargo(&["test", "--workspace"], &[])),
    ]);
    steps
}

/// Runs the steps that are wanted.
pub(crate) fn run(args: &Args) -> Result<()> {
    let steps = steps();
    for name in args.skip.iter().chain(&args.only) {
        if !steps.iter().any(|step| step.name == name) {
            bail!("there is no step `{name}`: `cargo xtask ci --list` prints them");
        }
    }
    if args.list {
        for step in &steps {
            println!("{:<10}{:<56}{}", step.name, step.what, step.repeat());
        }
        return Ok(());
    }
    let wanted = |step: &&Step| {
        let named = |names: &[String]| names.iter().any(|name| name == step.name);
        !named(&args.skip) && (args.only.is_empty() || named(&args.only))
    };
    let begin = Instant::now();
    for step in steps.iter().filter(wanted) {
        step.run(begin)?;
    }
    Ok(())
}

impl Step {
    fn run(&self, since: Instant) -> Result<()> {
        eprintln!("ci: {} ({}) at {:.0} s", self.name, self.what, since.elapsed().as_secs_f64());
        let begin = Instant::now();
        let result = match &self.action {
            Action::Call(function) => function(),
            Action::Cargo(args, variables) => {
                let mut cargo = command::cargo(args);
                cargo.envs(variables.iter().copied());
                command::run(cargo)
            }
            Action::Xtask(args) => {
                let mut ourselves = command::ourselves();
                ourselves.args(args);
                command::run(ourselves)
            }
        };
        let took = begin.elapsed().as_secs_f64();
        if let Err(error) = result {
            let (name, repeat) = (self.name, self.repeat());
            bail!("{error:#}\nci: {name} failed after {took:.1} s\nrepeat it with: {repeat}");
        }
        if self.name != LAST {
            eprintln!("ci: {} passed in {took:.1} s", self.name);
        }
        Ok(())
    }

    /// The command that runs this step alone.
    fn repeat(&self) -> String {
        match &self.action {
            Action::Cargo(args, variables) => {
                let set = |(name, value): &(&str, &str)| format!("{name}='{value}' ");
                let variables: String = variables.iter().map(set).collect();
                format!("{variables}cargo {}", args.join(" "))
            }
            Action::Xtask(args) => format!("cargo xtask {}", args.join(" ")),
            Action::Call(_) => format!("cargo xtask ci --only {}", self.name),
        }
    }
}

/// Builds the workspace; when nothing was built before, the time is a figure.
fn build() -> Result<()> {
    let cold = !built_before()?;
    let took = command::timed(command::cargo(&["build", "--workspace"]))?;
    if cold {
        println!("figure: clean_build_s={took:.1}");
    }
    Ok(())
}

/// Whether jewel-app was ever built here: xtask itself always was.
fn built_before() -> Result<bool> {
    let program = format!("debug/jewel-app{}", std::env::consts::EXE_SUFFIX);
    Ok(workspace::target()?.join(program).exists())
}

#[cfg(test)]
mod tests;
