//! What callers are told when a shot cannot be ordered, shown, cancelled or downloaded: one type an
//! operation, so that each documents exactly what it can answer.

use jewel_core::blob::{self, KeyError};
use jewel_core::{Problem, db};
use thiserror::Error;

use super::rules::ShotStatus;
use crate::credit::CreditProblem;

/// Why a shot was not ordered.
#[derive(Debug, Error, Problem)]
pub enum OrderProblem {
    /// Its credits.
    #[error(transparent)]
    #[problem(flatten)]
    Credit(#[from] CreditProblem),
    /// The account has no such photo.
    #[error("there is no such photo")]
    #[problem(404, "photo_not_found")]
    PhotoNotFound,
    /// No style has this id.
    #[error("there is no style `{style}`; `/v1/styles` lists them")]
    #[problem(422, "unknown_style")]
    UnknownStyle {
        /// The id.
        style: String,
    },
    /// The database.
    #[error("internal error")]
    #[problem(internal)]
    Internal(#[from] db::Error),
}

/// Why shots are not listed.
#[derive(Debug, Error, Problem)]
pub enum ListShotsProblem {
    /// The database.
    #[error("internal error")]
    #[problem(internal)]
    Internal(#[from] db::Error),
}

/// Why a shot is not shown.
#[derive(Debug, Error, Problem)]
pub enum ShotProblem {
    /// The account has no such shot.
    #[error("there is no such shot")]
    #[problem(404, "shot_not_found")]
    NotFound,
    /// The database.
    #[error("internal error")]
    #[problem(internal)]
    Internal(#[from] db::Error),
}

/// Why a shot was not cancelled.
#[derive(Debug, Error, Problem)]
pub enum CancelProblem {
    /// The account has no such shot.
    #[error("there is no such shot")]
    #[problem(404, "shot_not_found")]
    NotFound,
    /// Nothing more can happen to it.
    #[error("the shot is {}: there is nothing to cancel", shot.as_str())]
    #[problem(409, "already_finished")]
    AlreadyFinished {
        /// Where it is.
        shot: ShotStatus,
    },
    /// The database.
    #[error("internal error")]
    #[problem(internal)]
    Internal(#[from] db::Error),
}

/// Why there is no link to a shot's picture.
#[derive(Debug, Error, Problem)]
pub enum LinkProblem {
    /// There is no such shot, or it cannot be read.
    #[error(transparent)]
    #[problem(flatten)]
    Shot(#[from] ShotProblem),
    /// It has no pictures, yet or for good.
    #[error("the shot is {}: there is nothing to download", shot.as_str())]
    #[problem(409, "not_completed")]
    NotCompleted {
        /// Where it is.
        shot: ShotStatus,
    },
}

/// Why a link leads nowhere.
#[derive(Debug, Error, Problem)]
pub enum FileProblem {
    /// It was altered, or never signed.
    #[error("this link is not valid; ask for a new one")]
    #[problem(403, "link_invalid")]
    Invalid,
    /// Its time is over.
    #[error("this link has expired; ask for a new one")]
    #[problem(410, "link_expired")]
    Expired,
    /// It was good, and the picture is gone.
    #[error("there is no such picture any more")]
    #[problem(404, "file_not_found")]
    NotFound,
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
