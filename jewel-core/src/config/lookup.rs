//! What the settings' type says of a name: whether it exists, and what it may be.

use serde_json::Value;

use super::nearest::nearest;
use crate::generate::definitions;
use crate::generate::shape::{self, Schemas};

/// The schema of a settings type, to ask.
#[derive(Debug)]
pub(super) struct Lookup<'a> {
    root: &'a Value,
    schemas: Schemas,
}

/// A name that exists.
#[derive(Debug, Clone, Copy)]
pub(super) struct Known<'a> {
    /// The schema of its value.
    pub(super) schema: &'a Value,
    /// How many of the name's levels say what can be judged alone; what is below (a variant's
    /// fields) is right or wrong together.
    pub(super) unit: usize,
}

impl<'a> Lookup<'a> {
    pub(super) fn new(root: &'a Value) -> Self {
        Self { root, schemas: definitions(root) }
    }

    /// The named schemas.
    pub(super) fn schemas(&self) -> &Schemas {
        &self.schemas
    }

    /// What `key` stands for; `Err` says that it is unknown, and the nearest that is not.
    pub(super) fn find(&self, key: &[String]) -> Result<Known<'_>, String> {
        let mut schema = self.root;
        let mut unit = None;
        for (level, part) in key.iter().enumerate() {
            if shape::has_variants(schema, &self.schemas) {
                unit = unit.or(Some(level));
            }
            let fields = shape::fields(schema, &self.schemas);
            if let Some(field) = fields.get(part.as_str()) {
                schema = field;
            } else if let Some(free) = shape::free_fields(schema, &self.schemas) {
                unit = unit.or(Some(level));
                schema = free;
            } else {
                return Err(self.unknown(key, level));
            }
        }
        Ok(Known { schema, unit: unit.unwrap_or(key.len()) })
    }

    /// The message for a name whose level `level` does not exist.
    fn unknown(&self, key: &[String], level: usize) -> String {
        let all = self.names();
        let guess = nearest(&key.join("."), all.iter().map(String::as_str));
        // The right name in the wrong place is worth a guess as well.
        let same = || all.iter().find(|name| name.rsplit('.').next() == key.last().map(|k| &**k));
        match guess.or_else(|| same().map(String::as_str)) {
            Some(guess) => format!("there is no such setting; did you mean `{guess}`?"),
            None if level == 0 => {
                let fields = shape::fields(self.root, &self.schemas);
                let known: Vec<String> = fields.keys().map(|name| format!("`{name}`")).collect();
                format!("there is no such setting; the sections are {}", known.join(", "))
            }
            None => {
                let within = key[..level].join(".");
                let begins = format!("{within}.");
                let known = all.iter().filter(|name| name.starts_with(&begins));
                let known: Vec<String> = known.map(|name| format!("`{name}`")).collect();
                match known.as_slice() {
                    [] => format!("there is no such setting: `{within}` has none below it"),
                    known => format!("there is no such setting; there are {}", known.join(", ")),
                }
            }
        }
    }

    /// Every setting's name.
    fn names(&self) -> Vec<String> {
        let mut names = Vec::new();
        self.collect(self.root, "", &mut names);
        names
    }

    fn collect(&self, schema: &Value, prefix: &str, names: &mut Vec<String>) {
        for (name, field) in shape::fields(schema, &self.schemas) {
            let name = format!("{prefix}{name}");
            let below = shape::fields(field, &self.schemas);
            // A type that holds itself would have names without end.
            if below.is_empty() || name.matches('.').count() > 8 {
                names.push(name);
            } else {
                self.collect(field, &format!("{name}."), names);
            }
        }
    }

    /// Whether the value of `key` must not be shown.
    pub(super) fn is_secret(&self, key: &[String]) -> bool {
        self.find(key).is_ok_and(|known| {
            let target = shape::resolve(known.schema, &self.schemas);
            let mut same = shape::combined(target).chain([known.schema, target]);
            let hides = |schema: &Value| schema["format"] == "password";
            same.any(|schema| hides(schema) || hides(&schema["items"]))
        })
    }

    /// Checks a number against the bounds that the setting has.
    pub(super) fn bounds(&self, key: &[String], value: &Value) -> Result<(), String> {
        let (Ok(known), Some(number)) = (self.find(key), value.as_f64()) else { return Ok(()) };
        let target = shape::resolve(known.schema, &self.schemas);
        let bound = |keyword: &str| known.schema.get(keyword).or(target.get(keyword));
        match (bound("minimum"), bound("maximum")) {
            (Some(min), _) if min.as_f64().is_some_and(|min| number < min) => {
                Err(format!("{value} is too small: expected at least {min}"))
            }
            (_, Some(max)) if max.as_f64().is_some_and(|max| number > max) => {
                Err(format!("{value} is too large: expected at most {max}"))
            }
            _ => Ok(()),
        }
    }
}
