//! Which cluster is meant: its folder and how safe its data must be. Plain data; no file of a
//! cluster is touched here.

use std::path::{Path, PathBuf};

use super::binaries::chosen;
use super::digest;
use super::owner::Owner;

/// A private cluster, described. Nothing exists until [`Embedded::start`](super::Embedded::start).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cluster {
    folder: PathBuf,
    durable: bool,
}

impl Cluster {
    /// The cluster of the project in `root`: `<root>/.jewel/pg`. Data survive a crash of the
    /// machine.
    pub fn project(root: impl AsRef<Path>) -> Self {
        Self { folder: root.as_ref().join(".jewel").join("pg"), durable: true }
    }

    /// The cluster shared by all tests under `root`: `<root>/jewel-tests/pg`. Nothing waits for the
    /// disk, so a crash of the machine (not one of the server) may leave it broken; it holds
    /// nothing that cannot be made again.
    pub fn tests(root: impl AsRef<Path>) -> Self {
        Self { folder: root.as_ref().join("jewel-tests").join("pg"), durable: false }
    }

    /// [`Cluster::tests`] in cargo's target folder when the running program was built there, else
    /// in a folder of this user's among the temporary files. A server that `JEWEL_POSTGRES_BIN`
    /// chooses has a cluster of its own beside it: no other version can open that.
    pub fn tests_of_this_build() -> Self {
        let program = std::env::current_exe().ok();
        let away = || {
            let user = Owner::me().map_or(0, |me| me.uid);
            std::env::temp_dir().join(format!("jewel-{user}"))
        };
        let target = program.as_deref().and_then(target_folder).map(Path::to_path_buf);
        let mut cluster = Self::tests(target.unwrap_or_else(away));
        if let Some(chosen) = chosen() {
            let mark = digest::short(chosen.as_os_str().as_encoded_bytes());
            cluster.folder.set_file_name(format!("pg-{mark}"));
        }
        cluster
    }

    /// The folder asked for. The data lie elsewhere when the server's user may not enter it; see
    /// [`Embedded::folder`](super::Embedded::folder).
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Whether data survive a crash of the machine.
    pub fn is_durable(&self) -> bool {
        self.durable
    }

    /// The server's settings, each as `name=value`. They are given on the command line, so that the
    /// cluster's own files stay as `initdb` wrote them and a newer launcher changes an older
    /// cluster.
    pub(super) fn settings(&self) -> Vec<&'static str> {
        let mut settings = COMMON.to_vec();
        if !self.durable {
            settings.extend_from_slice(&CARELESS);
        }
        settings
    }
}

/// UTC, because the answer of a query must not depend on the machine it was written on.
const COMMON: [&str; 6] = [
    "listen_addresses=",
    "unix_socket_permissions=0700",
    "cluster_name=jewel",
    "shared_buffers=64MB",
    "timezone=UTC",
    "log_timezone=UTC",
];

/// What makes a database cost 50 ms instead of 500, and room for as many tests as run at once.
/// `max_wal_senders` must be 0 for the minimal `wal_level`.
const CARELESS: [&str; 7] = [
    "fsync=off",
    "full_page_writes=off",
    "synchronous_commit=off",
    "wal_level=minimal",
    "max_wal_senders=0",
    "max_connections=200",
    "jit=off",
];

/// Cargo marks its target folder with a `CACHEDIR.TAG`; a test program lies two or three below it.
pub(super) fn target_folder(program: &Path) -> Option<&Path> {
    program.ancestors().skip(1).take(4).find(|folder| folder.join("CACHEDIR.TAG").is_file())
}
