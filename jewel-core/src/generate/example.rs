//! An example of what a schema allows: the same one each time, for documents and first requests.
//!
//! What the author wrote (`examples`, `default`) comes before what can be made up. It does not
//! search: where keywords contradict each other the example may miss one of them.

use serde_json::{Map, Value, json};

use super::pattern;
use super::shape::{self, Schemas};

/// How deep examples nest before optional fields and elements are left out.
const NESTED: usize = 6;

/// The longest text that is made up, in characters; a longer minimum is missed.
const LONGEST: u64 = 4_096;

/// The most elements that are made up.
const MOST: u64 = 16;

/// An example value of `schema`, whose references are looked up in `schemas`.
///
/// ```
/// use jewel_core::generate::example;
/// use serde_json::json;
///
/// let schema = json!({ "type": "string", "pattern": "^[a-z]{3}-[0-9]+$" });
/// assert_eq!(example(&schema, &Default::default()), json!("aaa-0"));
/// ```
pub fn example(schema: &Value, schemas: &Schemas) -> Value {
    sample(schema, schemas, "text", NESTED)
}

/// `name` is what the value is called where it stands: a text says it back.
fn sample(schema: &Value, schemas: &Schemas, name: &str, depth: usize) -> Value {
    if let Some(given) = given(schema) {
        return given.clone();
    }
    let target = shape::resolve(schema, schemas);
    if let Some(given) = given(target) {
        return given.clone();
    }
    let chosen = chosen(target, schemas, name, depth);
    match chosen {
        Some(value) if !value.is_object() => return value,
        _ => {}
    }
    let types = shape::types(target, schemas);
    let kind = types.iter().find(|kind| **kind != "null").or(types.first());
    match kind.copied() {
        Some("string") => text(target, name),
        Some("integer") => integer(target),
        Some("number") => number(target),
        Some("boolean") => json!(true),
        Some("null") => Value::Null,
        Some("array") => array(target, schemas, name, depth),
        _ => object(target, schemas, chosen, depth),
    }
}

/// A value that the schema itself names.
fn given(schema: &Value) -> Option<&Value> {
    let listed = |keyword: &str| schema[keyword].as_array().and_then(|values| values.first());
    listed("examples")
        .or_else(|| schema.get("example"))
        .or_else(|| schema.get("const"))
        .or_else(|| schema.get("default").filter(|value| !value.is_null()))
        .or_else(|| listed("enum"))
}

/// The example of the first variant, and of everything that holds at once.
fn chosen(schema: &Value, schemas: &Schemas, name: &str, depth: usize) -> Option<Value> {
    let depth = depth.checked_sub(1)?;
    let mut all = None;
    let first = |keyword: &str| {
        shape::entries(schema, keyword).iter().find(|entry| entry["type"] != "null")
    };
    let entries = shape::entries(schema, "allOf").iter();
    for entry in entries.chain(first("oneOf")).chain(first("anyOf")) {
        let value = sample(entry, schemas, name, depth);
        all = Some(match (all, value) {
            (Some(Value::Object(mut all)), Value::Object(more)) => {
                all.extend(more);
                Value::Object(all)
            }
            (_, value) => value,
        });
    }
    all
}

fn text(schema: &Value, name: &str) -> Value {
    if let Some(text) = schema["format"].as_str().and_then(formatted) {
        return json!(text);
    }
    let min = schema["minLength"].as_u64().unwrap_or(0).min(LONGEST) as usize;
    let max = schema["maxLength"].as_u64().unwrap_or(LONGEST) as usize;
    if let Some(text) = schema["pattern"].as_str().and_then(|text| pattern::matching(text, min)) {
        return json!(text);
    }
    let words = name.replace('_', " ");
    let length = words.chars().count().max(min).min(max);
    let padded = words.chars().chain(" text".chars().cycle());
    let text: String = padded.take(length).collect();
    // A blank at either end would be cut by many a reader.
    json!(if text.ends_with(' ') { text[..text.len() - 1].to_owned() + "s" } else { text })
}

/// A text of a registered format.
fn formatted(format: &str) -> Option<&'static str> {
    Some(match format {
        "date" => "2026-03-01",
        "date-time" => "2026-03-01T12:00:00Z",
        "time" => "12:00:00Z",
        "duration" => "PT30S",
        "email" | "idn-email" => "someone@example.org",
        "hostname" | "idn-hostname" => "example.org",
        "ip" | "ipv4" => "192.0.2.1",
        "ipv6" => "2001:db8::1",
        "uri" | "url" => "https://example.org/",
        "uri-reference" => "/v1/example",
        "uuid" => "01975b7e-3f00-7c3a-9a51-6b1d0c2e4f58",
        _ => return None,
    })
}

fn integer(schema: &Value) -> Value {
    let bound = |keyword: &str| schema[keyword].as_i64();
    let min = bound("minimum").or(bound("exclusiveMinimum").map(|n| n.saturating_add(1)));
    let max = bound("maximum").or(bound("exclusiveMaximum").map(|n| n.saturating_sub(1)));
    let step = bound("multipleOf").filter(|step| *step > 0).unwrap_or(1);
    let wanted = step.max(min.unwrap_or(i64::MIN)).min(max.unwrap_or(i64::MAX));
    let over = wanted.rem_euclid(step);
    json!(if over == 0 { wanted } else { wanted.saturating_add(step - over) })
}

fn number(schema: &Value) -> Value {
    let bound = |keyword: &str| schema[keyword].as_f64();
    let min = bound("minimum").or(bound("exclusiveMinimum"));
    let max = bound("maximum").or(bound("exclusiveMaximum"));
    json!(match (min, max) {
        (Some(min), Some(max)) => f64::midpoint(min, max),
        (Some(min), None) => min.max(0.0) + 1.5,
        (None, Some(max)) => max.min(3.0) - 1.5,
        (None, None) => 1.5,
    })
}

fn array(schema: &Value, schemas: &Schemas, name: &str, depth: usize) -> Value {
    let max = schema["maxItems"].as_u64().unwrap_or(MOST);
    let min = schema["minItems"].as_u64().unwrap_or(0).min(MOST);
    let below = depth.saturating_sub(1);
    let mut items: Vec<Value> = shape::entries(schema, "prefixItems")
        .iter()
        .map(|entry| sample(entry, schemas, name, below))
        .collect();
    let wanted = if depth == 0 { min } else { min.max(1) }.min(max) as usize;
    if let Some(entry) = schema.get("items").filter(|entry| entry.is_object()) {
        while items.len() < wanted {
            items.push(sample(entry, schemas, name, below));
        }
    }
    Value::Array(items)
}

fn object(schema: &Value, schemas: &Schemas, chosen: Option<Value>, depth: usize) -> Value {
    let mut object = match chosen {
        Some(Value::Object(object)) => object,
        _ => Map::new(),
    };
    let required = shape::entries(schema, "required");
    for (name, field) in schema["properties"].as_object().into_iter().flatten() {
        if depth > 0 || required.iter().any(|required| required == name) {
            let value = sample(field, schemas, name, depth.saturating_sub(1));
            object.insert(name.clone(), value);
        }
    }
    let free = schema.get("additionalProperties").filter(|free| free.is_object());
    if let Some(free) = free.filter(|_| object.is_empty() && depth > 0) {
        object.insert("key".to_owned(), sample(free, schemas, "value", depth - 1));
    }
    Value::Object(object)
}
