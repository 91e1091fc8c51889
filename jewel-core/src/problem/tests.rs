//! What the outside is told of an internal error.

use std::time::Duration;

use super::{Details, Unavailable};

#[derive(Debug, thiserror::Error)]
#[error("reading the ledger failed")]
struct Reading<E: std::error::Error + 'static>(#[source] E);

#[test]
fn an_internal_error_tells_its_cause_to_the_log_alone() {
    let details = Details::internal(&Reading(std::io::Error::other("disk on fire")));
    assert_eq!((details.status, details.code), (500, "internal"));
    assert!(!details.detail.contains("disk"));
    assert_eq!(details.cause.as_deref(), Some("reading the ledger failed: disk on fire"));
}

#[test]
fn something_used_up_is_a_503_with_a_wait() {
    let wait = Duration::from_secs(2);
    let cause = Reading(Unavailable { what: "the connection pool", retry_after: wait });
    let details = Details::internal(&cause);
    assert_eq!((details.status, details.retry_after), (503, Some(wait)));
}

#[test]
fn a_title_is_the_code_in_words() {
    assert_eq!(super::details::title("insufficient_credits"), "Insufficient credits");
    assert_eq!(super::details::title(""), "");
}
