//! The folder of the server's socket, and the URL that leads there.
//!
//! It lies in /tmp under a short name, because a socket's path has room for 107 bytes (103 on
//! macOS) and a project's path can be longer. Others can make a folder of that name before us, so
//! whose it is gets checked before every use.

use std::fs;
use std::io::{self, ErrorKind, Read, Write};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::Error;
use super::home::Home;
use super::owner::Owner;

/// No port is opened; it is the last part of the socket's name.
pub(super) const PORT: &str = "5432";

/// The protocol's `SSLRequest`: its length, 8, and its code, 80877103. Answered before all else.
const TLS_REQUEST: [u8; 8] = [0, 0, 0, 8, 4, 210, 22, 47];

/// How long a busy server may take to answer.
const PATIENCE: Duration = Duration::from_secs(5);

/// Makes the folder for a server that nobody runs, and removes what an earlier one left there.
pub(super) fn prepare(home: &Home) -> Result<PathBuf, Error> {
    let folder = folder(home);
    home.owner().make_private(&folder)?;
    for name in [file(), format!("{}.lock", file())] {
        remove(&folder.join(name))?;
    }
    Ok(folder)
}

/// Removes the folder of a server that has stopped. It stays when it is not empty, which harms
/// nobody.
pub(super) fn clear(home: &Home) {
    let _ = fs::remove_dir(folder(home));
}

/// Removes a file that may be missing.
pub(super) fn remove(path: &Path) -> Result<(), Error> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(Error::io("remove", path)(error)),
        _ => Ok(()),
    }
}

/// Whether a server answers in `folder`, and the folder is the owner's.
pub(super) fn answers(folder: &Path, owner: Owner) -> Result<bool, Error> {
    if fs::symlink_metadata(folder).is_err() {
        return Ok(false);
    }
    owner.check(folder, 0o077)?;
    Ok(greet(&folder.join(file())).unwrap_or(false))
}

/// Asks for TLS and takes any answer. To connect is not enough: a server that has just been killed
/// still has its socket for a moment. One that lets us wait is busy, not gone.
fn greet(path: &Path) -> io::Result<bool> {
    let mut stream = UnixStream::connect(path)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.write_all(&TLS_REQUEST)?;
    match stream.read(&mut [0]) {
        Ok(length) => Ok(length > 0),
        Err(error) => Ok(matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut)),
    }
}

/// The port is stated though it is the usual one, and so is the mode of TLS: the environment's
/// `PGPORT` and `PGSSLMODE` would be taken for what a URL leaves out.
pub(super) fn url(folder: &Path, database: &str) -> String {
    let (database, folder) = (encode(database), folder.display());
    format!("postgres://jewel@localhost:{PORT}/{database}?host={folder}&sslmode=disable")
}

fn folder(home: &Home) -> PathBuf {
    Path::new("/tmp").join(format!("jewel-{}", home.key()))
}

fn file() -> String {
    format!(".s.PGSQL.{PORT}")
}

/// Percent-encodes all but RFC 3986's unreserved characters.
fn encode(text: &str) -> String {
    let mut encoded = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(byte.into());
        } else {
            encoded.push('%');
            encoded.push_str(&super::digest::hex(&[byte]).to_uppercase());
        }
    }
    encoded
}
