//! Who may do what, and how often.
//!
//! It decides and hands out evidence of its decision; how a refusal looks is `http`'s business.

mod identity;
pub mod limit;

#[cfg(test)]
mod tests;

pub use identity::{Caller, Identity, Proof};
