//! Things of another kind in lists.

#![allow(unused)]

#[path = "given/mod.rs"]
mod given;
use given::*;

/// Show one.
#[get("/v1/shots", access(public))]
async fn show() -> Result<View, Never> {
    loop {}
}

fn tasks() -> &'static [jewel_core::job::Definition] {
    jobs![show]
}

fn main() {}
