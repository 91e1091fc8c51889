//! A method.

#![allow(unused)]

#[path = "given/mod.rs"]
mod given;
use given::*;

struct Api;

impl Api {
    /// Show one.
    #[get("/v1/a", access(public))]
    async fn show(&self) -> Result<View, Never> {
        loop {}
    }
}

fn main() {}
