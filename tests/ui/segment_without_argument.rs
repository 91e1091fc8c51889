//! A segment of the path that no argument takes.

#![allow(unused)]

#[path = "given/mod.rs"]
mod given;
use given::*;

/// Show one.
#[get("/v1/photos/{photo}/shots/{shot}", access(public))]
async fn show(photo: Path<u8>) -> Result<View, Never> {
    loop {}
}

fn main() {}
