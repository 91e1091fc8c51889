//! A function in a list that has no annotation.

#![allow(unused)]

#[path = "given/mod.rs"]
mod given;
use given::*;

async fn show() -> Result<View, Never> {
    loop {}
}

fn routes() -> &'static [jewel_core::http::Route] {
    endpoints![show]
}

fn main() {}
