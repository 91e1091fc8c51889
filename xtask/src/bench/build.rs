//! What it costs to build: the workspace from nothing, and a crate of a hundred endpoints.
//!
//! Figures to watch, with no gate: they depend on the machine. Everything goes to a scratch
//! folder under the cache, which is emptied before and after.

use std::fs;

use anyhow::{Context, Result};

use super::Args;
use crate::harness::Outcome;
use crate::{command, hundred, workspace};

/// Measures and cleans up.
pub(super) fn run(_: &Args) -> Result<Outcome> {
    let scratch = workspace::cache()?.join("bench-build");
    let empty = || match fs::remove_dir_all(&scratch) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    };
    empty().with_context(|| format!("cannot empty {}", scratch.display()))?;
    let target = scratch.join("target");
    let mut cargo = command::cargo(&["build", "--workspace", "--target-dir"]);
    cargo.arg(&target);
    let clean = command::timed(cargo)?;
    let cost = hundred::measure(&scratch.join("hundred"), &target)?;
    empty().with_context(|| format!("cannot empty {}", scratch.display()))?;
    Ok(Outcome::new()
        .with("bench", "build")
        .seconds("clean_build_s", clean)
        .seconds("endpoints_1_s", cost.one)
        .seconds("endpoints_100_s", cost.hundred)
        .seconds("endpoints_100_touch_s", cost.touch))
}
