//! Where things are: the checkout, its build folder, what is kept between builds.
//!
//! Only looks; it makes no folder and changes nothing.

use std::env;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde_json::Value;

use crate::command;

/// The checkout's root: cargo names this package's folder when it runs us, and the folder we were
/// built from stands in when the binary is started by hand.
pub(crate) fn root() -> PathBuf {
    let package = env::var_os("CARGO_MANIFEST_DIR")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
    package.parent().map_or(package.clone(), Path::to_path_buf)
}

/// What survives between runs and checkouts: `JEWEL_CACHE`, else `~/.cache/jewel`.
pub(crate) fn cache() -> Result<PathBuf> {
    if let Some(folder) = env::var_os("JEWEL_CACHE") {
        return Ok(PathBuf::from(folder));
    }
    let home = env::var_os("HOME").context("HOME is not set: set it, or JEWEL_CACHE")?;
    Ok(PathBuf::from(home).join(".cache/jewel"))
}

/// Where cargo puts what it builds, with every setting of cargo's respected.
pub(crate) fn target() -> Result<PathBuf> {
    let text = command::read(command::cargo(&["metadata", "--format-version=1", "--no-deps"]))?;
    let metadata: Value = serde_json::from_str(&text).context("cargo metadata is not JSON")?;
    let folder = metadata["target_directory"].as_str();
    Ok(PathBuf::from(folder.context("cargo metadata names no target_directory")?))
}

/// The demo's folder, outside git: its account, its pictures, its server's log.
pub(crate) fn demo() -> PathBuf {
    root().join(".jewel/demo")
}
