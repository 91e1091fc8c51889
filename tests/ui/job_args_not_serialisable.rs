//! What is enqueued cannot be stored.

#![allow(unused)]

#[path = "given/mod.rs"]
mod given;
use given::*;

struct Render {
    shot: u32,
}

/// Render it.
#[job()]
async fn render(args: Render) -> Result<(), JobError> {
    loop {}
}

fn main() {}
