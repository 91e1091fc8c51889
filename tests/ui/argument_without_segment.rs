//! An argument that takes a segment which the path does not have.

#![allow(unused)]

#[path = "given/mod.rs"]
mod given;
use given::*;

/// Show one.
#[get("/v1/photos", access(public))]
async fn show(photo: Path<u8>) -> Result<View, Never> {
    loop {}
}

fn main() {}
