//! The table of steps holds together.

use std::collections::BTreeSet;

use super::{LAST, steps};

#[test]
fn every_step_has_a_name_of_its_own_and_the_tests_come_last() {
    let steps = steps();
    let names: BTreeSet<_> = steps.iter().map(|step| step.name).collect();
    assert_eq!(names.len(), steps.len());
    assert_eq!(steps.last().map(|step| step.name), Some(LAST));
}

#[test]
fn a_step_says_how_it_is_repeated() {
    let repeats: Vec<_> = steps().iter().map(super::Step::repeat).collect();
    for line in [
        "cargo fmt --all --check",
        "cargo xtask openapi --check",
        "RUSTDOCFLAGS='-D warnings' cargo doc --workspace --no-deps",
        "cargo xtask ci --only deny",
    ] {
        assert!(repeats.iter().any(|repeat| repeat == line), "{line}");
    }
}
