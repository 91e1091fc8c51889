//! A program run to its end, within a limit, with what it said. The server itself is not run so.

use std::io::{self, Read};
use std::process::{Command, ExitStatus, Stdio};
use std::thread;
use std::time::Duration;

use super::wait;

/// How much of what a program said is kept, from its end. In bytes.
const KEPT: usize = 4096;

/// Runs `command` and gives its status and the end of what it said on both its outputs. One that
/// needs longer than `limit` is killed, and the answer is [`io::ErrorKind::TimedOut`].
pub(super) fn run(command: &mut Command, limit: Duration) -> io::Result<(ExitStatus, String)> {
    let (mut reader, writer) = io::pipe()?;
    command.stdout(writer.try_clone()?).stderr(writer);
    let child = command.spawn();
    // The command holds our ends of the pipe; the reader would never see the end of it.
    command.stdout(Stdio::null()).stderr(Stdio::null());
    let mut child = child?;
    let said = thread::spawn(move || {
        let mut bytes = Vec::new();
        // What was read before an error is still the best there is to show.
        let _ = reader.read_to_end(&mut bytes);
        bytes
    });
    let Some(status) = wait::until(limit, || child.try_wait())? else {
        child.kill()?;
        child.wait()?;
        return Err(io::ErrorKind::TimedOut.into());
    };
    let bytes = said.join().unwrap_or_default();
    let start = bytes.len().saturating_sub(KEPT);
    let text = String::from_utf8_lossy(&bytes[start..]);
    Ok((status, text.trim_end().to_owned()))
}
