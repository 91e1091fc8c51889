//! The master keys: configured, or in development made once and kept in a file.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use super::{Auth, Error};
use crate::crypto::{KeyRing, MasterKey};
use crate::secret::Secret;

/// The former keys, and the current one: configured, or in `file`, which is made if it is missing.
pub(super) fn ring(auth: &Auth, file: &Path) -> Result<KeyRing, Error> {
    Ok(KeyRing::new(master(auth, file)?, former(auth)?))
}

/// The same, where there is a key: none is made.
pub(super) fn ring_if_any(auth: &Auth, file: &Path) -> Result<Option<KeyRing>, Error> {
    if auth.key.is_empty() && !file.exists() {
        return Ok(None);
    }
    ring(auth, file).map(Some)
}

fn former(auth: &Auth) -> Result<Vec<MasterKey>, Error> {
    let parse =
        |(at, text)| MasterKey::parse(text).map_err(|wrong| Error::FormerKey(at + 1, wrong));
    auth.former_keys.iter().enumerate().map(parse).collect()
}

/// The configured key, or the one in `file`, which is made where it is missing.
pub(super) fn master(auth: &Auth, file: &Path) -> Result<MasterKey, Error> {
    if !auth.key.is_empty() {
        return Ok(MasterKey::parse(&auth.key)?);
    }
    let path = || file.display().to_string();
    match fs::read_to_string(file) {
        Ok(text) => Ok(MasterKey::parse(&Secret::new(text))?),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            let key = MasterKey::random();
            if let Some(folder) = file.parent() {
                fs::create_dir_all(folder).map_err(Error::io(path()))?;
                // Nobody shall commit the key by accident.
                fs::write(folder.join(".gitignore"), "*\n").map_err(Error::io(path()))?;
            }
            let mut options = OpenOptions::new();
            options.write(true).create_new(true).mode(0o600);
            let mut made = options.open(file).map_err(Error::io(path()))?;
            made.write_all(key.to_secret().expose().as_bytes()).map_err(Error::io(path()))?;
            Ok(key)
        }
        Err(error) => Err(Error::io(path())(error)),
    }
}
