//! A caller, or a limit, by what `access(..)` does not prove.

#![allow(unused)]

#[path = "given/mod.rs"]
mod given;
use given::*;

/// List them.
#[get("/v1/shots", access(public))]
async fn account(caller: Caller<Account>) -> Result<View, Never> {
    loop {}
}

/// List them.
#[get("/v1/shots", access(account))]
async fn user(caller: Caller<User>) -> Result<View, Never> {
    loop {}
}

/// List them.
#[get("/v1/shots", access(public), limit(3 / day, per = account))]
async fn limited() -> Result<View, Never> {
    loop {}
}

/// List them.
#[get("/v1/shots", access(public), limit(3 / day, per = planet))]
async fn planet() -> Result<View, Never> {
    loop {}
}

fn main() {}
