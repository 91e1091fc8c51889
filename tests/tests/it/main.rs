//! The framework from outside: what it does for a crate that only depends on it.

#![expect(clippy::unwrap_used, reason = "a test ends where something is not as it should be")]

mod bouncer;
mod examples;
mod once;
mod shop;
mod stages;
mod ui;
mod wire;
