//! The running server: attached to, started, waited for, stopped. All but [`attach`] need the turn.

use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{ErrorKind, Read, Seek, SeekFrom};
use std::os::unix::fs::MetadataExt;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::thread;
use std::time::Duration;

use super::binaries::Binaries;
use super::home::{Claim, Home};
use super::status::{self, State, Status};
use super::{Cluster, Error, process, socket, wait};

/// From the start until the server says anything about itself.
const START_LIMIT: Duration = Duration::from_secs(30);

/// For the server to recover, once it says that it starts; a crash can leave gigabytes to replay.
const RECOVERY_LIMIT: Duration = Duration::from_mins(10);

/// For a fast shutdown, whose checkpoint writes all that is in memory.
const STOP_LIMIT: Duration = Duration::from_mins(1);

/// The log is begun anew at a start when it is longer than this, and the old one kept once. In
/// bytes.
const LOG_LIMIT: u64 = 8 << 20;

/// How much of the log an error carries. In bytes.
const TAIL: u64 = 2048;

/// The socket's folder, if a server is ready to answer.
pub(super) fn attach(home: &Home) -> Result<Option<PathBuf>, Error> {
    let Some(status) = status::read(&home.data())? else {
        return Ok(None);
    };
    let ready = status.state == State::Ready && home.is_claimed()? && is_reachable(home, &status)?;
    Ok(ready.then_some(status.socket))
}

/// Waits until it is clear whether there is a server: one that is ready, or none. One that runs and
/// cannot be used (its socket was cleaned away, its project moved) is stopped.
pub(super) fn settle(home: &Home) -> Result<Option<PathBuf>, Error> {
    if let Some(socket) = finish_start(home)? {
        return Ok(Some(socket));
    }
    stop(home)?;
    Ok(None)
}

/// Starts the server and waits until it answers.
pub(super) fn start(
    cluster: &Cluster,
    home: &Home,
    binaries: &Binaries,
    claim: Claim,
) -> Result<PathBuf, Error> {
    // We have the claim, so whoever wrote this is gone, though a zombie may still have its id.
    socket::remove(&home.data().join(status::FILE))?;
    let socket = socket::prepare(home)?;
    let (log, begin) = open_log(&home.log())?;
    let mut child = spawn(cluster, home, binaries, &claim, log, &socket)?;
    drop(claim);
    confirm_claim(home, &mut child)?;
    bury(child);
    if let Some(socket) = finish_start(home)? {
        return Ok(socket);
    }
    Err(Error::NotStarted { log: home.log(), tail: tail(&home.log(), begin) })
}

/// Stops the server, if there is one, and waits for its last process.
pub(super) fn stop(home: &Home) -> Result<(), Error> {
    let mut asked = false;
    let stopped = wait::until(STOP_LIMIT, || {
        let status = status::read(&home.data())?;
        if !home.is_claimed()? {
            return Ok(Some(()));
        }
        if let Some(status) = status.filter(|status| !asked && process::serves(status)) {
            process::interrupt(&status)?;
            asked = true;
        }
        Ok(None)
    })?;
    match stopped {
        Some(()) => {
            socket::clear(home);
            Ok(())
        }
        None if asked => {
            Err(Error::Slow { what: "the server's shutdown", limit: STOP_LIMIT, log: home.log() })
        }
        None => Err(Error::OutOfReach { folder: home.folder().to_path_buf() }),
    }
}

/// How far a server is, seen from outside.
enum Progress {
    /// Somebody has the claim and the status says nothing of use: `initdb`, or a server that has
    /// only just begun or is about to end.
    Silent,
    /// It says that it starts, or recovers.
    Starting,
    /// It answers in this folder.
    Ready(PathBuf),
    /// It has ended, or it says it is ready and cannot be used.
    Lost,
}

/// The socket's folder as soon as the server is ready; `None` when it is lost.
fn finish_start(home: &Home) -> Result<Option<PathBuf>, Error> {
    let spoken = |progress: &Progress| !matches!(progress, Progress::Silent);
    let settled = |progress: &Progress| matches!(progress, Progress::Ready(_) | Progress::Lost);
    let begun = wait::until(START_LIMIT, || Ok(Some(progress(home)?).filter(spoken)))?;
    let (ended, limit) = match begun {
        Some(Progress::Starting) => {
            let look = || Ok(Some(progress(home)?).filter(settled));
            (wait::until(RECOVERY_LIMIT, look)?, RECOVERY_LIMIT)
        }
        other => (other, START_LIMIT),
    };
    match ended {
        Some(Progress::Ready(socket)) => Ok(Some(socket)),
        Some(_) => Ok(None),
        None => Err(Error::Slow { what: "the server's start", limit, log: home.log() }),
    }
}

fn progress(home: &Home) -> Result<Progress, Error> {
    let status = status::read(&home.data())?;
    if !home.is_claimed()? {
        return Ok(Progress::Lost);
    }
    let Some(status) = status else {
        return Ok(Progress::Silent);
    };
    match status.state {
        State::Starting => Ok(Progress::Starting),
        State::Other => Ok(Progress::Silent),
        State::Ready if is_reachable(home, &status)? => Ok(Progress::Ready(status.socket)),
        State::Ready => Ok(Progress::Lost),
    }
}

/// Whether the server can be used. One whose project was moved while it ran answers, but looks for
/// its files in the old place and ends at its next checkpoint; better now, and its data are whole.
fn is_reachable(home: &Home, status: &Status) -> Result<bool, Error> {
    let data = home.data();
    let here = fs::metadata(&data).map_err(Error::io("look at", &data))?;
    let same = |there: Metadata| (there.dev(), there.ino()) == (here.dev(), here.ino());
    Ok(fs::metadata(&status.data).is_ok_and(same) && socket::answers(&status.socket, home.owner())?)
}

/// Refuses a file system on which the lock stays with us instead of passing to the server: nobody
/// could tell later whether the cluster is in use. The server may also just have ended by itself.
fn confirm_claim(home: &Home, child: &mut Child) -> Result<(), Error> {
    if home.is_claimed()? {
        return Ok(());
    }
    let folder = home.folder().to_path_buf();
    let ended = child.kill().and_then(|()| child.wait()).map_err(Error::io("stop", &folder))?;
    if ended.signal().is_some() { Err(Error::NoLocks { folder }) } else { Ok(()) }
}

/// In a process group of its own: what interrupts the starter in its terminal leaves the server
/// alone.
fn spawn(
    cluster: &Cluster,
    home: &Home,
    binaries: &Binaries,
    claim: &Claim,
    log: File,
    socket: &Path,
) -> Result<Child, Error> {
    let postgres = binaries.program("postgres");
    let mut command = Command::new(&postgres);
    home.owner().dress(&mut command);
    command.arg("-D").arg(home.data()).arg("-k").arg(socket).args(["-p", socket::PORT]);
    for setting in cluster.settings() {
        command.args(["-c", setting]);
    }
    let run = Error::io("run", &postgres);
    let outputs = log.try_clone().and_then(|copy| Ok((copy, claim.share()?)));
    let spawned = outputs.and_then(|(copy, claim)| {
        command.process_group(0).stdin(claim).stdout(copy).stderr(log).spawn()
    });
    spawned.map_err(run)
}

/// Waits for the server's end as long as this process lives, so that it leaves no zombie here.
/// Without the thread there may be one, which the lock does not mistake for a server.
fn bury(mut child: Child) {
    let grave = thread::Builder::new().name("jewel-postgres".to_owned());
    let _ = grave.spawn(move || child.wait());
}

/// The log, to be appended to, and its length so far.
fn open_log(log: &Path) -> Result<(File, u64), Error> {
    let length = match fs::metadata(log) {
        Ok(found) => found.len(),
        Err(error) if error.kind() == ErrorKind::NotFound => 0,
        Err(error) => return Err(Error::io("look at", log)(error)),
    };
    let full = length > LOG_LIMIT;
    if full {
        let old = log.with_extension("log.old");
        fs::rename(log, &old).map_err(Error::io("rename", log))?;
    }
    let file = OpenOptions::new().create(true).append(true).open(log);
    let file = file.map_err(Error::io("open", log))?;
    Ok((file, if full { 0 } else { length }))
}

/// The end of what was written since `begin`. An error must not hide the one it is meant to
/// explain.
fn tail(log: &Path, begin: u64) -> String {
    let mut bytes = Vec::new();
    let read = File::open(log).and_then(|mut file| {
        let end = file.seek(SeekFrom::End(0))?;
        file.seek(SeekFrom::Start(begin.max(end.saturating_sub(TAIL))))?;
        file.take(TAIL).read_to_end(&mut bytes)
    });
    match read {
        Ok(_) => String::from_utf8_lossy(&bytes).trim().to_owned(),
        Err(error) => format!("(unreadable: {error})"),
    }
}
