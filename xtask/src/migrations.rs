//! `cargo xtask migrations ..`: jewel-app's own command with its folder, and `lint`, which asks
//! squawk and a rule of ours about every migration that was generated.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use serde::Deserialize;
use squawk_linter::{Linter, Rule};
use squawk_syntax::SourceFile;

use crate::{command, front, workspace};

/// The reference of the tables.
const TABLES: &str = "docs/reference/tables.md";
/// What squawk is asked.
const CONFIG: &str = ".squawk.toml";
/// What those of no transaction begin with.
const ALONE: &str = "-- no-transaction";

/// Passes the words on, or lints.
pub(crate) fn run(words: &[String]) -> Result<()> {
    let first = words.first().map(String::as_str).unwrap_or_default();
    if first == "lint" {
        return lint();
    }
    let mut run = command::cargo(&front::APP);
    run.arg("migrations").args(words);
    if ["generate", "new", "check"].contains(&first) {
        run.args(["--root", "jewel-app"]);
    }
    if first == "docs" {
        run.args(["--out", TABLES]);
    }
    command::run(run)
}

/// Lints every migration that has a way back: the first ones, by hand, made tables out of nothing.
fn lint() -> Result<()> {
    let excluded = excluded(&workspace::root().join(CONFIG))?;
    let mut found = Vec::new();
    for folder in ["jewel-app/migrations", "examples/crud/migrations"] {
        for path in files(&workspace::root().join(folder))? {
            let text = fs::read_to_string(&path)?;
            let name = format!("{folder}/{}", path.file_name().unwrap_or_default().display());
            found
                .extend(faults(&text, &excluded).into_iter().map(|fault| format!("{name}{fault}")));
        }
    }
    for fault in &found {
        eprintln!("{fault}");
    }
    if !found.is_empty() {
        bail!("migrations: {} violations (repeat: `cargo xtask migrations lint`)", found.len());
    }
    println!("migrations: clean");
    Ok(())
}

fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).with_context(|| folder.display().to_string())? {
        let path = entry?.path();
        let name = path.display().to_string();
        if name.ends_with(".up.sql") || name.ends_with(".down.sql") {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

/// The rules that squawk is not asked for.
fn excluded(config: &Path) -> Result<Vec<Rule>> {
    #[derive(Deserialize)]
    struct Config {
        excluded_rules: Vec<String>,
    }
    let text = fs::read_to_string(config).with_context(|| config.display().to_string())?;
    let config: Config = toml::from_str(&text).context(CONFIG)?;
    let rule = |name: &String| Rule::try_from(name.as_str()).map_err(anyhow::Error::msg);
    config.excluded_rules.iter().map(rule).collect()
}

/// Everything that is wrong with a migration, each as `:line: rule: what`.
fn faults(text: &str, excluded: &[Rule]) -> Vec<String> {
    let alone = text.starts_with(ALONE);
    let parsed = SourceFile::parse(text);
    let line = |at: usize| text[..at].lines().count().max(1);
    let mut found: Vec<String> = parsed
        .errors()
        .iter()
        .map(|error| {
            format!(":{}: syntax: {}", line(error.range().start().into()), error.message())
        })
        .collect();
    let mut linter = Linter::with_rules(&[], excluded);
    linter.settings.assume_in_transaction = !alone;
    for violation in linter.lint(&parsed, text) {
        let at = line(violation.text_range.start().into());
        found.push(format!(":{at}: {}: {}", violation.code, violation.message));
    }
    let statements = parsed.tree().stmts().count();
    if alone && statements != 1 {
        found.push(format!(": {statements} statements after `{ALONE}`: one to a file"));
    }
    found
}

#[cfg(test)]
mod tests;
