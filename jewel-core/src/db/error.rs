//! What can go wrong with the database, sorted by what a caller should do about it.

use std::time::Duration;

use crate::problem::Unavailable;

/// A database error.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No connection became free in time, or the server cannot be reached: a 503 outside.
    #[error("no database connection")]
    Exhausted(#[source] Unavailable),
    /// The server refused or broke off a statement.
    #[error(transparent)]
    Statement(sqlx::Error),
    /// A statement had failed before the commit, and its caller went on: nothing was done.
    #[error("the transaction was not committed: a statement in it had failed")]
    Aborted,
    /// A role's or database's name is not made of lower-case letters, digits and `_`.
    #[error(
        "`{0}` is no name: a role's or database's name is made of lower-case letters, digits \
         and `_`"
    )]
    Role(String),
    /// The private server could not be started.
    #[error(transparent)]
    Embedded(#[from] super::embedded::Error),
    /// The schema could not be brought up to date.
    #[error("migrating the database failed")]
    Migrate(#[from] sqlx::migrate::MigrateError),
    /// A migration cannot be undone.
    #[error("the migration `{0}` cannot be undone: it has no `.down.sql`")]
    OneWay(String),
    /// Undoing would lose what is in the database.
    #[error("this would lose {}: say `--lossy` where that is meant", .0.join(", "))]
    Lossy(Vec<String>),
}

/// What a caller is told to wait when no connection is free.
const BUSY: Duration = Duration::from_secs(1);

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        match error {
            sqlx::Error::PoolTimedOut | sqlx::Error::Io(_) | sqlx::Error::PoolClosed => {
                tracing::warn!(%error, "no database connection");
                Self::Exhausted(Unavailable {
                    what: "the database's connections",
                    retry_after: BUSY,
                })
            }
            other => Self::Statement(other),
        }
    }
}

impl Error {
    /// The name of the constraint that a statement broke, if that is what happened.
    pub fn constraint(&self) -> Option<&str> {
        match self {
            Self::Statement(sqlx::Error::Database(error)) => error.constraint(),
            _ => None,
        }
    }

    /// The five characters by which PostgreSQL names what happened.
    pub fn sqlstate(&self) -> Option<String> {
        match self {
            Self::Statement(sqlx::Error::Database(error)) => {
                error.code().map(std::borrow::Cow::into_owned)
            }
            _ => None,
        }
    }
}
