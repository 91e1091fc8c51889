//! An argument that nothing makes.

#![allow(unused)]

#[path = "given/mod.rs"]
mod given;
use given::*;

struct Language(String);

/// Show one.
#[get("/v1/shots", access(public))]
async fn show(language: Language) -> Result<View, Never> {
    loop {}
}

fn main() {}
