//! The good answers of an operation, and the body that it reads.

use serde_json::{Map, Value, json};

use super::components::Components;
use super::headers;
use crate::generate::example;
use crate::manifest::{Answer, Content, Header, Operation};

/// The good answers, by status.
pub(super) fn answers(operation: &Operation, components: &Components<'_>) -> Map<String, Value> {
    let mut found: Map<String, Value> = Map::new();
    for answer in &operation.answers {
        let status = answer.status.to_string();
        let made = found.entry(status).or_insert_with(
            || json!({ "description": answer.description, "headers": headers::good(operation) }),
        );
        add(made, answer, components);
    }
    found
}

/// Adds one form of an answer: its media type and headers.
fn add(made: &mut Value, answer: &Answer, components: &Components<'_>) {
    for Header { name, description, schema } in &answer.headers {
        made["headers"][name] = json!({ "description": description, "schema": schema });
    }
    if let Some(content) = &answer.content {
        made["content"][&content.media] = media(content, components);
    }
}

/// The body that the operation reads, where it reads one.
pub(super) fn request(operation: &Operation, components: &Components<'_>) -> Option<Value> {
    let bodies = operation.body.iter();
    let content: Map<String, Value> =
        bodies.map(|content| (content.media.clone(), media(content, components))).collect();
    (!content.is_empty()).then(|| json!({ "required": true, "content": content }))
}

/// One media type: its schema, and an example where that is JSON.
fn media(content: &Content, components: &Components<'_>) -> Value {
    let mut media = json!({ "schema": content.schema });
    if content.media == "application/json" {
        media["example"] = example(&content.schema, &components.manifest.schemas);
    }
    media
}
