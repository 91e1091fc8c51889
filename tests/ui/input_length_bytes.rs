//! A rule that counts bytes where the schema counts characters.

#![allow(unused)]

#[path = "given/mod.rs"]
mod given;
use given::*;

#[input]
struct Sent {
    #[garde(length(max = 60))]
    note: String,
    #[garde(length(bytes, max = 60))]
    perhaps: Option<String>,
    #[garde(length(max = 3), inner(length(max = 60)))]
    tags: Vec<String>,
}

fn main() {}
