//! Rule `rooms`: in the macros' crate one goes from parse to valid to expand, never back.
//!
//! A file stands in the first room its module path names; files in no room are vocabulary and
//! may not look into a room with a later step either, but are left to rustc.

use super::source::Source;
use super::{Finding, imports};

const KRATE: &str = "jewel-macros";
const ROOMS: [&str; 3] = ["parse", "valid", "expand"];

/// Compares every path into a room with the room it stands in.
pub(super) fn check(source: &Source) -> Vec<Finding> {
    if source.krate != KRATE || !source.in_src() {
        return Vec::new();
    }
    let mut found = Vec::new();
    for import in imports::of(&source.tokens) {
        let here = room(&source.module_at(import.line));
        let there = imports::resolve(source, &import).and_then(|path| room(&path));
        let (Some(here), Some(there)) = (here, there) else {
            continue;
        };
        if there > here && !source.is_test(import.line) {
            let what = format!(
                "`{}` imports from `{}`, a later room: a room takes only what earlier rooms made",
                ROOMS[here], ROOMS[there]
            );
            found.push(Finding::new(import.line, what));
        }
    }
    found
}

fn room(path: &[String]) -> Option<usize> {
    path.iter().find_map(|segment| ROOMS.iter().position(|room| room == segment))
}
