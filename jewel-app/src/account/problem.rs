//! What callers are told when an account cannot be opened or entered.

use jewel_core::{Problem, db};
use thiserror::Error;

use super::password;

/// Why an account could not be opened or entered.
#[derive(Debug, Error, Problem)]
pub enum AccountProblem {
    /// Somebody has this address already.
    #[error("there is an account with this e-mail address; log in instead")]
    #[problem(409, "email_taken")]
    EmailTaken,
    /// No such address, or not its password: callers are not told which.
    #[error("the e-mail address or the password is wrong")]
    #[problem(401, "wrong_credentials")]
    WrongCredentials,
    /// The token is good, and its account is gone.
    #[error("this account does not exist any more")]
    #[problem(404, "account_not_found")]
    NotFound,
    /// A password was neither hashed nor verified.
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

/// A token could not be signed.
#[derive(Debug, Error)]
#[error("the access token was not signed: {0}")]
pub struct Signing(pub(super) String);
