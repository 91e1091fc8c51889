//! What the queue promises, with a real database: each law is a test, and after each test every job
//! is in exactly one place.

mod crash;
mod enqueue;
mod fence;
mod follow;
mod outcome;
mod shutdown;
mod world;
