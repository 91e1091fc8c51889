//! Keeps a generated file equal to what its generator says.
//!
//! The only input and output of this module; generators themselves are pure.

use std::path::{Path, PathBuf};
use std::{fs, io};

use serde_json::Value;

/// Why a generated file is not as it should be.
#[derive(Debug, thiserror::Error)]
pub enum Stale {
    /// Under check: the file says something else, or does not exist.
    #[error("`{}` is out of date: run `{command}`", path.display())]
    Differs {
        /// The file.
        path: PathBuf,
        /// The command that writes it.
        command: String,
    },
    /// The file cannot be read or written.
    #[error("`{}` cannot be {done}", path.display())]
    Unreachable {
        /// The file.
        path: PathBuf,
        /// `read` or `written`.
        done: &'static str,
        /// Why.
        source: io::Error,
    },
}

/// Makes the file at `path` say `text`, or under `check` fails where it does not.
///
/// A file that is right already is not touched; missing folders are made. `command` is what the
/// reader of a failed check shall run.
///
/// # Errors
/// Under `check`, where the file differs; else where it cannot be written.
///
/// ```
/// use jewel_core::generate::ensure;
///
/// let folder = std::env::temp_dir().join(format!("ensure-{}", std::process::id()));
/// let path = folder.join("made/words.md");
/// assert!(ensure(&path, "words\n", true, "write words").is_err());
/// ensure(&path, "words\n", false, "write words")?;
/// ensure(&path, "words\n", true, "write words")?;
/// # std::fs::remove_dir_all(folder)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn ensure(path: &Path, text: &str, check: bool, command: &str) -> Result<(), Stale> {
    let unreachable =
        |done| move |source| Stale::Unreachable { path: path.to_owned(), done, source };
    match fs::read(path) {
        Ok(found) if found == text.as_bytes() => return Ok(()),
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            return Err(unreachable("read")(error));
        }
        _ => {}
    }
    if check {
        return Err(Stale::Differs { path: path.to_owned(), command: command.to_owned() });
    }
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(unreachable("written"))?;
    }
    fs::write(path, text).map_err(unreachable("written"))
}

/// A generated document as text: its keys sorted, indented, with a newline at its end.
pub fn pretty(document: &Value) -> String {
    let mut document = document.clone();
    document.sort_all_objects();
    format!("{document:#}\n")
}
