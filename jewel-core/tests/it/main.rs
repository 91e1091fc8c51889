//! The crate from outside, with real servers: one binary for all of it.

mod embedded;
mod entity;
mod job;
