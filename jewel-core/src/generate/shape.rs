//! Questions to a JSON Schema: what it refers to, which types and fields it allows.
//!
//! It answers from the schema alone and validates nothing.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

/// Named schemas, by the last segment of the references to them.
pub(crate) type Schemas = BTreeMap<String, Value>;

/// How many references are followed before a circle is assumed.
const FOLLOWED: usize = 16;

/// The keywords whose entries describe the same value as the schema around them.
const COMBINED: [&str; 3] = ["allOf", "oneOf", "anyOf"];

/// What a reference stands for; a schema that is none stands for itself.
pub(crate) fn resolve<'a>(schema: &'a Value, schemas: &'a Schemas) -> &'a Value {
    let mut schema = schema;
    for _ in 0..FOLLOWED {
        let name = schema["$ref"].as_str().and_then(|path| path.rsplit('/').next());
        let Some(next) = name.and_then(|name| schemas.get(name)) else { break };
        schema = next;
    }
    schema
}

/// The entries of one keyword that holds a list of schemas.
pub(crate) fn entries<'a>(schema: &'a Value, keyword: &str) -> &'a [Value] {
    schema[keyword].as_array().map_or(&[], Vec::as_slice)
}

/// The schemas that describe the same value: the entries of `allOf`, `oneOf` and `anyOf`.
pub(crate) fn combined(schema: &Value) -> impl Iterator<Item = &Value> {
    COMBINED.iter().flat_map(|keyword| entries(schema, keyword))
}

/// The type names that a schema allows; none where it does not say.
pub(crate) fn types<'a>(schema: &'a Value, schemas: &'a Schemas) -> BTreeSet<&'a str> {
    types_within(schema, schemas, FOLLOWED)
}

fn types_within<'a>(schema: &'a Value, schemas: &'a Schemas, depth: usize) -> BTreeSet<&'a str> {
    let schema = resolve(schema, schemas);
    match &schema["type"] {
        Value::String(name) => return BTreeSet::from([name.as_str()]),
        Value::Array(names) => return names.iter().filter_map(Value::as_str).collect(),
        _ => {}
    }
    if let Some(value) = schema.get("const") {
        return BTreeSet::from([type_of(value)]);
    }
    if let Some(values) = schema["enum"].as_array() {
        return values.iter().map(type_of).collect();
    }
    if depth == 0 {
        return BTreeSet::new();
    }
    combined(schema).flat_map(|entry| types_within(entry, schemas, depth - 1)).collect()
}

fn type_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.is_f64() => "number",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

/// The fields that an object may have, those of its variants included.
pub(crate) fn fields<'a>(schema: &'a Value, schemas: &'a Schemas) -> BTreeMap<&'a str, &'a Value> {
    let mut found = BTreeMap::new();
    collect_fields(schema, schemas, FOLLOWED, &mut found);
    found
}

fn collect_fields<'a>(
    schema: &'a Value,
    schemas: &'a Schemas,
    depth: usize,
    found: &mut BTreeMap<&'a str, &'a Value>,
) {
    let schema = resolve(schema, schemas);
    for (name, field) in schema["properties"].as_object().into_iter().flatten() {
        found.entry(name).or_insert(field);
    }
    if depth > 0 {
        for entry in combined(schema) {
            collect_fields(entry, schemas, depth - 1, found);
        }
    }
}

/// The schema that fields of free names have; none where free names are refused.
pub(crate) fn free_fields<'a>(schema: &'a Value, schemas: &'a Schemas) -> Option<&'a Value> {
    let schema = resolve(schema, schemas);
    match schema.get("additionalProperties") {
        Some(Value::Bool(false)) => None,
        Some(free) => Some(free),
        None => combined(schema)
            .find_map(|entry| resolve(entry, schemas).get("additionalProperties"))
            .filter(|free| free.is_object()),
    }
}

/// Whether an object's fields depend on which variant it is.
pub(crate) fn has_variants(schema: &Value, schemas: &Schemas) -> bool {
    let schema = resolve(schema, schemas);
    combined(schema).filter(|entry| !fields(entry, schemas).is_empty()).count() > 1
}

/// The schema without the possibility of `null`, for places that cannot hold one.
pub(crate) fn without_null(schema: &Value) -> Value {
    let mut schema = schema.clone();
    let Some(object) = schema.as_object_mut() else { return schema };
    if object.get("default").is_some_and(Value::is_null) {
        object.remove("default");
    }
    if let Some(Value::Array(names)) = object.get_mut("type") {
        names.retain(|name| name != "null");
        if let [only] = names.as_slice() {
            let only = only.clone();
            object.insert("type".to_owned(), only);
        }
    }
    if let Some(Value::Array(entries)) = object.get_mut("anyOf") {
        entries.retain(|entry| entry["type"] != "null");
        if let [Value::Object(only)] = entries.as_slice() {
            let only = only.clone();
            object.remove("anyOf");
            for (keyword, value) in only {
                object.entry(keyword).or_insert(value);
            }
        }
    }
    schema
}
