//! The places that settings are read from, and what each of them says, untyped.

use std::path::{Path, PathBuf};
use std::{env, fs, io};

use serde_json::Value;

use super::error::{Fault, Origin};
use super::lookup::Lookup;
use crate::generate::shape;
use crate::generate::{PREFIX, SEPARATOR, WELL_KNOWN};

/// The file that is read where no other is named.
pub const FILE: &str = "jewel.toml";

/// Variables with the settings' prefix that are none: tools read them before there are settings.
const OTHERS: [&str; 2] = ["JEWEL_CACHE", "JEWEL_POSTGRES_BIN"];

/// Where settings are read from. The default reads nothing.
#[derive(Debug, Clone, Default)]
pub struct Sources {
    /// The file, which must exist.
    pub file: Option<PathBuf>,
    /// The folder in which [`FILE`] is looked for where no file is named.
    pub folder: Option<PathBuf>,
    /// The environment: names and values.
    pub variables: Vec<(String, String)>,
    /// The `--set` flags: `name=value`, the last of a name wins.
    pub set: Vec<String>,
}

impl Sources {
    /// Those of this process: its environment, its working directory, and its flags.
    pub fn process(file: Option<PathBuf>, set: Vec<String>) -> Self {
        let text = |name: std::ffi::OsString| name.into_string().ok();
        let variables =
            env::vars_os().filter_map(|(name, value)| Some((text(name)?, text(value)?)));
        Self { file, folder: Some(PathBuf::new()), variables: variables.collect(), set }
    }

    /// Everything that is said, weakest first, and what cannot be read at all.
    pub(super) fn read(&self, lookup: &Lookup<'_>) -> (Vec<Given>, Vec<Fault>) {
        let mut faults = Vec::new();
        let mut all = Vec::new();
        match self.file_says() {
            Ok(given) => all.extend(given),
            Err(fault) => faults.push(fault),
        }
        all.extend(self.environment_says(lookup));
        for flag in &self.set {
            if let Some((name, value)) = flag.split_once('=') {
                all.push(Given::text(name.trim().split('.'), value, Origin::Flag));
            } else {
                let detail = format!("`{flag}` has no value: expected `name=value`");
                faults.push(Fault::new(&[], Origin::Flag, detail));
            }
        }
        (all, faults)
    }

    fn file_says(&self) -> Result<Vec<Given>, Fault> {
        let path = match (&self.file, &self.folder) {
            (Some(file), _) => file.clone(),
            (None, Some(folder)) => folder.join(FILE),
            (None, None) => return Ok(Vec::new()),
        };
        let origin = Origin::File(path.clone());
        let text = match fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound && self.file.is_none() => {
                return Ok(Vec::new());
            }
            Err(error) => return Err(Fault::new(&[], origin, error.to_string())),
        };
        let table: toml::Table = text.parse().map_err(|error: toml::de::Error| {
            let line = error.span().map_or(0, |span| text[..span.start].lines().count().max(1));
            Fault::new(&[], origin.clone(), format!("line {line}: {}", error.message()))
        })?;
        let mut all = Vec::new();
        flatten(table, &mut Vec::new(), &path, &mut all);
        Ok(all)
    }

    fn environment_says(&self, lookup: &Lookup<'_>) -> Vec<Given> {
        let mut all = Vec::new();
        for (known, setting) in WELL_KNOWN {
            let value = self.variables.iter().find(|(name, _)| name == known);
            let given = value.map(|(_, value)| {
                Given::text(setting.split('.'), value, Origin::Variable((*known).to_owned()))
            });
            // Another program's variable means nothing to an application without such a setting.
            all.extend(given.filter(|given| lookup.find(&given.key).is_ok()));
        }
        for (name, value) in &self.variables {
            if let Some(rest) = name.strip_prefix(PREFIX)
                && !OTHERS.contains(&name.as_str())
            {
                let key = rest.to_ascii_lowercase();
                let origin = Origin::Variable(name.clone());
                all.push(Given::text(key.split(SEPARATOR), value, origin));
            }
        }
        all
    }
}

/// Adds each value of a table and of the tables within it.
fn flatten(table: toml::Table, key: &mut Vec<String>, path: &Path, all: &mut Vec<Given>) {
    for (name, value) in table {
        key.push(name);
        match value {
            toml::Value::Table(table) if !table.is_empty() => flatten(table, key, path, all),
            value => {
                let value = Said::Value(serde_json::to_value(value).unwrap_or_default());
                let origin = Origin::File(path.to_owned());
                all.push(Given { key: key.clone(), value, origin });
            }
        }
        key.pop();
    }
}

/// One setting as one place says it.
#[derive(Debug)]
pub(super) struct Given {
    /// Its name, by levels.
    pub(super) key: Vec<String>,
    /// Its value.
    pub(super) value: Said,
    /// The place.
    pub(super) origin: Origin,
}

impl Given {
    fn text<'a>(key: impl Iterator<Item = &'a str>, value: &str, origin: Origin) -> Self {
        Self { key: key.map(str::to_owned).collect(), value: Said::Text(value.to_owned()), origin }
    }
}

/// A value as it was said.
#[derive(Debug)]
pub(super) enum Said {
    /// With its type.
    Value(Value),
    /// As a text that stands for a value of the setting's type.
    Text(String),
}

impl Said {
    /// The value in the type that `schema` allows; `Err` says what was expected.
    pub(super) fn typed(self, schema: &Value, lookup: &Lookup<'_>) -> Result<Value, String> {
        let text = match self {
            Self::Value(value) => return Ok(value),
            Self::Text(text) => text,
        };
        let types = shape::types(schema, lookup.schemas());
        let may_be = |name: &str| types.contains(name);
        if may_be("null") && text.is_empty() {
            return Ok(Value::Null);
        }
        let parsed = match text.as_str() {
            "true" if may_be("boolean") => Some(Value::Bool(true)),
            "false" if may_be("boolean") => Some(Value::Bool(false)),
            number if may_be("integer") || may_be("number") => {
                number.parse::<serde_json::Number>().ok().map(Value::Number)
            }
            _ => None,
        };
        if let Some(value) = parsed {
            return Ok(value);
        }
        if may_be("string") || types.is_empty() {
            return Ok(Value::String(text));
        }
        if may_be("array") && !text.starts_with('[') {
            let items = text.split(',').map(str::trim).filter(|item| !item.is_empty());
            return Ok(items.map(|item| Value::String(item.to_owned())).collect());
        }
        let nested = (may_be("array") || may_be("object")).then(|| serde_json::from_str(&text));
        nested
            .and_then(Result::ok)
            .ok_or_else(|| format!("`{text}` is wrong: {}", expected(&types)))
    }
}

fn expected(types: &std::collections::BTreeSet<&str>) -> String {
    let words = types.iter().filter(|name| **name != "null").map(|name| match *name {
        "boolean" => "`true` or `false`",
        "integer" => "a whole number",
        "number" => "a number",
        "array" => "a list such as `a,b` or `[1, 2]`",
        "object" => "a table as JSON",
        other => other,
    });
    format!("expected {}", words.collect::<Vec<_>>().join(" or "))
}
