//! A type that stands for a row, and one that is only written, as bodies.

#![allow(unused)]

#[path = "given/mod.rs"]
mod given;
use given::*;

struct Row {
    id: u32,
    secret: String,
}

/// Order one.
#[post("/v1/shots", access(public), repeatable)]
async fn row(order: Body<Row>) -> Result<View, Never> {
    loop {}
}

/// Order one.
#[post("/v1/shots", access(public), repeatable)]
async fn written(order: Body<View>) -> Result<View, Never> {
    loop {}
}

fn main() {}
