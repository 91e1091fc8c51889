//! A function that is being typed: it keeps its route and its URL.

#![allow(unused)]

#[path = "given/mod.rs"]
mod given;
use given::*;

/// Show one.
#[get("/v1/shots/{shot}", access(public))]
async fn show(shot: Path<u8>) -> Result<View, Never> {
    let url: Url = show::path(*shot);
    loop {}
    let next =
}

fn routes() -> &'static [jewel_core::http::Route] {
    endpoints![show]
}

fn main() {}
