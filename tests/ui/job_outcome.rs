//! What a job returns cannot be stored, or is not there.

#![allow(unused)]

#[path = "given/mod.rs"]
mod given;
use given::*;

struct Rendered;

/// Render it.
#[job()]
async fn render(args: Args) -> Result<Rendered, JobError> {
    loop {}
}

/// Render it.
#[job()]
async fn nothing(args: Args) {
    loop {}
}

fn main() {}
