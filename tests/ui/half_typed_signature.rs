//! A signature that is being typed: the compiler alone speaks, and lists still find it.

#![allow(unused)]

#[path = "given/mod.rs"]
mod given;
use given::*;

/// Show one.
#[get("/v1/shots/{shot}", access(public))]
async fn show(shot: Path<u8>, caller: ) -> Result<View, Never> {
    loop {}
}

fn routes() -> &'static [jewel_core::http::Route] {
    endpoints![show]
}

fn main() {}
