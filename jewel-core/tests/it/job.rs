//! What the queue promises, with a real database: each law is a test, and after each test every job
//! is in exactly one place.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test ends where something is not as it should be"
)]

mod batch;
mod crash;
mod doctor;
mod encrypted;
mod enqueue;
mod fairness;
mod fence;
mod figures;
mod follow;
mod model;
mod on_dead;
mod operator;
mod order;
mod outcome;
mod policy;
mod retention;
mod shutdown;
mod transaction;
mod world;
