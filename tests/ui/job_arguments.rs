//! Arguments that a job does not take.

#![allow(unused)]

#[path = "given/mod.rs"]
mod given;
use given::*;

/// None.
#[job()]
async fn none() -> Result<(), JobError> {
    loop {}
}

/// The wrong first.
#[job()]
async fn first(job: &mut Job, args: Args) -> Result<(), JobError> {
    loop {}
}

/// An endpoint's.
#[job()]
async fn other(args: Args, caller: Caller<User>) -> Result<(), JobError> {
    loop {}
}

/// By value.
#[job()]
async fn value(args: Args, job: Job) -> Result<(), JobError> {
    loop {}
}

/// A transaction by value, and two of them.
#[job()]
async fn two(args: More, tx: Tx, one: &mut Tx, other: &mut Tx) -> Result<(), JobError> {
    loop {}
}

fn main() {}
