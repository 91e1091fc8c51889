//! Why an application does not start.

use crate::{blob, config, crypto, db, entity, state};

/// Why an application does not start: always with what to do about it.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Its settings are wrong.
    #[error(transparent)]
    Settings(#[from] config::Error),
    /// The log's filter cannot be read.
    #[error("{0}")]
    Log(String),
    /// Its parts do not fit together.
    #[error("the application does not fit together:\n{}", bullets(.0))]
    Conflicts(Vec<String>),
    /// Something is left to a default that only development allows.
    #[error(
        "these settings have defaults for development only:\n{}\nset them, or say --dev",
        bullets(.0)
    )]
    Development(Vec<&'static str>),
    /// The configured key is none.
    #[error("`auth.key`: {0}")]
    Key(#[from] crypto::KeyError),
    /// A configured former key is none.
    #[error("`auth.former_keys`, number {0}: {1}")]
    FormerKey(usize, #[source] crypto::KeyError),
    /// The database.
    #[error(transparent)]
    Db(#[from] db::Error),
    /// The role may pass row-level security, and this is no development.
    #[error(
        "the role `{0}` is a superuser or has BYPASSRLS, so that rows of all accounts would be \
         visible: set `db.url` to a role without these, and `db.owner_url` to the owner's"
    )]
    Unbound(String),
    /// The migrations.
    #[error(transparent)]
    History(#[from] entity::HistoryError),
    /// The object store.
    #[error(transparent)]
    Blob(#[from] blob::Error),
    /// A part of the application's state is missing or could not be made.
    #[error(transparent)]
    State(#[from] SetupError),
    /// A file or socket.
    #[error("{what}: {source}")]
    Io {
        /// What it is.
        what: String,
        /// What happened.
        source: std::io::Error,
    },
    /// A command that cannot be done as it was said.
    #[error("{0}")]
    Refused(String),
    /// A generated file is stale, or could not be written.
    #[error(transparent)]
    Stale(#[from] crate::generate::Stale),
}

/// Why a part of the application's state could not be made.
#[derive(Debug, thiserror::Error)]
pub enum SetupError {
    /// It needs another part that is not there (yet): parts are made in the order of their adding.
    #[error(transparent)]
    Missing(#[from] state::Missing),
    /// Its own reason.
    #[error(transparent)]
    Other(#[from] Box<dyn std::error::Error + Send + Sync>),
}

impl Error {
    /// A failed file or socket.
    pub(super) fn io(what: impl Into<String>) -> impl FnOnce(std::io::Error) -> Self {
        let what = what.into();
        move |source| Self::Io { what, source }
    }
}

fn bullets(lines: &[impl std::fmt::Display]) -> String {
    let lines: Vec<String> = lines.iter().map(|line| format!("  - {line}")).collect();
    lines.join("\n")
}
