//! Functions that are no handlers, and an item that is no function.

#![allow(unused)]

#[path = "given/mod.rs"]
mod given;
use given::*;

/// Not async.
#[get("/v1/a", access(public))]
fn blocking() -> Result<View, Never> {
    loop {}
}

/// Generic.
#[get("/v1/b", access(public))]
async fn generic<T: Send>(value: State<T>) -> Result<View, Never> {
    loop {}
}

/// Without names.
#[get("/v1/d", access(public))]
async fn unnamed(value: impl Send) -> impl Sized {
    loop {}
}

/// No function.
#[get("/v1/c", access(public))]
struct Thing;

/// No type.
#[input]
fn input() {}

fn main() {}
