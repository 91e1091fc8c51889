//! What is wrong with the settings: all of it, each with its place.

use std::fmt;
use std::path::PathBuf;

/// Where a setting was said.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Origin {
    /// Nowhere: the default.
    Default,
    /// In a file.
    File(PathBuf),
    /// In an environment variable.
    Variable(String),
    /// In a `--set` flag.
    Flag,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("default"),
            Self::File(path) => write!(f, "file {}", path.display()),
            Self::Variable(name) => write!(f, "variable {name}"),
            Self::Flag => f.write_str("flag --set"),
        }
    }
}

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The setting, with dots between its levels; empty where it is about the whole place.
    pub key: String,
    /// Where it was said.
    pub origin: Origin,
    /// What is wrong, and what was expected.
    pub detail: String,
}

impl Fault {
    pub(super) fn new(key: &[String], origin: Origin, detail: impl Into<String>) -> Self {
        Self { key: key.join("."), origin, detail: detail.into() }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.key.is_empty() {
            write!(f, "{}: {}", self.origin, self.detail)
        } else {
            write!(f, "`{}` ({}): {}", self.key, self.origin, self.detail)
        }
    }
}

/// Everything that is wrong with the settings.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct Error {
    /// At least one.
    pub faults: Vec<Fault>,
}

impl Error {
    pub(super) fn of(mut faults: Vec<Fault>) -> Self {
        faults.sort_by(|a, b| (&a.origin, &a.key).cmp(&(&b.origin, &b.key)));
        Self { faults }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.faults.as_slice() {
            [only] => write!(f, "a setting is wrong: {only}"),
            faults => {
                write!(f, "{} settings are wrong:", faults.len())?;
                faults.iter().try_for_each(|fault| write!(f, "\n  {fault}"))
            }
        }
    }
}
