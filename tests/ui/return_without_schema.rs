//! What is returned was not made to be written.

#![allow(unused)]

#[path = "given/mod.rs"]
mod given;
use given::*;

struct Row {
    id: u32,
}

/// Show one.
#[get("/v1/shots", access(public))]
async fn show() -> Result<Row, Never> {
    loop {}
}

fn main() {}
