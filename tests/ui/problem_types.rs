//! Members that cannot be written, a cause that is no error, a problem that is none.

#![allow(unused)]

#[path = "given/mod.rs"]
mod given;
use given::*;

#[derive(Debug)]
struct Bare;

#[derive(Debug, thiserror::Error)]
#[error("other")]
struct Other;

#[derive(Debug, thiserror::Error, Problem)]
enum Member {
    #[error("odd")]
    #[problem(409, "odd")]
    Odd { bare: Bare },
}

#[derive(Debug, thiserror::Error, Problem)]
enum Cause {
    #[error("internal")]
    #[problem(internal)]
    Internal(Bare),
}

#[derive(Debug, thiserror::Error, Problem)]
enum Flat {
    #[error(transparent)]
    #[problem(flatten)]
    Other(Other),
}

fn main() {}
