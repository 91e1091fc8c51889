//! Collects what types say of themselves: parameters, bodies, answers and their schemas.
//!
//! Each type describes itself by one call here; only the manifest command and `App::check` run it.
//! Schemas are generated twice, because what is read and what is written differ (defaults, fields
//! that are skipped): once by each of schemars' contracts.

use std::collections::BTreeMap;

use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, SchemaGenerator};
use serde_json::Value;

use super::model::{Answer, Content, Header, Parameter, Place, Problem};

/// Where schemas stand in the document that is generated from the manifest.
pub const SCHEMAS: &str = "/components/schemas";

/// The description of one operation or job, while it is put together.
#[derive(Debug)]
pub struct Describe {
    reads: SchemaGenerator,
    writes: SchemaGenerator,
    /// What the operation reads beside its body.
    pub parameters: Vec<Parameter>,
    /// The kinds of body that it reads, by media type; none where it reads none.
    pub body: Vec<Content>,
    /// Its good answers.
    pub answers: Vec<Answer>,
    /// Its own problems, those of its error type.
    pub problems: Vec<Problem>,
    /// The application state that it needs, as type names.
    pub states: Vec<State>,
}

/// A piece of application state that a handler or job takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct State {
    /// The type.
    pub id: std::any::TypeId,
    /// Its name, for the message that it is missing.
    pub name: &'static str,
}

impl Default for Describe {
    fn default() -> Self {
        let settings = || {
            SchemaSettings::draft2020_12().with(|settings| {
                settings.definitions_path = SCHEMAS.into();
                settings.meta_schema = None;
            })
        };
        Self {
            reads: settings().for_deserialize().into_generator(),
            writes: settings().for_serialize().into_generator(),
            parameters: Vec::new(),
            body: Vec::new(),
            answers: Vec::new(),
            problems: Vec::new(),
            states: Vec::new(),
        }
    }
}

impl Describe {
    /// The schema of a `T` that is read: a reference where the type has a name.
    pub fn reads<T: JsonSchema>(&mut self) -> Value {
        self.reads.subschema_for::<T>().to_value()
    }

    /// The schema of a `T` that is written: a reference where the type has a name.
    pub fn writes<T: JsonSchema>(&mut self) -> Value {
        self.writes.subschema_for::<T>().to_value()
    }

    /// Adds a parameter of the path.
    pub fn path<T: JsonSchema>(&mut self, name: &str) {
        let schema = self.reads::<T>();
        self.parameters.push(Parameter {
            name: name.to_owned(),
            place: Place::Path,
            required: true,
            description: String::new(),
            schema,
        });
    }

    /// Adds the fields of `T` as parameters of the query.
    pub fn query<T: JsonSchema>(&mut self) {
        // Not as a root: what the fields refer to shall stand among all named schemas.
        let schema = T::json_schema(&mut self.reads).to_value();
        let required: Vec<&str> = strings(&schema["required"]);
        let Some(fields) = schema["properties"].as_object() else { return };
        for (name, field) in fields {
            let mut field = field.clone();
            let description = match field.as_object_mut().and_then(|f| f.remove("description")) {
                Some(Value::String(text)) => text,
                _ => String::new(),
            };
            self.parameters.push(Parameter {
                name: name.clone(),
                place: Place::Query,
                required: required.contains(&name.as_str()),
                description,
                schema: field,
            });
        }
    }

    /// Adds a JSON body that is read as `T`.
    pub fn json_body<T: JsonSchema>(&mut self) {
        let schema = self.reads::<T>();
        self.body.push(Content { media: "application/json".to_owned(), schema });
    }

    /// Adds a good answer that is written as `T` in JSON.
    pub fn json_answer<T: JsonSchema>(&mut self, status: u16, meaning: &str, headers: Vec<Header>) {
        let schema = self.writes::<T>();
        self.answers.push(Answer {
            status,
            description: meaning.to_owned(),
            content: Some(Content { media: "application/json".to_owned(), schema }),
            headers,
        });
    }

    /// All named schemas met so far, read and written; `Err` lists the names that stand for two
    /// different schemas.
    pub fn schemas(&mut self) -> Result<BTreeMap<String, Value>, Vec<String>> {
        let mut all = BTreeMap::new();
        let mut clashes = Vec::new();
        let read = self.reads.take_definitions(true);
        let written = self.writes.take_definitions(true);
        for (name, schema) in read.into_iter().chain(written) {
            match all.get(&name) {
                Some(other) if *other != schema => clashes.push(name),
                _ => _ = all.insert(name, schema),
            }
        }
        if clashes.is_empty() { Ok(all) } else { Err(clashes) }
    }
}

fn strings(value: &Value) -> Vec<&str> {
    value.as_array().into_iter().flatten().filter_map(Value::as_str).collect()
}
