//! Rule `mounted`: what is annotated in jewel-app is in its manifest.
//!
//! rustc's `dead_code` does not see public items, so a handler that no module lists would be
//! compiled, documented by nobody and never served.

use super::source::Source;
use super::{Finding, annotated};
use crate::manifest::Mounted;

const KRATE: &str = "jewel-app";

/// Compares the annotated items of a file with the manifest.
pub(super) fn check(source: &Source, mounted: &Mounted) -> Vec<Finding> {
    if source.krate != KRATE || !source.in_src() {
        return Vec::new();
    }
    let mut found = Vec::new();
    for item in annotated::of(source) {
        let module = source.module_at(item.line).join("::");
        if !mounted.holds(&module, &item.name) && !source.is_test(item.line) {
            let list = match item.word.as_str() {
                "job" => "jobs",
                "entity" => "entities",
                _ => "endpoints",
            };
            let what = format!(
                "`{}` is annotated and not mounted: add it to `.{list}({list}![..])` of its module",
                item.name
            );
            found.push(Finding::new(item.line, what));
        }
    }
    found
}
