//! Words that do not exist: one is near to one that does, one is not.

#![allow(unused)]

#[path = "given/mod.rs"]
mod given;
use given::*;

/// List them.
#[get("/v1/shots", access(public), limt(30 / minute))]
async fn near() -> Result<View, Never> {
    loop {}
}

/// List them.
#[get("/v1/shots", access(public), frobnicate = 3)]
async fn far() -> Result<View, Never> {
    loop {}
}

/// Render it.
#[job(queu = renders)]
async fn render(args: Args) -> Result<(), JobError> {
    loop {}
}

/// List them.
#[get("/v1/shots", access(public), slo(p59 = 200ms))]
async fn inner() -> Result<View, Never> {
    loop {}
}

fn main() {}
