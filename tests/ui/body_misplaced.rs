//! A body where none can be.

#![allow(unused)]

#[path = "given/mod.rs"]
mod given;
use given::*;

/// Show one.
#[get("/v1/shots", access(public))]
async fn get_body(order: Body<Order>) -> Result<View, Never> {
    loop {}
}

/// Remove one.
#[delete("/v1/shots", access(public))]
async fn delete_body(order: Body<Order>) -> Result<View, Never> {
    loop {}
}

/// Limits a body that is not read.
#[post("/v1/shots", access(public), repeatable, body = 3kB)]
async fn limited() -> Result<View, Never> {
    loop {}
}

fn main() {}
