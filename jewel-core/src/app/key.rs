//! The master key: configured, or in development made once and kept in a file.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use super::{Auth, Error};
use crate::crypto::MasterKey;
use crate::secret::Secret;

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
