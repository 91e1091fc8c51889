//! What callers are told when their credits do not suffice, or the ledger does not answer.

use jewel_core::{Problem, db};
use thiserror::Error;

/// Why credits could not be moved.
#[derive(Debug, Error, Problem)]
pub enum CreditProblem {
    /// More is needed than is free to spend.
    #[error("this costs {need} credits and {have} are available")]
    #[problem(402, "insufficient_credits")]
    InsufficientCredits {
        /// What it costs, in credits.
        need: i64,
        /// What is available, in credits.
        have: i64,
    },
    /// The database.
    #[error("internal error")]
    #[problem(internal)]
    Internal(#[from] db::Error),
}

/// Why the ledger is not shown.
#[derive(Debug, Error, Problem)]
pub enum LedgerProblem {
    /// The database.
    #[error("internal error")]
    #[problem(internal)]
    Internal(#[from] db::Error),
}
