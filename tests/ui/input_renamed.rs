//! Names on the wire that are not the Rust names, and unknown fields let in.

#![allow(unused)]

#[path = "given/mod.rs"]
mod given;
use given::*;

#[input]
#[serde(rename_all = "camelCase")]
struct Sent {
    #[serde(rename = "type")]
    kind: bool,
    #[serde(flatten)]
    #[garde(dive)]
    rest: Order,
}

#[output]
struct Written {
    #[serde(rename = "type")]
    kind: bool,
}

fn main() {}
