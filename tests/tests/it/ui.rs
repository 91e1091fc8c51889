//! What the macros take, and what they say to mistakes.

#[path = "../../ui/pass/endpoint.rs"]
mod endpoint;
#[path = "../../ui/pass/job.rs"]
mod job;
#[path = "../../ui/pass/wire.rs"]
mod wire;

#[test]
fn every_mistake_is_told_at_its_place_with_its_mend() {
    trybuild::TestCases::new().compile_fail("ui/*.rs");
}
