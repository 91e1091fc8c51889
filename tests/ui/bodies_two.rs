//! Two bodies, and two transactions.

#![allow(unused)]

#[path = "given/mod.rs"]
mod given;
use given::*;

/// Order one.
#[post("/v1/shots", access(public), repeatable)]
async fn order(one: Body<Order>, two: Body<Order>) -> Result<View, Never> {
    loop {}
}

/// Order one.
#[post("/v1/shots", access(public), repeatable)]
async fn transactions(one: &mut Tx, two: &mut Tx) -> Result<View, Never> {
    loop {}
}

fn main() {}
