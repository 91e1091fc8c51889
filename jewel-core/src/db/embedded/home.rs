//! Where a cluster's files are, and the two locks beside them. Knows nothing of what is in `data`.
//!
//! Usually the home is the folder asked for. When root asks and the server's user may not enter
//! that folder (a home with mode 0700), the cluster moves to a folder of its own, and the one asked
//! for holds the file `place`, whose first line names it.
//!
//! | in the home | |
//! |---|---|
//! | `data`, `data.new` | the cluster, and one in the making; all else is ours, not the server's |
//! | `postgres.log`, `postgres.log.old` | what the server said |
//! | `start.lock` | held by the one process that starts or stops the server |
//! | `server.lock` | held by those who make or serve the cluster |

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, ErrorKind};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::owner::{self, Owner};
use super::{Cluster, Error, digest, wait};

/// Where root's clusters go that cannot stay: it outlives a restart of the machine.
const AWAY: &str = "/var/tmp";

/// Longer than the one who has the turn can need: a download, `initdb`, a recovery.
const TURN_LIMIT: Duration = Duration::from_mins(20);

/// Longer than anybody needs who merely asks whether the lock is free.
const CLAIM_LIMIT: Duration = Duration::from_mins(1);

/// The folder of a cluster's files, and the user of its server.
#[derive(Debug, Clone)]
pub(super) struct Home {
    folder: PathBuf,
    owner: Owner,
}

/// The lock on `server.lock`. Given to a program as its standard input, which reads as empty, it is
/// held until this process *and* that program and its children have let go of it.
#[derive(Debug)]
pub(super) struct Claim(File);

impl Claim {
    /// A standard input that shares the lock.
    pub(super) fn share(&self) -> io::Result<std::process::Stdio> {
        self.0.try_clone().map(Into::into)
    }
}

impl Home {
    /// The home of a cluster that exists.
    pub(super) fn find(cluster: &Cluster) -> Result<Option<Self>, Error> {
        let Ok(asked) = fs::canonicalize(cluster.folder()) else {
            return Ok(None);
        };
        let folder = match fs::read_to_string(asked.join("place")) {
            Ok(text) => away(&text, &asked)?,
            Err(_) => asked,
        };
        if fs::symlink_metadata(folder.join("data")).is_err() {
            return Ok(None);
        }
        let owner = Owner::of_cluster(&folder.join("data"))?;
        Ok(Some(Self { folder, owner }))
    }

    /// The home of a cluster that exists or shall exist.
    pub(super) fn make(cluster: &Cluster) -> Result<Self, Error> {
        if let Some(home) = Self::find(cluster)? {
            return Ok(home);
        }
        let asked = cluster.folder();
        fs::create_dir_all(asked).map_err(Error::io("make", asked))?;
        let asked = fs::canonicalize(asked).map_err(Error::io("look at", asked))?;
        let owner = Owner::of_new_cluster()?;
        owner.check_as_me(&asked)?;
        let ignore = asked.join(".gitignore");
        fs::write(&ignore, "*\n").map_err(Error::io("write", &ignore))?;
        let home = Self { folder: asked, owner };
        if owner.may_enter(&home.folder)? {
            return Ok(home);
        }
        home.move_away()
    }

    /// The folder of its own for a cluster that cannot lie in this one, which is told of it.
    fn move_away(&self) -> Result<Self, Error> {
        let folder = Path::new(AWAY).join(format!("jewel-pg-{}", self.key()));
        owner::make_public(&folder)?;
        let _turn = self.turn()?;
        leave_word(&self.folder, &folder)?;
        let mut home = Self { folder, owner: self.owner };
        home.refresh()?;
        Ok(home)
    }

    /// Looks again whose the cluster is, now that nobody can make one beside us.
    pub(super) fn refresh(&mut self) -> Result<(), Error> {
        if fs::symlink_metadata(self.data()).is_err() {
            return Ok(());
        }
        self.owner = Owner::of_cluster(&self.data())?;
        if self.owner.may_enter(&self.folder)? {
            return Ok(());
        }
        Err(Error::Closed { folder: self.folder.clone(), uid: self.owner.uid })
    }

    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    pub(super) fn owner(&self) -> Owner {
        self.owner
    }

    pub(super) fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    pub(super) fn data_in_the_making(&self) -> PathBuf {
        self.folder.join("data.new")
    }

    pub(super) fn log(&self) -> PathBuf {
        self.folder.join("postgres.log")
    }

    /// 16 characters that stand for this home.
    pub(super) fn key(&self) -> String {
        key(&self.folder)
    }

    /// Waits until nobody else starts or stops this cluster's server. The turn ends with the file.
    pub(super) fn turn(&self) -> Result<File, Error> {
        let what = "another process that starts or stops the server";
        self.lock("start.lock", TURN_LIMIT, what)
    }

    /// Becomes the one who may make or serve the cluster. Waits for an `initdb` whose starter was
    /// killed, and for the last processes of a server that was.
    pub(super) fn claim(&self) -> Result<Claim, Error> {
        let what = "the last process of an earlier start";
        self.lock("server.lock", CLAIM_LIMIT, what).map(Claim)
    }

    /// Whether somebody makes or serves the cluster. A question, so it asks for a lock that does
    /// not shut out others who ask.
    pub(super) fn is_claimed(&self) -> Result<bool, Error> {
        let path = self.folder.join("server.lock");
        let file = match File::open(&path) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(false),
            opened => opened.map_err(Error::io("open", &path))?,
        };
        match file.try_lock_shared() {
            Ok(()) => Ok(false),
            Err(TryLockError::WouldBlock) => Ok(true),
            Err(TryLockError::Error(error)) => Err(Error::io("lock", &path)(error)),
        }
    }

    fn lock(&self, file: &str, limit: Duration, what: &'static str) -> Result<File, Error> {
        let path = self.folder.join(file);
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false);
        let file = options.open(&path).map_err(Error::io("open", &path))?;
        let taken = wait::until(limit, || match file.try_lock() {
            Ok(()) => Ok(Some(())),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(Error::io("lock", &path)(error)),
        })?;
        taken.map(|()| file).ok_or(Error::Slow { what, limit, log: self.log() })
    }
}

/// What names a folder in places where its path is too long to be used.
fn key(folder: &Path) -> String {
    digest::short(folder.as_os_str().as_bytes())
}

/// The folder that a `place` names. It may be gone, and then there is no cluster; another's is
/// refused.
fn away(text: &str, asked: &Path) -> Result<PathBuf, Error> {
    let folder = PathBuf::from(text.lines().next().unwrap_or_default());
    if folder.parent() != Some(Path::new(AWAY)) {
        let path = asked.join("place");
        return Err(Error::io("understand", &path)(ErrorKind::InvalidData.into()));
    }
    if folder.exists() {
        Owner::me()?.check(&folder, 0o022)?;
    }
    Ok(folder)
}

/// Written beside and renamed: a `place` that can be seen is whole.
fn leave_word(asked: &Path, folder: &Path) -> Result<(), Error> {
    let (place, new) = (asked.join("place"), asked.join("place.new"));
    let text = format!(
        "{}\nholds this cluster, because the user of its server may not enter this folder.\n",
        folder.display()
    );
    fs::write(&new, text).map_err(Error::io("write", &new))?;
    fs::rename(&new, &place).map_err(Error::io("rename", &new))
}
