//! A handler that holds across an `.await` what cannot be sent to another thread.

#![allow(unused)]

#[path = "given/mod.rs"]
mod given;
use given::*;

use std::rc::Rc;

/// Show one.
#[get("/v1/shots", access(public))]
async fn show() -> Result<View, Never> {
    let shared = Rc::new(3);
    std::future::ready(()).await;
    drop(shared);
    loop {}
}

fn main() {}
