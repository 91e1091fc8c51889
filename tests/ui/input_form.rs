//! Types that are no input or output.

#![allow(unused)]

#[path = "given/mod.rs"]
mod given;
use given::*;

#[input]
struct Tuple(bool);

#[input]
struct Generic<T> {
    #[garde(skip)]
    value: T,
}

#[input]
enum Data {
    One,
    Two(bool),
}

#[input(strict)]
struct Words {
    yes: bool,
}

#[output]
struct Empty;

fn main() {}
