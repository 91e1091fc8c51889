//! Credits: a double-entry ledger. What is bought or given is held for an order, then spent or
//! released.
//!
//! Invariants, each held by the database (`entity.rs`, `sql/credit.sql`): the entries of a transfer
//! sum to zero; a transfer is never changed; one cause moves credits once; a hold ends once, whole;
//! no customer's book goes below zero, however many orders come at once.
//!
//! It does not know what credits are spent on: a reference names it.

pub mod api;
mod entity;
mod problem;
mod rules;
mod settings;

pub use entity::{Hold, Transfer, grant, hold, release, spend};
pub use problem::{CreditProblem, LedgerProblem};
pub use rules::Kind;
pub use settings::Settings;

use jewel_core::app::Module;
use jewel_core::{endpoints, entities};

use crate::account;

/// The feature.
pub fn module() -> Module {
    Module::new("credit", "The credits that shots are paid with.")
        .endpoints(endpoints![api::show, api::list])
        .entities(entities![entity::Transfer, entity::Entry, entity::Balance])
}

/// The credits that a new account starts with, as a part of its opening.
pub fn welcome(settings: &Settings) -> account::Part {
    let credits = i64::from(settings.welcome);
    Box::new(move |tx, account| {
        Box::pin(async move {
            match credits {
                0 => Ok(()),
                credits => grant(tx, account, account.uuid(), credits).await.map(drop),
            }
        })
    })
}
