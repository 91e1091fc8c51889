//! What can go wrong with one row.

use jewel_macros::Problem;

use crate::db;

/// Why a row was not shown, changed or deleted. Handlers that do no more than that answer it as it
/// is; others flatten it into a problem of their own.
#[derive(Debug, thiserror::Error, Problem)]
pub enum RowProblem {
    /// There is none, or it is somebody else's.
    #[error("there is no such row")]
    #[problem(404, "not_found")]
    NotFound,
    /// Somebody else was quicker, or it is gone.
    #[error("it was changed by somebody else meanwhile: read it again")]
    #[problem(412, "changed_meanwhile")]
    Lost,
    /// The database failed, or refused it.
    #[error("internal error")]
    #[problem(internal)]
    Internal(#[from] db::Error),
}

impl From<sqlx::Error> for RowProblem {
    fn from(error: sqlx::Error) -> Self {
        Self::Internal(error.into())
    }
}
