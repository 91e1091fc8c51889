//! Arguments that are borrowed, or taken apart.

#![allow(unused)]

#[path = "given/mod.rs"]
mod given;
use given::*;

/// Show one.
#[get("/v1/shots/{shot}", access(public))]
async fn apart(Path(shot): Path<u8>) -> Result<View, Never> {
    loop {}
}

/// Show one.
#[get("/v1/shots", access(public))]
async fn borrowed(state: &State<u8>) -> Result<View, Never> {
    loop {}
}

fn main() {}
