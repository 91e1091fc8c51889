//! A private Postgres for a project and for its tests: found or fetched, made, started, attached
//! to, stopped.
//!
//! Not a pool, not a migration and not a way to reach a database somebody else runs: it hands out a
//! URL and knows no SQL. Not for production either, where a database is configured. Everything here
//! blocks; asynchronous callers use `spawn_blocking`.
//!
//! What holds at all times:
//!
//! 1. The server listens on a unix socket in a folder only its user can enter, and on no address.
//! 2. A data folder that can be seen is whole: it is made beside its place and then renamed.
//! 3. Whoever makes or serves the cluster holds the lock on `server.lock`. The kernel hands it to
//!    the server with its standard input and frees it when the last of its processes is gone. So
//!    "is somebody there" needs no process id, and lock files are removed only when nobody is.
//! 4. The server outlives its starter. It stops when told to ([`Embedded::stop_cluster`]).
//! 5. No data is ever deleted.
//! 6. Root runs nothing of Postgres: the server gets a user without rights of its own, and that
//!    user owns the data folder alone, never the folder that we write our files in.
//!
//! | file | its subject |
//! |---|---|
//! | `cluster` | which cluster is meant, and its settings |
//! | `home`, `owner` | where its files are, and whose |
//! | `binaries`, `fetch`, `pins`, `system` | the programs: found, or taken from a pinned package |
//! | `data` | the data folder: made, and its version |
//! | `postmaster`, `status`, `process`, `socket` | the running server |
//! | `program`, `wait` | a program with a limit, a wait with a limit |
//! | `name`, `digest` | names of test databases; hashes as text |

mod binaries;
mod cluster;
mod data;
mod digest;
mod error;
mod fetch;
mod home;
#[cfg(any(test, feature = "testing"))]
pub(crate) mod name;
mod owner;
mod pins;
mod postmaster;
mod process;
mod program;
mod socket;
mod status;
mod system;
#[cfg(test)]
mod tests;
mod wait;

use std::path::{Path, PathBuf};

pub(crate) use self::binaries::Search;
pub use self::cluster::Cluster;
pub use self::error::Error;
use self::home::Home;

/// A running private server. Dropping it leaves the server running for whoever comes next.
#[derive(Debug)]
pub struct Embedded {
    home: Home,
    /// The folder of the server's socket, as the server itself states it.
    socket: PathBuf,
}

impl Embedded {
    /// Attaches to the cluster's server, or starts it, or makes the cluster and starts it.
    ///
    /// Safe to call from any number of threads and processes at once: one starts, the others
    /// attach. Takes about 1 ms to attach, 50 ms to start and 1 s to make a cluster; a server
    /// that recovers from a crash is waited for, up to ten minutes.
    pub fn start(cluster: &Cluster) -> Result<Self, Error> {
        Self::start_with(cluster, || Search::of_environment(cluster))
    }

    /// [`Embedded::start`] with the places to look for programs given.
    pub(crate) fn start_with(
        cluster: &Cluster,
        search: impl FnOnce() -> Search,
    ) -> Result<Self, Error> {
        if let Some(home) = Home::find(cluster)?
            && let Some(socket) = postmaster::attach(&home)?
        {
            return Ok(Self { home, socket });
        }
        let mut home = Home::make(cluster)?;
        let _turn = home.turn()?;
        let socket = match postmaster::settle(&home)? {
            Some(socket) => socket,
            None => serve(cluster, &mut home, &search())?,
        };
        Ok(Self { home, socket })
    }

    /// The URL of one of the server's databases, for sqlx and libpq alike: superuser `jewel`, over
    /// the unix socket, no password.
    ///
    /// A new cluster has the database `postgres` and no other; any name is taken, existing or not.
    pub fn url(&self, database: &str) -> String {
        socket::url(&self.socket, database)
    }

    /// The folder that holds the cluster's `data` and the server's log, `postgres.log`.
    pub fn folder(&self) -> &Path {
        self.home.folder()
    }

    /// Stops the server: open transactions are rolled back, sessions ended (a fast shutdown).
    pub fn stop(self) -> Result<(), Error> {
        let _turn = self.home.turn()?;
        postmaster::stop(&self.home)
    }

    /// Stops the cluster's server, if there is a cluster and if it has one.
    pub fn stop_cluster(cluster: &Cluster) -> Result<(), Error> {
        let Some(home) = Home::find(cluster)? else {
            return Ok(());
        };
        let _turn = home.turn()?;
        postmaster::stop(&home)
    }
}

/// Starts the server of a cluster that nobody serves, making the cluster first when there is none.
/// The caller has the turn.
fn serve(cluster: &Cluster, home: &mut Home, search: &Search) -> Result<PathBuf, Error> {
    // Whoever had the turn before may have made the data folder, and for another user.
    home.refresh()?;
    let major = data::major(home)?;
    let binaries = search.find(home, major)?;
    let claim = home.claim()?;
    if major.is_none() {
        data::make(home, &binaries, &claim)?;
    }
    postmaster::start(cluster, home, &binaries, claim)
}
