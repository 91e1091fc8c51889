//! Fields that have no rule.

#![allow(unused)]

#[path = "given/mod.rs"]
mod given;
use given::*;

#[input]
struct Sent {
    note: String,
    perhaps: Option<String>,
    count: u32,
    tags: Vec<String>,
    inner: Order,
}

#[input]
#[garde(allow_unvalidated)]
struct Anything {
    yes: bool,
}

fn main() {}
