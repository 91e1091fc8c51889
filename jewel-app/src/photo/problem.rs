//! What callers are told when a photo is refused, missing or needed: one type an operation, so that
//! each documents exactly what it can answer.

use jewel_core::blob::{self, KeyError};
use jewel_core::http::UploadProblem;
use jewel_core::{Problem, db};
use thiserror::Error;

use super::inspect::{Unfit, Unread};

/// Why a photo was not taken.
#[derive(Debug, Error, Problem)]
pub enum UploadPhotoProblem {
    /// The form itself.
    #[error(transparent)]
    #[problem(flatten)]
    Upload(#[from] UploadProblem),
    /// What is in the file.
    #[error(transparent)]
    #[problem(flatten)]
    Unfit(#[from] Unfit),
    /// More bytes than the operator allows.
    #[error("the photo has more than {max_bytes} bytes")]
    #[problem(413, "photo_too_large")]
    TooLarge {
        /// The most that is taken, in bytes.
        max_bytes: u64,
    },
    /// It could not be looked at.
    #[error("internal error")]
    #[problem(internal)]
    Unread(#[from] Unread),
    /// Its place in the store has no name.
    #[error("internal error")]
    #[problem(internal)]
    Key(#[from] KeyError),
    /// The object store.
    #[error("internal error")]
    #[problem(internal)]
    Store(#[from] blob::Error),
    /// The database.
    #[error("internal error")]
    #[problem(internal)]
    Internal(#[from] db::Error),
}

/// Why photos are not listed.
#[derive(Debug, Error, Problem)]
pub enum ListPhotosProblem {
    /// The database.
    #[error("internal error")]
    #[problem(internal)]
    Internal(#[from] db::Error),
}

/// Why a photo is not shown.
#[derive(Debug, Error, Problem)]
pub enum PhotoProblem {
    /// The account has no such photo.
    #[error("there is no such photo")]
    #[problem(404, "photo_not_found")]
    NotFound,
    /// The database.
    #[error("internal error")]
    #[problem(internal)]
    Internal(#[from] db::Error),
}

/// Why a photo is not deleted.
#[derive(Debug, Error, Problem)]
pub enum RemovePhotoProblem {
    /// The account has no such photo.
    #[error("there is no such photo")]
    #[problem(404, "photo_not_found")]
    NotFound,
    /// A shot of it is not finished.
    #[error("a shot of this photo is not finished; cancel it or wait")]
    #[problem(409, "photo_in_use")]
    InUse,
    /// The database.
    #[error("internal error")]
    #[problem(internal)]
    Internal(#[from] db::Error),
}
