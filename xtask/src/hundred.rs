//! Writes a crate with many endpoints, to see what an endpoint costs to compile.
//!
//! The crate is a stranger's: it stands outside the workspace, depends on jewel-core by path and
//! uses the annotations as DESIGN's grammar says. It is compiled, never run.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

use crate::command;
use crate::edit::Edit;
use crate::workspace;

const ENDPOINTS: usize = 100;

const HEAD: &str = "//! Endpoints without meaning, to be compiled.
use jewel_core::{Body, Problem, input, output, post};

/// No problem of its own.
#[derive(Debug, thiserror::Error, Problem)]
pub enum Never {}
";

/// One endpoint; `§` stands for its number.
const ENDPOINT: &str = "
/// A thing to be made.
#[input]
pub struct Make§ {
    /// Its name.
    #[garde(length(chars, min = 1, max = 60))]
    pub name: String,
    /// How many.
    #[garde(range(min = 1, max = 100))]
    pub count: u32,
}

/// A thing that was made.
#[output]
pub struct Made§ {
    /// Its name.
    pub name: String,
}

/// Make a thing.
#[post(\"/v1/things-§\", access(public), limit(30 / minute, per = ip), repeatable)]
pub async fn make_§(make: Body<Make§>) -> Result<Made§, Never> {
    Ok(Made§ { name: make.name.repeat(make.count as usize) })
}
";

/// What the endpoints cost.
pub(crate) struct Cost {
    /// Seconds for the crate with one endpoint, everything below it built.
    pub(crate) one: f64,
    /// Seconds for the crate with a hundred.
    pub(crate) hundred: f64,
    /// Seconds after one of the hundred handlers changed.
    pub(crate) touch: f64,
}

/// Writes, builds, changes and builds again.
pub(crate) fn measure(folder: &Path, target: &Path) -> Result<Cost> {
    let source = folder.join("src/lib.rs");
    write(&source, &text(1))?;
    write(&folder.join("Cargo.toml"), &manifest())?;
    fs::copy(workspace::root().join("Cargo.lock"), folder.join("Cargo.lock"))
        .context("Cargo.lock cannot be copied")?;
    build(folder, target)?;
    let fresh = |endpoints| -> Result<f64> {
        write(&source, &text(endpoints))?;
        clean(folder, target)?;
        build(folder, target)
    };
    let (one, hundred) = (fresh(1)?, fresh(ENDPOINTS)?);
    let _edit = Edit::first_handler(&source)?;
    Ok(Cost { one, hundred, touch: build(folder, target)? })
}

fn build(folder: &Path, target: &Path) -> Result<f64> {
    let mut cargo = command::cargo(&["build", "--quiet", "--lib", "--target-dir"]);
    cargo.arg(target).current_dir(folder);
    command::timed(cargo)
}

fn clean(folder: &Path, target: &Path) -> Result<()> {
    let mut cargo = command::cargo(&["clean", "--quiet", "--package=hundred", "--target-dir"]);
    cargo.arg(target).current_dir(folder);
    command::run(cargo)
}

fn write(path: &Path, text: &str) -> Result<()> {
    let folder = path.parent().unwrap_or(path);
    fs::create_dir_all(folder)
        .and_then(|()| fs::write(path, text))
        .with_context(|| format!("cannot write {}", path.display()))
}

fn manifest() -> String {
    let root = workspace::root();
    format!(
        "[package]\nname = \"hundred\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n\
         [dependencies]\njewel-core = {{ path = \"{}\" }}\n\
         garde = \"*\"\nthiserror = \"*\"\n\n\
         [profile.dev]\ndebug = \"line-tables-only\"\n\n[workspace]\n",
        root.join("jewel-core").display(),
    )
}

/// The source with this many endpoints, each with a body of its own.
fn text(endpoints: usize) -> String {
    let endpoints = (0..endpoints).map(|n| ENDPOINT.replace('§', &n.to_string()));
    HEAD.to_owned() + &endpoints.collect::<String>()
}

#[cfg(test)]
mod tests;
