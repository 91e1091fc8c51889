//! Words that are written in another form than theirs.

#![allow(unused)]

#[path = "given/mod.rs"]
mod given;
use given::*;

/// Order one.
#[post("/v1/shots", access = public, limit = 30, repeatable = true, slo, deadline(30s), body)]
async fn order(order: Body<Order>) -> Result<View, Never> {
    loop {}
}

/// Order one.
#[post("/v1/shots", access(public) repeatable, 3, limit())]
async fn commas() -> Result<View, Never> {
    loop {}
}

fn main() {}
