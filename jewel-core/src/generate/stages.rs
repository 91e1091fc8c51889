//! Which problems an operation can answer because of what it declares.
//!
//! One table from stages to codes. The operation's own problems come from its error type, not from
//! here.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::manifest::{Operation, Place, Problem};
use crate::problem::Code;
use crate::problem::codes::{
    BODY_TIMEOUT, BODY_TOO_LARGE, DEADLINE_EXCEEDED, IDEMPOTENCY_IN_PROGRESS,
    IDEMPOTENCY_KEY_MISSING, IDEMPOTENCY_KEY_REUSED, INTERNAL, INVALID_REQUEST, MALFORMED_BODY,
    NOT_ACCEPTABLE, NOT_FOUND, OVERLOADED, RATE_LIMITED, UNAUTHENTICATED, UNAVAILABLE,
    UNSUPPORTED_MEDIA_TYPE,
};

/// What each stage can answer, if the operation has it.
const STAGES: &[(Stage, &[Code])] = &[
    (|_| true, &[INTERNAL, UNAVAILABLE, OVERLOADED, DEADLINE_EXCEEDED]),
    (|operation| operation.answers.iter().any(|a| a.content.is_some()), &[NOT_ACCEPTABLE]),
    (|operation| operation.access != "public", &[UNAUTHENTICATED]),
    (|operation| !operation.limits.is_empty(), &[RATE_LIMITED]),
    (|operation| reads(operation, Place::Path), &[NOT_FOUND]),
    (|operation| reads(operation, Place::Query), &[INVALID_REQUEST]),
    (|operation| reads(operation, Place::Header), &[INVALID_REQUEST]),
    (
        |operation| !operation.body.is_empty(),
        &[MALFORMED_BODY, BODY_TIMEOUT, BODY_TOO_LARGE, UNSUPPORTED_MEDIA_TYPE, INVALID_REQUEST],
    ),
    (
        |operation| operation.idempotent,
        &[IDEMPOTENCY_KEY_MISSING, IDEMPOTENCY_IN_PROGRESS, IDEMPOTENCY_KEY_REUSED],
    ),
];

/// Whether an operation has a stage.
type Stage = fn(&Operation) -> bool;

fn reads(operation: &Operation, place: Place) -> bool {
    operation.parameters.iter().any(|parameter| parameter.place == place)
}

/// Every problem that the operation's declared stages can answer, by status and code.
///
/// It reads the operation's access, limits, parameters, body, answers and idempotency: these come
/// first.
pub fn stage_problems(operation: &Operation) -> Vec<Problem> {
    let stages = STAGES.iter().filter(|(has, _)| has(operation));
    sorted(stages.flat_map(|(_, codes)| codes.iter()).map(entry).collect())
}

/// Every problem that the operation can answer: its own, and those of its declared stages.
///
/// A code stands once; where a stage and the error type share it, the error type's entry stays,
/// because it may have members.
pub fn all_problems(operation: &Operation) -> Vec<Problem> {
    let mut all = operation.problems.clone();
    all.extend(stage_problems(operation));
    sorted(all)
}

fn entry(code: &Code) -> Problem {
    Problem {
        status: code.status,
        code: code.code.to_owned(),
        title: code.title(),
        members: members(code.code),
    }
}

/// What a stage adds to its problem each time.
fn members(code: &str) -> BTreeMap<String, Value> {
    let count = || json!({ "type": "integer", "minimum": 0 });
    let added = match code {
        _ if code == BODY_TOO_LARGE.code => vec![("limit_bytes", count())],
        _ if code == RATE_LIMITED.code => vec![
            ("limit", count()),
            ("window_s", count()),
            ("per", json!({ "type": "string", "enum": ["global", "ip", "user", "account"] })),
        ],
        _ => Vec::new(),
    };
    added.into_iter().map(|(name, schema)| (name.to_owned(), schema)).collect()
}

/// Sorted by status and code; of equal ones the first stays.
fn sorted(mut problems: Vec<Problem>) -> Vec<Problem> {
    problems.sort_by(|a, b| (a.status, &a.code).cmp(&(b.status, &b.code)));
    problems.dedup_by(|later, first| (later.status, &later.code) == (first.status, &first.code));
    problems
}
