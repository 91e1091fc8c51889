//! Paths that are none.

#![allow(unused)]

#[path = "given/mod.rs"]
mod given;
use given::*;

/// Nothing.
#[get(access(public))]
async fn missing() -> Result<View, Never> {
    loop {}
}

/// Nothing at all.
#[get]
async fn empty() -> Result<View, Never> {
    loop {}
}

/// No text.
#[get(3, access(public))]
async fn number() -> Result<View, Never> {
    loop {}
}

/// No slash.
#[get("v1/shots", access(public))]
async fn relative() -> Result<View, Never> {
    loop {}
}

/// A slash too many.
#[get("/v1/shots/", access(public))]
async fn trailing() -> Result<View, Never> {
    loop {}
}

/// Half a segment.
#[get("/v1/shots/{shot}.png", access(public))]
async fn half() -> Result<View, Never> {
    loop {}
}

/// No name.
#[get("/v1/shots/{*rest}", access(public))]
async fn rest() -> Result<View, Never> {
    loop {}
}

/// A query.
#[get("/v1/shots?size=3", access(public))]
async fn query() -> Result<View, Never> {
    loop {}
}

/// The same segment again.
#[get("/v1/{shot}/{shot}", access(public))]
async fn again(shot: Path<u8>) -> Result<View, Never> {
    loop {}
}

fn main() {}
