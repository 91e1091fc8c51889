//! The framework from outside: what it does for a crate that only depends on it.

mod bouncer;
mod examples;
mod once;
mod shop;
mod stages;
mod ui;
mod wire;
