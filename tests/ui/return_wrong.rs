//! What is returned is no `Result`, has an error that is no problem, or is not there.

#![allow(unused)]

#[path = "given/mod.rs"]
mod given;
use given::*;

#[derive(Debug, thiserror::Error)]
#[error("no")]
struct Refused;

/// Show one.
#[get("/v1/shots", access(public))]
async fn bare() -> View {
    loop {}
}

/// Show one.
#[get("/v1/shots", access(public))]
async fn refused() -> Result<View, Refused> {
    loop {}
}

/// Show one.
#[get("/v1/shots", access(public))]
async fn nothing() {
    loop {}
}

fn main() {}
