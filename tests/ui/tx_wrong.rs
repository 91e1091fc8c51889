//! A transaction that is not `&mut Tx`.

#![allow(unused)]

#[path = "given/mod.rs"]
mod given;
use given::*;

/// Order one.
#[put("/v1/shots", access(public))]
async fn value(tx: Tx) -> Result<View, Never> {
    loop {}
}

/// Order one.
#[put("/v1/shots", access(public))]
async fn shared(tx: &Tx) -> Result<View, Never> {
    loop {}
}

fn main() {}
