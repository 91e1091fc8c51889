//! A body whose type was never looked at.

#![allow(unused)]

#[path = "given/mod.rs"]
mod given;
use given::*;

#[derive(serde::Deserialize, schemars::JsonSchema)]
struct Bare {
    style: String,
}

/// Order one.
#[post("/v1/shots", access(public), repeatable)]
async fn order(order: Body<Bare>) -> Result<View, Never> {
    loop {}
}

fn main() {}
