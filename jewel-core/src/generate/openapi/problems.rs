//! The problems of an operation: one answer per status, one schema and example per code.

use serde_json::{Map, Value, json};

use super::components::{Components, by_status, pascal, schema};
use super::headers::{self, reference};
use crate::generate::{all_problems, example};
use crate::manifest::{Operation, Problem};
use crate::problem::codes::{
    self, IDEMPOTENCY_IN_PROGRESS, INVALID_REQUEST, RATE_LIMITED, UNAUTHENTICATED, UNAVAILABLE,
};
use crate::problem::type_uri;

/// The media type of every problem.
const MEDIA: &str = "application/problem+json";

/// The problems' answers, by status.
pub(super) fn problems(
    operation: &Operation,
    components: &mut Components<'_>,
) -> Map<String, Value> {
    let all = all_problems(operation);
    let mut found = Map::new();
    for (status, problems) in by_status(&all) {
        let names: Vec<String> =
            problems.iter().map(|problem| component(problem, components)).collect();
        let codes: Vec<String> = problems.iter().map(|p| format!("`{}`", p.code)).collect();
        let examples: Map<String, Value> = problems
            .iter()
            .zip(&names)
            .map(|(problem, name)| {
                let path = format!("#/components/examples/{name}");
                (problem.code.clone(), json!({ "$ref": path }))
            })
            .collect();
        let answer = json!({
            "description": format!("{}: {}.", reason(status), codes.join(", ")),
            "headers": headers_of(operation, status, &problems),
            "content": { MEDIA: { "schema": any_of(&problems, &names), "examples": examples } },
        });
        found.insert(status.to_string(), answer);
    }
    found
}

/// The schema of a status: that of its code, or one of those of its codes.
fn any_of(problems: &[&Problem], names: &[String]) -> Value {
    if let [only] = names {
        return schema(only);
    }
    let mapping: Map<String, Value> = problems
        .iter()
        .zip(names)
        .map(|(problem, name)| (problem.code.clone(), schema(name)["$ref"].clone()))
        .collect();
    json!({
        "oneOf": names.iter().map(|name| schema(name)).collect::<Vec<_>>(),
        "discriminator": { "propertyName": "code", "mapping": mapping },
    })
}

/// The name of the problem's schema and example, which are made at the first meeting.
fn component(problem: &Problem, components: &mut Components<'_>) -> String {
    if let Some(name) = components.named(problem) {
        return name;
    }
    let mut own = Map::from_iter([
        ("code".to_owned(), json!({ "type": "string", "enum": [problem.code] })),
        ("status".to_owned(), json!({ "type": "integer", "enum": [problem.status] })),
    ]);
    own.extend(problem.members.clone());
    let required: Vec<&str> =
        ["code", "status"].into_iter().chain(problem.members.keys().map(String::as_str)).collect();
    let described = json!({
        "description": format!("{}.", problem.title),
        "allOf": [
            schema(&components.base),
            { "type": "object", "required": required, "properties": own },
        ],
    });
    let name = components.add(&format!("{}Problem", pascal(&problem.code)), described);
    let value = shown(problem, components);
    components.examples.insert(name.clone(), json!({ "summary": problem.title, "value": value }));
    components.remember(problem, &name);
    name
}

/// The problem as a caller would see it.
fn shown(problem: &Problem, components: &Components<'_>) -> Value {
    let code = codes::ALL.iter().find(|code| code.code == problem.code);
    let detail = code.map_or_else(|| problem.title.to_lowercase(), |code| code.detail.to_owned());
    let mut value = json!({
        "type": type_uri(&problem.code),
        "title": problem.title,
        "status": problem.status,
        "detail": detail,
        "code": problem.code,
        "request_id": "01975b7e-3f00-7c3a-9a51-6b1d0c2e4f58",
    });
    for (name, schema) in &problem.members {
        value[name] = example(schema, &components.manifest.schemas);
    }
    if problem.code == INVALID_REQUEST.code {
        value["violations"] = json!([
            { "at": "/name", "rule": "required", "detail": "is missing" },
        ]);
    }
    value
}

fn headers_of(operation: &Operation, status: u16, problems: &[&Problem]) -> Map<String, Value> {
    let mut headers = headers::common();
    let waits = problems.iter().any(|p| p.code == IDEMPOTENCY_IN_PROGRESS.code);
    if waits || status == RATE_LIMITED.status || status == UNAVAILABLE.status {
        headers.extend([reference(headers::RETRY_AFTER)]);
    }
    if status == RATE_LIMITED.status {
        headers.extend(headers::limits(operation));
    }
    if status == UNAUTHENTICATED.status {
        headers.extend([reference(headers::AUTHENTICATE)]);
    }
    headers
}

/// A status in the words of its standard.
fn reason(status: u16) -> &'static str {
    match status {
        400 => "Bad request",
        401 => "Unauthorized",
        402 => "Payment required",
        403 => "Forbidden",
        404 => "Not found",
        406 => "Not acceptable",
        408 => "Request timeout",
        409 => "Conflict",
        410 => "Gone",
        412 => "Precondition failed",
        413 => "Content too large",
        415 => "Unsupported media type",
        422 => "Unprocessable content",
        428 => "Precondition required",
        429 => "Too many requests",
        500 => "Internal server error",
        502 => "Bad gateway",
        503 => "Service unavailable",
        504 => "Gateway timeout",
        _ => "Problem",
    }
}
