//! Everything that is derived from the manifest: documents, references, samples.
//!
//! Generators are pure functions of plain data. They know no running application, and nothing here
//! states a fact about it a second time.

mod curl;
pub mod docs;
mod ensure;
mod example;
mod openapi;
mod pattern;
mod schema;
mod settings;
pub(crate) mod shape;
mod stages;
mod tables;

#[cfg(test)]
pub(crate) mod sample;
#[cfg(test)]
mod tests;

pub use curl::curl;
pub use ensure::{Stale, ensure, pretty};
pub use example::example;
pub use openapi::openapi;
pub use schema::manifest_schema;
pub use settings::{PREFIX, SEPARATOR, Section, WELL_KNOWN, settings, variable};
pub use stages::{all_problems, stage_problems};
pub use tables::tables;

pub(crate) use settings::definitions;
