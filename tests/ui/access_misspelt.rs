//! Who may call is said wrong: in its word, in its kind, or not at all.

#![allow(unused)]

#[path = "given/mod.rs"]
mod given;
use given::*;

/// The word.
#[get("/v1/a", acess(public))]
async fn word() -> Result<View, Never> {
    loop {}
}

/// The kind.
#[get("/v1/b", access(acount))]
async fn kind() -> Result<View, Never> {
    loop {}
}

/// Nothing.
#[get("/v1/c", access())]
async fn nothing() -> Result<View, Never> {
    loop {}
}

/// Two kinds.
#[get("/v1/d", access(user, account))]
async fn two() -> Result<View, Never> {
    loop {}
}

fn main() {}
