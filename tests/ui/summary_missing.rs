//! What an endpoint or a job does is not said.

#![allow(unused)]

#[path = "given/mod.rs"]
mod given;
use given::*;

#[get("/v1/shots", access(public))]
async fn list() -> Result<View, Never> {
    loop {}
}

#[job()]
async fn render(args: Args) -> Result<(), JobError> {
    loop {}
}

fn main() {}
