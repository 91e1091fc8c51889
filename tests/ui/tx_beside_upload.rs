//! A transaction that would stay open as long as an upload takes.

#![allow(unused)]

#[path = "given/mod.rs"]
mod given;
use given::*;
use jewel_core::http::Upload;

/// Upload one.
#[post("/v1/photos", access(public), repeatable)]
async fn upload(photo: Upload, tx: &mut Tx) -> Result<View, Never> {
    loop {}
}

/// Upload one.
#[post("/v1/photos", access(public), idempotent)]
async fn once(photo: Upload) -> Result<View, Never> {
    loop {}
}

fn main() {}
