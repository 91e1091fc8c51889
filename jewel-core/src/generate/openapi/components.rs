//! What operations share and refer to: schemas, problem examples, headers, parameters, the token.

use std::collections::{BTreeMap, BTreeSet};

use schemars::generate::SchemaSettings;
use serde_json::{Map, Value, json};

use super::headers;
use crate::generate::curl::KEY;
use crate::generate::shape::Schemas;
use crate::manifest::{Manifest, Problem, SCHEMAS};
use crate::problem::Violation;

/// The name of the security scheme.
pub(super) const BEARER: &str = "bearer";

/// The components while operations are added.
#[derive(Debug)]
pub(super) struct Components<'a> {
    /// The application, for schemas that examples are made of and for samples.
    pub(super) manifest: &'a Manifest,
    /// Every schema: the application's, and those of problems.
    pub(super) schemas: Schemas,
    /// The examples of problems.
    pub(super) examples: Map<String, Value>,
    /// The name of every problem's schema and example so far.
    names: Vec<(Problem, String)>,
    /// The name of the schema that all problems share.
    pub(super) base: String,
}

impl<'a> Components<'a> {
    pub(super) fn new(manifest: &'a Manifest) -> Self {
        let mut components = Self {
            manifest,
            schemas: manifest.schemas.clone(),
            examples: Map::new(),
            names: Vec::new(),
            base: String::new(),
        };
        let violation = components.add("Violation", violation());
        components.base = components.add("Problem", base(&violation));
        components
    }

    /// Adds a schema under `name`, or under the next free one where it is taken.
    pub(super) fn add(&mut self, name: &str, schema: Value) -> String {
        let taken = |name: &String| self.schemas.contains_key(name);
        let numbered = (2..).map(|number| format!("{name}{number}"));
        let mut names = std::iter::once(name.to_owned()).chain(numbered);
        let free = names.find(|name| !taken(name)).unwrap_or_default();
        self.schemas.insert(free.clone(), schema);
        free
    }

    /// The name that this very problem has already.
    pub(super) fn named(&self, problem: &Problem) -> Option<String> {
        self.names.iter().find(|(known, _)| known == problem).map(|(_, name)| name.clone())
    }

    /// Remembers the name of a problem.
    pub(super) fn remember(&mut self, problem: &Problem, name: &str) {
        self.names.push((problem.clone(), name.to_owned()));
    }

    /// All components that `paths` refers to, and those that these refer to.
    pub(super) fn used_by(self, paths: &Value) -> Value {
        let mut all = json!({
            "schemas": self.schemas,
            "examples": self.examples,
            "headers": headers::all(),
            "parameters": { "IdempotencyKey": idempotency_key() },
        });
        let mut used = BTreeSet::new();
        collect(paths, &all, &mut used);
        for (kind, entries) in all.as_object_mut().into_iter().flatten() {
            if let Some(entries) = entries.as_object_mut() {
                entries.retain(|name, _| used.contains(&format!("#/components/{kind}/{name}")));
            }
        }
        if let Some(all) = all.as_object_mut() {
            all.retain(|_, entries| entries.as_object().is_some_and(|entries| !entries.is_empty()));
        }
        all["securitySchemes"] = json!({ BEARER: {
            "type": "http",
            "scheme": "bearer",
            "bearerFormat": "JWT",
            "description": "The access token that a session gives.",
        }});
        all
    }
}

/// A reference to a schema.
pub(super) fn schema(name: &str) -> Value {
    json!({ "$ref": format!("#{SCHEMAS}/{name}") })
}

/// Adds every reference in `value`, and those in what it refers to.
fn collect(value: &Value, all: &Value, used: &mut BTreeSet<String>) {
    match value {
        Value::Object(object) => {
            if let Some(path) = object.get("$ref").and_then(Value::as_str)
                && used.insert(path.to_owned())
            {
                let target = path.strip_prefix("#/components").and_then(|at| all.pointer(at));
                collect(target.unwrap_or(&Value::Null), all, used);
            }
            object.values().for_each(|value| collect(value, all, used));
        }
        Value::Array(values) => values.iter().for_each(|value| collect(value, all, used)),
        _ => {}
    }
}

fn violation() -> Value {
    let settings = SchemaSettings::draft2020_12().for_serialize();
    let settings = settings.with(|settings| settings.meta_schema = None);
    settings.into_generator().into_root_schema_for::<Violation>().to_value()
}

fn base(violation: &str) -> Value {
    json!({
        "type": "object",
        "description": "What went wrong, as RFC 9457 has it. `code` is stable; programs read it.",
        "required": ["type", "title", "status", "detail", "code", "request_id"],
        "properties": {
            "type": {
                "type": "string",
                "format": "uri-reference",
                "description": "Identifies the kind of problem.",
            },
            "title": { "type": "string", "description": "The kind of problem, for people." },
            "status": {
                "type": "integer",
                "minimum": 400,
                "maximum": 599,
                "description": "The HTTP status, once more.",
            },
            "detail": { "type": "string", "description": "What happened this time, for people." },
            "code": {
                "type": "string",
                "pattern": "^[a-z][a-z0-9_]*$",
                "description": "The kind of problem, for programs.",
            },
            "request_id": {
                "type": "string",
                "description": "The request, as logs and support know it.",
            },
            "retry_after_s": {
                "type": "integer",
                "minimum": 0,
                "description": "Seconds until trying again makes sense, as in `Retry-After`.",
            },
            "violations": {
                "type": "array",
                "items": schema(violation),
                "description": "Everything that is wrong with the request, each with its place.",
            },
        },
    })
}

fn idempotency_key() -> Value {
    json!({
        "name": "Idempotency-Key",
        "in": "header",
        "required": true,
        "description": "Names this intent: a repetition with the same key has no second effect \
                        and gets the first one's answer.",
        "schema": { "type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$" },
        "example": KEY,
    })
}

/// A code as part of a schema's name: `insufficient_credits` is `InsufficientCredits`.
pub(super) fn pascal(code: &str) -> String {
    let words = code.split('_').map(|word| {
        let mut word = word.to_owned();
        if let Some(first) = word.get_mut(..1) {
            first.make_ascii_uppercase();
        }
        word
    });
    words.collect()
}

/// Problems by status, each list in the manifest's order.
pub(super) fn by_status(problems: &[Problem]) -> BTreeMap<u16, Vec<&Problem>> {
    let mut grouped: BTreeMap<u16, Vec<&Problem>> = BTreeMap::new();
    for problem in problems {
        grouped.entry(problem.status).or_default().push(problem);
    }
    grouped
}
