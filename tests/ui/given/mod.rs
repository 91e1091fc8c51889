//! What the fixtures have in common: right types, so that each holds its own mistake alone.

#![allow(dead_code, unused_imports)]

pub use jewel_core::http::{NoContent, Url};
pub use jewel_core::job::{Job, JobError};
pub use jewel_core::{
    Account, Body, Caller, Column, Id, Path, Problem, Public, Query, State, Timestamp, Tx, User,
    delete, endpoints, entity, get, input, job, jobs, output, patch, post, put,
};

/// What can go wrong.
#[derive(Debug, thiserror::Error, Problem)]
pub enum Never {}

/// What is read.
#[input]
pub struct Order {
    #[garde(length(chars, max = 60))]
    pub style: String,
}

/// What is written.
#[output]
pub struct View {
    pub style: String,
}

/// What is enqueued.
#[derive(serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
pub struct Args {
    pub shot: u32,
}

/// Something else that is enqueued.
#[derive(Default, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
pub struct More {
    pub shot: u32,
}
