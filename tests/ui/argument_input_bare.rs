//! An input that is taken without `Body`.

#![allow(unused)]

#[path = "given/mod.rs"]
mod given;
use given::*;

/// Order one.
#[post("/v1/shots", access(public), repeatable)]
async fn order(order: Order) -> Result<View, Never> {
    loop {}
}

fn main() {}
