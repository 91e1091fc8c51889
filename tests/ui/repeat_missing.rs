//! What a repetition does is not said.

#![allow(unused)]

#[path = "given/mod.rs"]
mod given;
use given::*;

/// Order one.
#[post("/v1/shots", access(public))]
async fn order(order: Body<Order>) -> Result<View, Never> {
    loop {}
}

/// Change one.
#[patch("/v1/shots", access(public))]
async fn change(order: Body<Order>) -> Result<View, Never> {
    loop {}
}

fn main() {}
