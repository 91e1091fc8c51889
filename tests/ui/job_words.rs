//! Words of a job that are said wrong.

#![allow(unused)]

#[path = "given/mod.rs"]
mod given;
use given::*;

/// Render it.
#[job(queue = "renders", priority = highest, retry, timeout(3m))]
async fn render(args: Args) -> Result<(), JobError> {
    loop {}
}

/// Render it.
#[job(retry(3, 2s..5m, jitter))]
async fn more(args: More) -> Result<(), JobError> {
    loop {}
}

/// What is said wrong.
#[derive(serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
pub struct Third {}

/// Render it.
#[job(encrypted = true, encrypt)]
async fn third(args: Third) -> Result<(), JobError> {
    loop {}
}

fn main() {}
