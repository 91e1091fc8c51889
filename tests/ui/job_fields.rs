//! Fields that the arguments do not have, and arguments that the clock cannot make.

#![allow(unused)]

#[path = "given/mod.rs"]
mod given;
use given::*;

/// Render it.
#[job(limit(4, per = account))]
async fn render(args: Args) -> Result<(), JobError> {
    loop {}
}

/// Render it.
#[job(unique(order))]
async fn more(args: More) -> Result<(), JobError> {
    loop {}
}

/// It is not known what to render.
#[derive(serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
pub struct Other {
    shot: u32,
}

/// Render it.
#[job(schedule = "0 4 * * *")]
async fn other(args: Other) -> Result<(), JobError> {
    loop {}
}

fn main() {}
