//! The data folder: made whole or not at all, and its version. Nothing here removes one that is
//! whole.

use std::fs;
use std::io::ErrorKind;
use std::process::Command;
use std::time::Duration;

use super::binaries::Binaries;
use super::home::{Claim, Home};
use super::{Error, program};

/// A second on a good disk; a minute is a very bad one.
const LIMIT: Duration = Duration::from_mins(2);

/// The major version that made the cluster; `None` when there is no cluster.
pub(super) fn major(home: &Home) -> Result<Option<u32>, Error> {
    let data = home.data();
    match fs::symlink_metadata(&data) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        found => found.map_err(Error::io("look at", &data))?,
    };
    let version = fs::read_to_string(data.join("PG_VERSION")).unwrap_or_default();
    let major = version.trim().parse().ok();
    major.map(Some).ok_or(Error::NoCluster { folder: data })
}

/// Makes the cluster beside its place and renames it. The claim keeps others away even when this
/// process is killed, for `initdb` holds it too.
///
/// The superuser is `jewel`, without a password: who can reach the socket is the server's user or
/// root. Nothing waits for the disk; a crash of the machine now costs an empty cluster.
pub(super) fn make(home: &Home, binaries: &Binaries, claim: &Claim) -> Result<(), Error> {
    let new = home.data_in_the_making();
    match fs::remove_dir_all(&new) {
        Err(error) if error.kind() != ErrorKind::NotFound => {
            return Err(Error::io("remove", &new)(error));
        }
        _ => {}
    }
    home.owner().make_private(&new)?;
    let initdb = binaries.program("initdb");
    let mut command = Command::new(&initdb);
    home.owner().dress(&mut command);
    command.arg("-D").arg(&new).args([
        "--username=jewel",
        "--auth=trust",
        "--encoding=UTF8",
        "--locale=C",
        "--no-sync",
        "--no-instructions",
    ]);
    command.stdin(claim.share().map_err(Error::io("run", &initdb))?);
    let (status, output) = program::run(&mut command, LIMIT).map_err(Error::io("run", &initdb))?;
    if !status.success() {
        return Err(Error::Initdb { folder: home.folder().to_path_buf(), output });
    }
    fs::rename(&new, home.data()).map_err(Error::io("rename", &new))
}
