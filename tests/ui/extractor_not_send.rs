//! An extractor that cannot be sent to another thread.

#![allow(unused)]

#[path = "given/mod.rs"]
mod given;
use given::*;

use std::rc::Rc;
use jewel_core::http::{Call, Extract, Reject};
use jewel_core::manifest::Describe;

struct Shared(Rc<u8>);

impl Extract for Shared {
    fn extract(_: &mut Call, _: &'static str) -> Result<Self, Reject> {
        loop {}
    }

    fn describe(_: &'static str, _: &mut Describe) {}
}

/// Show one.
#[get("/v1/shots", access(public))]
async fn show(shared: Shared) -> Result<View, Never> {
    loop {}
}

fn main() {}
