//! Whether a process id still is the server it was written down for, and the signal that stops one.
//! Ids are used again, and a zombie keeps its own, so the command line is what counts.

use std::io;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use super::status::Status;
use super::{Error, program};

/// Whether the process that wrote `status` lives and serves the folder it names.
pub(super) fn serves(status: &Status) -> bool {
    let data = status.data.to_string_lossy();
    command_line(status.process).is_some_and(|line| line.contains(&*data))
}

/// Asks the server for a fast shutdown. The shell has `kill` built in; the program can be missing.
pub(super) fn interrupt(status: &Status) -> Result<(), Error> {
    let path = Path::new("sh");
    let mut command = Command::new(path);
    command.args(["-c", "kill -INT \"$1\"", "sh"]).arg(status.process.to_string());
    let (exit, said) =
        program::run(&mut command, Duration::from_secs(5)).map_err(Error::io("run", path))?;
    if exit.success() || !serves(status) {
        return Ok(());
    }
    Err(Error::io("stop the server with", path)(io::Error::other(said)))
}

/// A zombie's is empty.
#[cfg(target_os = "linux")]
fn command_line(process: u32) -> Option<String> {
    let line = std::fs::read(format!("/proc/{process}/cmdline")).ok()?;
    Some(String::from_utf8_lossy(&line).into_owned())
}

/// A zombie's is its name in brackets.
#[cfg(not(target_os = "linux"))]
fn command_line(process: u32) -> Option<String> {
    let mut command = Command::new("ps");
    command.args(["-ww", "-o", "args=", "-p"]).arg(process.to_string());
    let (_, line) = program::run(&mut command, Duration::from_secs(5)).ok()?;
    Some(line)
}
