//! One operation: what it reads, what it answers, who may call it and how often.

use serde_json::{Map, Value, json};

use super::components::{BEARER, Components};
use super::{answers, problems};
use crate::generate::{curl, example, shape};
use crate::manifest::{LimitEntry, Operation, Parameter, Place};

/// The operation object.
pub(super) fn operation(operation: &Operation, components: &mut Components<'_>) -> Value {
    let mut responses = answers::answers(operation, components);
    responses.extend(problems::problems(operation, components));
    let security = if operation.access == "public" { json!([]) } else { json!([{ BEARER: [] }]) };
    let mut item = json!({
        "operationId": operation.id,
        "tags": [operation.tag],
        "summary": operation.summary.trim_end_matches('.'),
        "description": description(operation),
        "responses": responses,
        "security": security,
        "x-access": operation.access,
        "x-codeSamples": [{
            "lang": "Shell",
            "label": "curl",
            "source": curl(operation, components.manifest),
        }],
    });
    let parameters = parameters(operation, components);
    if !parameters.is_empty() {
        item["parameters"] = Value::Array(parameters);
    }
    if let Some(body) = answers::request(operation, components) {
        item["requestBody"] = body;
    }
    if !operation.limits.is_empty() {
        item["x-rate-limits"] = json!(operation.limits);
    }
    if let Some(slo) = &operation.slo {
        item["x-slo"] = json!(slo);
    }
    item
}

/// The author's words, then what the annotation adds to them.
fn description(operation: &Operation) -> String {
    let said = match operation.description.trim() {
        "" => operation.summary.trim(),
        said => said,
    };
    let mut notes = Vec::new();
    if !operation.limits.is_empty() {
        let limits: Vec<String> = operation.limits.iter().map(limit).collect();
        notes.push(format!("Limits: {}.", limits.join("; ")));
    }
    if operation.idempotent {
        let note = "Needs an `Idempotency-Key`; a repetition with the same key gets the first \
                    one's answer and has no second effect.";
        notes.push(note.to_owned());
    }
    if operation.body_limit > 0 {
        notes.push(format!("Largest body: {}.", bytes(operation.body_limit)));
    }
    if notes.is_empty() {
        return said.to_owned();
    }
    let notes: Vec<String> = notes.iter().map(|note| format!("- {note}")).collect();
    format!("{said}\n\n{}", notes.join("\n"))
}

/// A limit in words.
fn limit(limit: &LimitEntry) -> String {
    let window = match limit.window_s {
        1 => "second".to_owned(),
        60 => "minute".to_owned(),
        3_600 => "hour".to_owned(),
        86_400 => "day".to_owned(),
        seconds => format!("{seconds} seconds"),
    };
    let whose = match limit.per.as_str() {
        "global" => "for all callers together".to_owned(),
        "ip" => "per address".to_owned(),
        other => format!("per {other}"),
    };
    format!("{} calls per {window} {whose}", limit.count)
}

/// A size in the largest unit that leaves no remainder.
fn bytes(count: u64) -> String {
    match count {
        n if n % (1 << 20) == 0 => format!("{} MiB", n >> 20),
        n if n % (1 << 10) == 0 => format!("{} KiB", n >> 10),
        n => format!("{n} bytes"),
    }
}

fn parameters(operation: &Operation, components: &Components<'_>) -> Vec<Value> {
    let own = operation.parameters.iter().map(|own| parameter(own, components));
    let key = json!({ "$ref": "#/components/parameters/IdempotencyKey" });
    own.chain(operation.idempotent.then_some(key)).collect()
}

/// A parameter; the optional ones have no example, because pages that try operations send it.
fn parameter(parameter: &Parameter, components: &Components<'_>) -> Value {
    let place = match parameter.place {
        Place::Path => "path",
        Place::Query => "query",
        Place::Header => "header",
    };
    let schema = shape::without_null(&parameter.schema);
    let mut made = Map::from_iter([
        ("name".to_owned(), json!(parameter.name)),
        ("in".to_owned(), json!(place)),
        ("required".to_owned(), json!(parameter.required)),
    ]);
    if parameter.required {
        let value = example(&schema, &components.manifest.schemas);
        made.insert("example".to_owned(), value);
    }
    if !parameter.description.is_empty() {
        made.insert("description".to_owned(), json!(parameter.description));
    }
    made.insert("schema".to_owned(), schema);
    Value::Object(made)
}
