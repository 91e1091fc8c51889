//! jewel-app from outside: through its API, on a database of its own per test.

#![expect(clippy::unwrap_used, reason = "a test that is surprised ends")]

mod account;
mod contention;
mod credit;
mod kill;
mod ledger;
mod operator;
mod person;
mod photo;
mod picture;
mod port;
mod shot;
mod tenancy;
mod wrong_input;
