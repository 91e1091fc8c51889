//! What a server writes about itself into `postmaster.pid`: read and understood, nothing decided.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use super::Error;

/// How far a server is; line 8.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    /// It starts, or recovers from a crash.
    Starting,
    /// It answers queries.
    Ready,
    /// It stops, or has said nothing yet.
    Other,
}

/// A server, by its own words.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Status {
    pub(super) process: u32,
    /// As it was called when the server started; line 2.
    pub(super) data: PathBuf,
    /// Empty until the server listens; line 5.
    pub(super) socket: PathBuf,
    pub(super) state: State,
}

/// The name of the file in the data folder.
pub(super) const FILE: &str = "postmaster.pid";

/// The status in the data folder `data`, if a server left one.
pub(super) fn read(data: &Path) -> Result<Option<Status>, Error> {
    let path = data.join(FILE);
    match fs::read(&path) {
        Ok(bytes) => Ok(parse(&String::from_utf8_lossy(&bytes))),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Error::io("read", &path)(error)),
    }
}

/// A file in the making is shorter; without its first two lines it says nothing.
pub(super) fn parse(text: &str) -> Option<Status> {
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    let line = |number: usize| lines.get(number - 1).copied();
    Some(Status {
        process: line(1)?.parse().ok()?,
        data: line(2)?.into(),
        socket: line(5).unwrap_or_default().into(),
        state: match line(8) {
            Some("ready") => State::Ready,
            Some("starting") => State::Starting,
            _ => State::Other,
        },
    })
}
