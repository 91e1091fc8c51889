//! Fields of an entity that are wrong.

#[path = "given/mod.rs"]
mod given;
use given::*;

/// A photo.
#[entity(table = "photos")]
pub struct Photo {
    #[key]
    id: Option<Id<Photo>>,
    #[key]
    #[secret]
    token: String,
    #[pii]
    #[secret]
    name: String,
    #[version]
    version: String,
    #[default(7)]
    width: i32,
    #[generated("width * 2")]
    #[default("0")]
    doubled: i32,
    #[references(none)]
    height: i32,
    #[unique]
    #[unique]
    object: String,
}

fn main() {}
