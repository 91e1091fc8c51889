//! Validate: a body or query as a value that has passed its rules, or everything that is wrong.
//!
//! The good path parses once and runs the rules. Only where that fails is the raw value checked
//! against the type's schema too: serde stops at its first error, and a caller wants all of them.

use std::any::TypeId;
use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, LazyLock, PoisonError, RwLock};

use garde::Report;
use jsonschema::Validator;
use jsonschema::error::ValidationErrorKind;
use schemars::generate::SchemaSettings;
use serde_json::{Map, Value};

use super::extract::Input;
use super::reject::Reject;
use crate::problem::{Violation, codes};

/// How many violations one problem lists at most.
const MAX_VIOLATIONS: usize = 100;

/// A JSON body as a `T`.
pub(super) fn json<T: Input>(bytes: &[u8]) -> Result<T, Reject> {
    let parsed = serde_json::from_slice::<T>(bytes);
    if let Ok(value) = parsed {
        return match value.validate() {
            Ok(()) => Ok(value),
            Err(report) => Err(refuse(of_report(&report))),
        };
    }
    let raw: Value = match serde_json::from_slice(bytes) {
        Ok(raw) => raw,
        Err(error) => {
            let mut details = codes::MALFORMED_BODY.details();
            details.detail = format!("the body is no JSON: {error}").into();
            return Err(details.into());
        }
    };
    let last = parsed.err().map(|error| error.to_string()).unwrap_or_default();
    Err(refuse(of_schema::<T>(&raw, &last)))
}

/// A query string as a `T`.
pub(super) fn query<T: Input>(text: &str) -> Result<T, Reject> {
    let raw = Value::Object(fields::<T>(text));
    match serde_json::from_value::<T>(raw.clone()) {
        Ok(value) => match value.validate() {
            Ok(()) => Ok(value),
            Err(report) => Err(refuse(named(of_report(&report)))),
        },
        Err(error) => Err(refuse(named(of_schema::<T>(&raw, &error.to_string())))),
    }
}

/// A query parameter is named, not pointed at.
fn named(mut violations: Vec<Violation>) -> Vec<Violation> {
    for violation in &mut violations {
        violation.at = violation.at.trim_start_matches('/').to_owned();
    }
    violations
}

fn refuse(violations: Vec<Violation>) -> Reject {
    let mut details = codes::INVALID_REQUEST.details();
    details.violations = violations;
    details.into()
}

/// The rules that a parsed value breaks.
fn of_report(report: &Report) -> Vec<Violation> {
    let violation = |(path, error): &(garde::Path, garde::Error)| {
        Violation::new(pointer(&path.to_string()), "rule", error.message())
    };
    report.iter().map(violation).take(MAX_VIOLATIONS).collect()
}

/// garde's `a.b[0].c` as the JSON Pointer `/a/b/0/c`.
fn pointer(path: &str) -> String {
    let mut pointer = String::with_capacity(path.len() + 1);
    for part in path.split(['.', '[']).filter(|part| !part.is_empty()) {
        pointer.push('/');
        pointer.push_str(part.trim_end_matches(']'));
    }
    pointer
}

/// All that a schema says against a raw value; `last` is what serde stopped at.
fn of_schema<T: Input>(raw: &Value, last: &str) -> Vec<Violation> {
    let checked = checked::<T>();
    let mut found = BTreeSet::new();
    if let Some(validator) = &checked.validator {
        for error in validator.iter_errors(raw) {
            found.extend(of_error(error.instance_path().as_str(), error.kind(), &error));
        }
    }
    if found.is_empty() {
        found.insert(Violation::new("", "type", last));
    }
    found.into_iter().take(MAX_VIOLATIONS).collect()
}

fn of_error(at: &str, kind: &ValidationErrorKind, error: &dyn std::fmt::Display) -> Vec<Violation> {
    let child = |name: &str| format!("{at}/{}", name.replace('~', "~0").replace('/', "~1"));
    match kind {
        ValidationErrorKind::Required { property } => {
            let name = property.as_str().unwrap_or("");
            vec![Violation::new(child(name), "required", "is missing")]
        }
        ValidationErrorKind::AdditionalProperties { unexpected } => unexpected
            .iter()
            .map(|name| Violation::new(child(name), "unknown", "is not a field of this request"))
            .collect(),
        ValidationErrorKind::Type { .. } => vec![Violation::new(at, "type", error.to_string())],
        ValidationErrorKind::Enum { .. } | ValidationErrorKind::Constant { .. } => {
            vec![Violation::new(at, "value", error.to_string())]
        }
        _ => vec![Violation::new(at, "rule", error.to_string())],
    }
}

/// What is made once of a type's schema.
struct Checked {
    schema: Value,
    validator: Option<Validator>,
}

static CHECKED: LazyLock<RwLock<HashMap<TypeId, Arc<Checked>>>> = LazyLock::new(RwLock::default);

fn checked<T: Input>() -> Arc<Checked> {
    let id = TypeId::of::<T>();
    if let Some(checked) = CHECKED.read().unwrap_or_else(PoisonError::into_inner).get(&id) {
        return Arc::clone(checked);
    }
    let generator = SchemaSettings::draft2020_12().for_deserialize().into_generator();
    let schema = generator.into_root_schema_for::<T>().to_value();
    let validator = jsonschema::validator_for(&schema)
        .inspect_err(|error| tracing::error!(%error, "a schema cannot be compiled"))
        .ok();
    let checked = Arc::new(Checked { schema, validator });
    let mut all = CHECKED.write().unwrap_or_else(PoisonError::into_inner);
    Arc::clone(all.entry(id).or_insert(checked))
}

/// The query's fields as JSON: numbers and booleans where the schema says so.
fn fields<T: Input>(text: &str) -> Map<String, Value> {
    let checked = checked::<T>();
    let mut fields = Map::new();
    for (name, value) in form_urlencoded::parse(text.as_bytes()) {
        let typed = typed(&checked.schema["properties"][&*name], &value);
        // A field given twice is a list, which the schema then refuses or takes.
        match fields.get_mut(&*name) {
            None => _ = fields.insert(name.into_owned(), typed),
            Some(Value::Array(list)) => list.push(typed),
            Some(first) => *first = Value::Array(vec![first.take(), typed]),
        }
    }
    fields
}

fn typed(schema: &Value, text: &str) -> Value {
    let is = |kind: &str| match &schema["type"] {
        Value::String(one) => one == kind,
        Value::Array(several) => several.iter().any(|one| one == kind),
        _ => false,
    };
    let parsed = || serde_json::from_str::<Value>(text).ok();
    let number = |value: &Value| value.is_number() && (is("integer") || is("number"));
    let boolean = |value: &Value| value.is_boolean() && is("boolean");
    match parsed() {
        Some(value) if number(&value) || boolean(&value) => value,
        _ => Value::String(text.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::{pointer, typed};

    #[test]
    fn pointers() {
        assert_eq!(pointer("a.b[0].c"), "/a/b/0/c");
        assert_eq!(pointer(""), "");
    }

    #[test]
    fn query_values_take_the_type_that_the_schema_says() {
        let check = |schema: &str, text: &str, expect: &str| {
            let schema = serde_json::from_str(schema).unwrap();
            assert_eq!(typed(&schema, text).to_string(), expect);
        };
        check(r#"{"type":"integer"}"#, "12", "12");
        check(r#"{"type":["integer","null"]}"#, "12", "12");
        check(r#"{"type":"string"}"#, "12", "\"12\"");
        check(r#"{"type":"boolean"}"#, "true", "true");
        check(r#"{"type":"integer"}"#, "twelve", "\"twelve\"");
    }
}
