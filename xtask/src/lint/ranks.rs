//! Rule `ranks`: a module imports only what stands before it.
//!
//! A crate's root (`lib.rs`, `main.rs`) stands above all, and test code may use everything. The
//! ranks themselves are in `ladder.rs`.

use std::collections::BTreeSet;

use super::ladder::Ladder;
use super::source::Source;
use super::{Finding, imports};

/// Compares every path of the crate's own with the ladder.
pub(super) fn check(source: &Source) -> Vec<Finding> {
    let ladder = Ladder::of(&source.krate).filter(|_| source.in_src());
    let (Some(ladder), Some(module)) = (ladder, source.module.first()) else {
        return Vec::new();
    };
    let Some(height) = ladder.height(module) else {
        let what = format!("module `{module}` has no rank: add it to xtask/src/lint/ladder.rs");
        return vec![Finding::new(1, what)];
    };
    let mut found = Vec::new();
    let mut seen = BTreeSet::new();
    for import in imports::of(&source.tokens) {
        let Some(path) = imports::resolve(source, &import) else {
            continue;
        };
        let Some(target) = path.first().filter(|target| *target != module) else {
            continue;
        };
        let known = seen.insert((import.line, target.clone()));
        if !known || source.is_test(import.line) {
            continue;
        }
        if let Some(what) = refuse(ladder, module, height, &path) {
            found.push(Finding::new(import.line, what));
        }
    }
    found
}

fn refuse(ladder: &Ladder, module: &str, height: usize, path: &[String]) -> Option<String> {
    let target = path.first()?;
    let Some(other) = ladder.height(target) else {
        return Some(format!(
            "`crate::{target}` is no ranked module: name the module it comes from, or give it \
             a rank in xtask/src/lint/ladder.rs"
        ));
    };
    if let Some(importers) = ladder.reserved_for(path)
        && !importers.contains(&module)
    {
        return Some(format!(
            "`{module}` imports `{target}`, which only `{}` may: take what it needs as a value",
            importers.join("`, `")
        ));
    }
    (other > height).then(|| {
        format!(
            "`{module}` ({}) imports `{target}` ({}), which stands after it: move what is \
             shared down, or hand it in from above",
            ladder.row(module),
            ladder.row(target)
        )
    })
}
