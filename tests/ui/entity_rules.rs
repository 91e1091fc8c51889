//! Rules of an entity that the database cannot hold.

#[path = "given/mod.rs"]
mod given;
use given::*;

/// A link.
#[entity(table = "links")]
pub struct Link {
    #[key]
    id: Id<Link>,
    #[garde(url)]
    to: String,
    #[garde(length(min = 1, max = 60))]
    title: String,
    #[garde(pattern(PATTERN))]
    slug: String,
}

fn main() {}
