//! A job that holds across an `.await` what cannot be sent to another thread.

#![allow(unused)]

#[path = "given/mod.rs"]
mod given;
use given::*;

use std::rc::Rc;

/// Render it.
#[job()]
async fn render(args: Args) -> Result<(), JobError> {
    let shared = Rc::new(args.shot);
    std::future::ready(()).await;
    drop(shared);
    Ok(())
}

fn main() {}
