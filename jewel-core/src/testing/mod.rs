//! What an application's own tests stand on: a database for each test, callers by kind, a turned
//! clock, and jobs that run when the test says so.
//!
//! It is for tests alone, so it panics where something is not as it should be, and says what.

mod app;
mod client;
mod database;
mod leftovers;
mod tenants;

pub use app::TestApp;
pub use client::{Client, Request, Response};
pub use database::TestDb;

use std::fmt::Display;

/// The value, or the end of the test.
#[track_caller]
fn must<T, E: Display>(what: &str, result: Result<T, E>) -> T {
    match result {
        Ok(value) => value,
        Err(error) => panic!("{what}: {error:#}"),
    }
}
