//! `cargo xtask lint`: the house rules that neither rustc nor clippy knows.
//!
//! One table of rules; each is a small file, reads one source at a time by tokens and by syn, and
//! reports every violation with its place and its mend. Nothing here changes a file.

mod annotated;
mod imports;
mod ladder;
mod mounted;
mod naming;
mod ranks;
mod rooms;
mod shape;
mod source;
mod tokens;
mod words;

use std::fmt;

use anyhow::{Result, bail};

use crate::front;
use crate::manifest::Mounted;
use source::Source;

/// What the lint takes.
#[derive(clap::Args)]
#[command(after_help = "Examples:
  cargo xtask lint                  every rule
  cargo xtask lint --no-manifest    without the rule that builds and asks jewel-app
  cargo xtask lint --rules          what the rules are")]
pub(crate) struct Args {
    /// Leave out `mounted`, which needs jewel-app to compile
    #[arg(long)]
    no_manifest: bool,
    /// Print the rules and stop
    #[arg(long)]
    rules: bool,
}

/// One rule over one source.
struct Rule {
    name: &'static str,
    what: &'static str,
    check: fn(&Source) -> Vec<Finding>,
}

/// What a rule found: the line, and a sentence with the mend.
struct Finding {
    line: usize,
    what: String,
}

/// A finding with its rule and its file.
struct Violation {
    file: String,
    rule: &'static str,
    finding: Finding,
}

const RULES: &[Rule] = &[
    Rule { name: "ranks", what: "modules import only what stands before", check: ranks::check },
    Rule { name: "rooms", what: "macros go parse, valid, expand", check: rooms::check },
    Rule { name: "head", what: "a file begins with what it is", check: shape::head },
    Rule { name: "size", what: "files end at 800 lines, explain above 400", check: shape::size },
    Rule { name: "function", what: "functions end at 70 lines", check: shape::functions },
    Rule { name: "columns", what: "lines end at column 100", check: shape::columns },
    Rule { name: "name", what: "a file's name says what is in it", check: shape::name },
    Rule { name: "unfinished", what: "nothing is left for later", check: words::unfinished },
    Rule { name: "panic", what: "no unwrap or expect outside tests", check: words::panics },
    Rule { name: "sleep", what: "tests wait for what happens", check: words::sleeps },
    Rule { name: "path", what: "paths are plural kebab-case nouns", check: naming::check },
];

/// The one rule that asks the app.
const MOUNTED: &str = "mounted";

impl Finding {
    fn new(line: usize, what: impl Into<String>) -> Self {
        Self { line, what: what.into() }
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Finding { line, what } = &self.finding;
        write!(out, "{}:{line}: {}: {what}", self.file, self.rule)
    }
}

/// Runs the rules, prints every violation, and fails when there is one.
pub(crate) fn run(args: &Args) -> Result<()> {
    if args.rules {
        for rule in RULES {
            println!("{:<12}{}", rule.name, rule.what);
        }
        println!("{MOUNTED:<12}what is annotated in jewel-app is mounted");
        return Ok(());
    }
    let sources = source::all()?;
    let mut violations: Vec<_> = sources.iter().flat_map(of_source).collect();
    if !args.no_manifest {
        violations.extend(unmounted(&sources)?);
    }
    for violation in &violations {
        println!("{violation}");
    }
    if !violations.is_empty() {
        bail!("lint: {} violations (repeat: `cargo xtask lint`)", violations.len());
    }
    println!("lint: {} files, clean", sources.len());
    Ok(())
}

fn of_source(source: &Source) -> Vec<Violation> {
    let found = |rule: &Rule| -> Vec<Violation> {
        let findings = (rule.check)(source).into_iter();
        findings.map(|finding| place(source, rule.name, finding)).collect()
    };
    RULES.iter().flat_map(found).collect()
}

fn unmounted(sources: &[Source]) -> Result<Vec<Violation>> {
    let mounted = Mounted::read(&front::manifest_text()?)?;
    let of = |source| {
        let findings = mounted::check(source, &mounted).into_iter();
        findings.map(move |finding| place(source, MOUNTED, finding))
    };
    Ok(sources.iter().flat_map(of).collect())
}

fn place(source: &Source, rule: &'static str, finding: Finding) -> Violation {
    Violation { file: source.file.clone(), rule, finding }
}

#[cfg(test)]
mod tests;
