//! What callers are told when an account cannot be opened, entered or shown: one type an operation,
//! so that each documents exactly what it can answer.

use jewel_core::{Problem, db};
use thiserror::Error;

use super::password;

/// Why an account could not be opened.
#[derive(Debug, Error, Problem)]
pub enum SignUpProblem {
    /// Somebody has this address already.
    #[error("there is an account with this e-mail address; log in instead")]
    #[problem(409, "email_taken")]
    EmailTaken,
    /// The password was not hashed.
    #[error("internal error")]
    #[problem(internal)]
    Password(#[from] password::Error),
    /// The database.
    #[error("internal error")]
    #[problem(internal)]
    Internal(#[from] db::Error),
}

/// Why somebody was not let in.
#[derive(Debug, Error, Problem)]
pub enum LogInProblem {
    /// No such address, or not its password: callers are not told which.
    #[error("the e-mail address or the password is wrong")]
    #[problem(401, "wrong_credentials")]
    WrongCredentials,
    /// The password was not verified.
    #[error("internal error")]
    #[problem(internal)]
    Password(#[from] password::Error),
    /// The token could not be signed.
    #[error("internal error")]
    #[problem(internal)]
    Token(#[source] Signing),
    /// The database.
    #[error("internal error")]
    #[problem(internal)]
    Internal(#[from] db::Error),
}

/// Why an account is not shown.
#[derive(Debug, Error, Problem)]
pub enum AccountProblem {
    /// The token is good, and its account is gone.
    #[error("this account does not exist any more")]
    #[problem(404, "account_not_found")]
    NotFound,
    /// The database.
    #[error("internal error")]
    #[problem(internal)]
    Internal(#[from] db::Error),
}

/// A token could not be signed.
#[derive(Debug, Error)]
#[error("the access token was not signed: {0}")]
pub struct Signing(pub(super) String);
