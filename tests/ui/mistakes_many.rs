//! Five mistakes in one annotation and one in a type: each is told, once.

#![allow(unused)]

#[path = "given/mod.rs"]
mod given;
use given::*;

struct Row;

/// Order one.
#[post("/v1/shots/{shot}",
    limt(30 / minute),
    slo(p95 = 200sm),
    deadline = 0s,
    audit = "shot.ordered")]
async fn order(order: Body<Row>) -> Result<View, Never> {
    loop {}
}

fn main() {}
