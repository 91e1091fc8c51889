//! Words that are foreseen and not available yet.

#![allow(unused)]

#[path = "given/mod.rs"]
mod given;
use given::*;

/// Order one.
#[put("/v1/shots",
    access(account, can = Shots::Create),
    audit = "shot.ordered",
    cache(30s),
    deprecated)]
async fn order() -> Result<View, Never> {
    loop {}
}

/// Another program's.
#[put("/v1/shots", access(service))]
async fn service() -> Result<View, Never> {
    loop {}
}

/// The administrator's.
#[put("/v1/shots", access(admin))]
async fn admin() -> Result<View, Never> {
    loop {}
}

fn main() {}
