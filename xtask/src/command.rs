//! Child processes: how each is made, shown, run and timed.
//!
//! It holds no knowledge of what is run. A failure always names the command that repeats it.

use std::env;
use std::ffi::OsStr;
use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::{Context, Result, bail};

use crate::workspace;

/// What cargo sets for the program it runs. Build scripts watch some of these (ring's does), so
/// that a cargo started by us would rebuild what a cargo started by hand has built.
const OURS_ALONE: [&str; 4] = ["CARGO_PKG_", "CARGO_MANIFEST_", "CARGO_BIN_", "CARGO_CRATE_"];

/// The cargo that runs us, in the checkout's root.
pub(crate) fn cargo(args: &[&str]) -> Command {
    let program = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(program);
    command.args(args).current_dir(workspace::root()).env_remove("CARGO_PRIMARY_PACKAGE");
    for (name, _) in env::vars_os() {
        if OURS_ALONE.iter().any(|prefix| name.to_string_lossy().starts_with(prefix)) {
            command.env_remove(name);
        }
    }
    command
}

/// This program again, for a step that stands for itself.
///
/// By cargo and not by this process' own file: a build among the steps may have replaced that.
pub(crate) fn ourselves() -> Command {
    cargo(&["xtask"])
}

/// The command as one would type it.
pub(crate) fn shown(command: &Command) -> String {
    let name = std::path::Path::new(command.get_program()).file_name();
    let mut words = vec![name.unwrap_or(command.get_program())];
    words.extend(command.get_args());
    words.into_iter().map(quoted).collect::<Vec<_>>().join(" ")
}

fn quoted(word: &OsStr) -> String {
    let word = word.to_string_lossy();
    if word.contains([' ', '"', '\'', '$', '*']) {
        format!("'{}'", word.replace('\'', r"'\''"))
    } else {
        word.into_owned()
    }
}

/// Runs it with our own input and output; its failure is an error that repeats it.
pub(crate) fn run(mut command: Command) -> Result<()> {
    let line = shown(&command);
    let status = command.status().with_context(|| format!("cannot start `{line}`"))?;
    if !status.success() {
        bail!("`{line}` failed ({status})");
    }
    Ok(())
}

/// Runs it and says how many seconds it took.
pub(crate) fn timed(command: Command) -> Result<f64> {
    let begin = Instant::now();
    run(command)?;
    Ok(begin.elapsed().as_secs_f64())
}

/// Runs it and takes what it prints; its errors go where ours go.
pub(crate) fn read(mut command: Command) -> Result<String> {
    let line = shown(&command);
    command.stdin(Stdio::null()).stderr(Stdio::inherit());
    let output = command.output().with_context(|| format!("cannot start `{line}`"))?;
    if !output.status.success() {
        bail!("`{line}` failed ({})", output.status);
    }
    String::from_utf8(output.stdout).with_context(|| format!("`{line}` prints no UTF-8"))
}
