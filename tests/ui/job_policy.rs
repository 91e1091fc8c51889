//! Words about many jobs that are said wrong.

#![allow(unused)]

#[path = "given/mod.rs"]
mod given;
use given::*;

/// Render it.
#[job(limit(4, per = "shot"), limit(0), rate(10), unique(shot, shot), keep = forever,
      schedule("0 4 * *"))]
async fn render(args: Args) -> Result<(), JobError> {
    loop {}
}

/// Render it.
#[job(limit(4, per = shot), limit(2, per = other), limit(3), limit(5), rate(10 / second, brust = 2),
      unique(shot, until = done), schedule("0 4 * * *", zone = UTC, missed = some))]
async fn more(args: More) -> Result<(), JobError> {
    loop {}
}

fn main() {}
