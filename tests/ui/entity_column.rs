//! Types that are no columns.

#[path = "given/mod.rs"]
mod given;
use given::*;

/// What somebody thinks.
pub struct Opinion;

/// A link.
#[entity(table = "links")]
pub struct Link {
    #[key]
    id: Id<Link>,
    opinion: Opinion,
}

/// A word that is more than one.
#[derive(Column)]
pub enum Kind {
    Plain,
    Other(String),
}

/// No words.
#[derive(Column)]
pub struct Words;

fn main() {}
