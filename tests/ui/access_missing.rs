//! Who may call is not said.

#![allow(unused)]

#[path = "given/mod.rs"]
mod given;
use given::*;

/// List them.
#[get("/v1/shots")]
async fn list() -> Result<View, Never> {
    loop {}
}

fn main() {}
