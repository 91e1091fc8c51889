//! Accounts and the people who act for them: sign-up, log-in, who am I.
//!
//! An account owns rows and pays; a person has an address and a password and acts for one account.
//! One address is one person, however it is spelt: the database holds it. What else belongs to a
//! new account stands above this feature and is handed in as [`Opening`].

pub mod api;
mod entity;
mod opening;
mod password;
mod problem;
mod rules;

pub use opening::{Opening, Part};
pub use password::{Error as PasswordError, Passwords};
pub use problem::{AccountProblem, LogInProblem, SignUpProblem, Signing};

use jewel_core::app::Module;
use jewel_core::{endpoints, entities};

/// The feature.
pub fn module() -> Module {
    Module::new("account", "Accounts, and the people who act for them.")
        .endpoints(endpoints![api::sign_up, api::log_in, api::me])
        .entities(entities![entity::Customer, entity::Person])
}
