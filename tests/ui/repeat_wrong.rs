//! What a repetition does is said where it needs no saying, or cannot be done.

#![allow(unused)]

#[path = "given/mod.rs"]
mod given;
use given::*;

/// List them.
#[get("/v1/shots", access(public), repeatable)]
async fn list() -> Result<View, Never> {
    loop {}
}

/// Replace one.
#[put("/v1/shots", access(public), idempotent)]
async fn replace(tx: &mut Tx) -> Result<View, Never> {
    loop {}
}

/// Order one.
#[post("/v1/shots", access(public), idempotent)]
async fn order(order: Body<Order>) -> Result<View, Never> {
    loop {}
}

fn main() {}
