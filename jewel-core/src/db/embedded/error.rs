//! What can go wrong with a private server. Each message says what happened and the mend.

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::fetch;

/// Why there is no private server.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// `JEWEL_POSTGRES_BIN` names a folder that cannot serve.
    #[error(
        "JEWEL_POSTGRES_BIN is `{}`, but {why}: point it at a folder with the programs initdb and \
         postgres of {needs}, or unset it", folder.display()
    )]
    Chosen {
        /// What the variable holds.
        folder: PathBuf,
        /// What is wrong with it.
        why: String,
        /// The versions that would do, in words.
        needs: String,
    },

    /// No usable Postgres is installed, and none could be fetched.
    #[error("no {needs} was found{skipped}, and {fetch}. Install it: {install}")]
    NoBinaries {
        /// The versions that would do, in words.
        needs: String,
        /// The installations that were passed over, with the reason; empty, or begins with a space.
        skipped: String,
        /// Why the pinned package was of no help.
        fetch: Box<fetch::Error>,
        /// The one command that installs Postgres on this system.
        install: String,
    },

    /// The cluster was made by a major version of which no programs are here.
    #[error(
        "the cluster in `{}` was made by PostgreSQL {major}, of which no programs were found\
         {skipped}. Its data are untouched. Install PostgreSQL {major} and set \
         JEWEL_POSTGRES_BIN to its folder, or move the cluster away to begin with an empty one",
        folder.display()
    )]
    OtherVersion {
        /// Where the cluster lies.
        folder: PathBuf,
        /// The version that made it.
        major: u32,
        /// The installations that were passed over, with the reason; empty, or begins with a space.
        skipped: String,
    },

    /// The data folder is not that of a cluster.
    #[error(
        "`{}` is no cluster of PostgreSQL: its PG_VERSION is missing or unreadable. Move the \
         folder away to begin with an empty one", folder.display()
    )]
    NoCluster {
        /// The data folder.
        folder: PathBuf,
    },

    /// A folder belongs to a user who is neither this process's nor the server's.
    #[error(
        "`{}` belongs to the user with id {uid}, but must belong to the one with id {wanted}: work \
         as its owner, move the folder away, or hand it over with chown",
        folder.display()
    )]
    Foreign {
        /// The folder.
        folder: PathBuf,
        /// Whose it is.
        uid: u32,
        /// Whose it must be.
        wanted: u32,
    },

    /// A folder that must be private can be entered or written by others, or is no folder.
    #[error(
        "`{}` must be a folder that only its owner can change, and it is not: remove it",
        folder.display()
    )]
    Exposed {
        /// The folder.
        folder: PathBuf,
    },

    /// The server's user may not enter the folder of an existing cluster.
    #[error(
        "the cluster in `{}` is served by the user with id {uid}, who may not enter that folder: \
         allow it with chmod o+x on it and on the folders above it", folder.display()
    )]
    Closed {
        /// Where the cluster lies.
        folder: PathBuf,
        /// The server's user.
        uid: u32,
    },

    /// `initdb` failed.
    #[error("initdb could not make the cluster in `{}`:\n{output}", folder.display())]
    Initdb {
        /// Where the cluster was to be.
        folder: PathBuf,
        /// The last of what it said.
        output: String,
    },

    /// The server ended instead of becoming ready.
    #[error(
        "PostgreSQL did not start. If the machine crashed, a cluster for tests can be removed and \
         made again. The log, `{}`, ends with:\n{tail}", log.display()
    )]
    NotStarted {
        /// The server's log.
        log: PathBuf,
        /// Its last lines.
        tail: String,
    },

    /// Somebody needs longer than the limit.
    #[error(
        "{what} took longer than {} s. It goes on; try again to wait longer, or read `{}`",
        limit.as_secs(), log.display()
    )]
    Slow {
        /// What was waited for, in words.
        what: &'static str,
        /// How long it was waited for.
        limit: Duration,
        /// The server's log.
        log: PathBuf,
    },

    /// The cluster is served by a process that cannot be reached or told to stop from here.
    #[error(
        "the cluster in `{}` is in use by a server that cannot be reached from here, perhaps in \
         another container: stop that one, or use a folder of your own", folder.display()
    )]
    OutOfReach {
        /// Where the cluster lies.
        folder: PathBuf,
    },

    /// The file system's locks do not pass from a program to the one it starts.
    #[error(
        "`{}` lies on a file system whose locks do not tell whether a cluster is in use: put the \
         project on a local disk", folder.display()
    )]
    NoLocks {
        /// Where the cluster was to be.
        folder: PathBuf,
    },

    /// The system refused something.
    #[error("could not {doing} `{}`: {source}", path.display())]
    Io {
        /// What was being done, as a verb.
        doing: &'static str,
        /// To which file, folder or program.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

impl Error {
    /// For `map_err`: what was being done, and to what.
    pub(super) fn io(doing: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_path_buf();
        move |source| Self::Io { doing, path, source }
    }
}
