//! A word that is said twice.

#![allow(unused)]

#[path = "given/mod.rs"]
mod given;
use given::*;

/// List them.
#[get("/v1/shots", access(public), deadline = 3s, slo(p95 = 1s), deadline = 4s)]
async fn list() -> Result<View, Never> {
    loop {}
}

/// Order one.
#[post("/v1/shots", access(public), repeatable, idempotent)]
async fn order() -> Result<View, Never> {
    loop {}
}

fn main() {}
