//! Code samples: how an operation is called by curl.
//!
//! The sample is complete and valid; `$BASE` and `$TOKEN` are the reader's to set.

use std::fmt::Write;

use serde_json::Value;

use super::example::example;
use super::shape;
use crate::manifest::{Manifest, Operation, Place};

/// A key for samples: any text of the caller's that is new for each intent.
pub(super) const KEY: &str = "01975b7e-8a10-7d52-b6f3-0c9e5a7d2b41";

/// The curl command that calls `operation`.
pub fn curl(operation: &Operation, manifest: &Manifest) -> String {
    let mut text = String::from("curl");
    if operation.method != "GET" {
        let _ = write!(text, " --request {}", operation.method);
    }
    let answers = operation.answers.iter().filter_map(|answer| answer.content.as_ref());
    if answers.clone().any(|content| content.media == "text/event-stream") {
        text.push_str(" --no-buffer");
    }
    let _ = write!(text, " \"$BASE{}\"", url(operation, manifest));
    let mut option = |line: &str| _ = write!(text, " \\\n  {line}");
    if operation.access != "public" {
        option("--header \"Authorization: Bearer $TOKEN\"");
    }
    if operation.idempotent {
        option(&format!("--header \"Idempotency-Key: {KEY}\""));
    }
    if let Some(body) = operation.body.first() {
        match body.media.as_str() {
            "application/json" => {
                let value = example(&body.schema, &manifest.schemas);
                option(&format!("--json {}", quoted(&value.to_string())));
            }
            "multipart/form-data" => {
                for (name, field) in shape::fields(&body.schema, &manifest.schemas) {
                    option(&format!("--form {}", quoted(&part(name, field, manifest))));
                }
            }
            media => {
                option(&format!("--header {}", quoted(&format!("Content-Type: {media}"))));
                option("--data-binary @FILE");
            }
        }
    }
    text
}

/// The path with an example in each segment, and the query fields that are required.
fn url(operation: &Operation, manifest: &Manifest) -> String {
    let mut path = operation.path.clone();
    let mut query = Vec::new();
    for parameter in &operation.parameters {
        let value = match example(&parameter.schema, &manifest.schemas) {
            Value::String(text) => text,
            other => other.to_string(),
        };
        match parameter.place {
            Place::Path => path = path.replace(&format!("{{{}}}", parameter.name), &value),
            Place::Query if parameter.required => {
                query.push(format!("{}={value}", parameter.name));
            }
            Place::Query | Place::Header => {}
        }
    }
    if query.is_empty() { path } else { format!("{path}?{}", query.join("&")) }
}

/// One part of a form: a file where its schema says bytes, else an example.
fn part(name: &str, schema: &Value, manifest: &Manifest) -> String {
    let schema = shape::resolve(schema, &manifest.schemas);
    if schema["format"] == "binary" || schema.get("contentMediaType").is_some() {
        return format!("{name}=@FILE");
    }
    match example(schema, &manifest.schemas) {
        Value::String(text) => format!("{name}={text}"),
        other => format!("{name}={other}"),
    }
}

/// A word as the shell reads it back.
fn quoted(word: &str) -> String {
    format!("'{}'", word.replace('\'', r"'\''"))
}
