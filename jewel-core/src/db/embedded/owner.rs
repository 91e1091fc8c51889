//! Whose the server is: the user that runs it and owns its data, and what that user may do.
//!
//! Postgres refuses to run as root. So root hands the server to the owner of an existing cluster,
//! else to `postgres`, else to `nobody`; any other user runs it as himself. Access lists beyond the
//! mode bits are not looked at: a folder wrongly judged closed costs a cluster elsewhere, no more.

use std::fs::{self, DirBuilder, Metadata};
use std::io;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use super::{Error, program};

const ROOT: u32 = 0;

/// Users that own nothing else of worth, in the order of preference; the second is that of macOS.
const SERVANTS: [&str; 3] = ["postgres", "_postgres", "nobody"];

/// What the programs need of our environment to find their libraries and each other.
const KEPT: [&str; 4] = ["PATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "TMPDIR"];

/// A user and its group, and whether this process must become it to act as it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Owner {
    pub(super) uid: u32,
    gid: u32,
    /// This process is root and the user is not.
    drop: bool,
}

impl Owner {
    /// The user of this process.
    pub(super) fn me() -> Result<Self, Error> {
        // Linux tells it by the owner of a folder; elsewhere a program does.
        let (uid, gid) = match fs::metadata("/proc/self") {
            Ok(own) => (own.uid(), own.gid()),
            Err(_) => (id("-u")?, id("-g")?),
        };
        Ok(Self { uid, gid, drop: false })
    }

    /// The user for a cluster that does not exist yet.
    pub(super) fn of_new_cluster() -> Result<Self, Error> {
        let me = Self::me()?;
        if me.uid != ROOT {
            return Ok(me);
        }
        let path = Path::new("/etc/passwd");
        let users = fs::read_to_string(path).map_err(Error::io("read", path))?;
        Ok(servant(&users))
    }

    /// The user for the cluster whose data folder is `data`.
    pub(super) fn of_cluster(data: &Path) -> Result<Self, Error> {
        let me = Self::me()?;
        let found = fs::symlink_metadata(data).map_err(Error::io("look at", data))?;
        if me.uid == found.uid() && me.uid != ROOT {
            return Ok(me);
        }
        if me.uid == ROOT && found.uid() != ROOT && found.is_dir() {
            return Ok(Self { uid: found.uid(), gid: found.gid(), drop: true });
        }
        Err(Error::Foreign {
            folder: data.to_path_buf(),
            uid: found.uid(),
            wanted: match me.uid {
                ROOT => Self::of_new_cluster()?.uid,
                uid => uid,
            },
        })
    }

    /// Makes `command` run as this user, in no folder of ours, and with next to nothing of our
    /// environment: its `PG…` variables would change what the programs do, and its secrets are not
    /// for the server's user, whom SQL can make read its own.
    pub(super) fn dress(self, command: &mut Command) {
        command.env_clear().env("LC_ALL", "C").current_dir("/");
        for name in KEPT {
            if let Some(value) = std::env::var_os(name) {
                command.env(name, value);
            }
        }
        if self.drop {
            command.uid(self.uid).gid(self.gid);
        }
    }

    /// Makes a folder with mode 0700 for this user, or finds it made.
    pub(super) fn make_private(self, folder: &Path) -> Result<(), Error> {
        match DirBuilder::new().mode(0o700).create(folder) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => {
                return Err(Error::io("make", folder)(error));
            }
            _ => {}
        }
        // Between making it and handing it over we may have been killed. In a folder like /tmp
        // nobody else can put another in the place of one that is root's.
        if self.drop && look(folder)?.uid() == ROOT {
            std::os::unix::fs::lchown(folder, Some(self.uid), Some(self.gid))
                .map_err(Error::io("hand over", folder))?;
        }
        self.check(folder, 0o077)
    }

    /// Refuses a folder that is another's, or that others have any of the rights of `mask` to.
    pub(super) fn check(self, folder: &Path, mask: u32) -> Result<(), Error> {
        let found = look(folder)?;
        if found.uid() != self.uid {
            return Err(Error::Foreign {
                folder: folder.to_path_buf(),
                uid: found.uid(),
                wanted: self.uid,
            });
        }
        if !found.is_dir() || found.mode() & mask != 0 {
            return Err(Error::Exposed { folder: folder.to_path_buf() });
        }
        Ok(())
    }

    /// Refuses a folder for our own files that is another user's, who could lead us astray with
    /// symbolic links. Root trusts the project it was told to work in.
    pub(super) fn check_as_me(self, folder: &Path) -> Result<(), Error> {
        if self.drop { Ok(()) } else { self.check(folder, 0) }
    }

    /// Whether this user can reach what is inside `folder`, an existing one.
    pub(super) fn may_enter(self, folder: &Path) -> Result<bool, Error> {
        if !self.drop {
            return Ok(true);
        }
        let folder = fs::canonicalize(folder).map_err(Error::io("look at", folder))?;
        for step in folder.ancestors() {
            let found = fs::metadata(step).map_err(Error::io("look at", step))?;
            if !self.passes(&found) {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// The first class that fits decides, as in the kernel.
    fn passes(self, folder: &Metadata) -> bool {
        let bit = if folder.uid() == self.uid {
            0o100
        } else if folder.gid() == self.gid {
            0o010
        } else {
            0o001
        };
        folder.mode() & bit != 0
    }
}

/// Makes `folder` and what is missing above it, open to be read whatever the umask, and refuses one
/// that is not this process's or that anybody can write to. One that was there is not changed, for
/// somebody may have put it there to have us do that.
pub(super) fn make_public(folder: &Path) -> Result<(), Error> {
    if let Some(above) = folder.parent() {
        fs::create_dir_all(above).map_err(Error::io("make", above))?;
    }
    match fs::create_dir(folder) {
        Ok(()) => fs::set_permissions(folder, fs::Permissions::from_mode(0o755))
            .map_err(Error::io("open", folder))?,
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
        Err(error) => return Err(Error::io("make", folder)(error)),
    }
    Owner::me()?.check(folder, 0o002)
}

/// Whether this process is root's.
pub(super) fn is_root() -> bool {
    Owner::me().is_ok_and(|me| me.uid == ROOT)
}

/// The user for root's clusters, by the text of the file of users. 65534 is `nobody` nearly
/// everywhere.
pub(super) fn servant(users: &str) -> Owner {
    let found = SERVANTS.iter().find_map(|name| entry(users, name));
    let (uid, gid) = found.unwrap_or((65534, 65534));
    Owner { uid, gid, drop: true }
}

/// User and group of `name`; root in disguise is nobody to run a server as.
fn entry(users: &str, name: &str) -> Option<(u32, u32)> {
    let line = users.lines().find(|line| line.split(':').next() == Some(name))?;
    let mut fields = line.split(':').skip(2);
    let ids = (number(fields.next()?)?, number(fields.next()?)?);
    (ids.0 != ROOT).then_some(ids)
}

/// macOS writes `nobody` as -2.
fn number(text: &str) -> Option<u32> {
    text.parse().ok().or_else(|| text.parse::<i32>().ok().map(i32::cast_unsigned))
}

fn look(folder: &Path) -> Result<Metadata, Error> {
    fs::symlink_metadata(folder).map_err(Error::io("look at", folder))
}

/// One number from the program `id`, which every unix has.
fn id(which: &str) -> Result<u32, Error> {
    let path = Path::new("id");
    let mut command = Command::new(path);
    command.arg(which);
    let (_, said) =
        program::run(&mut command, Duration::from_secs(5)).map_err(Error::io("run", path))?;
    let wrong = || io::Error::new(io::ErrorKind::InvalidData, said.clone());
    number(&said).ok_or_else(wrong).map_err(Error::io("read", path))
}
