//! What benches and drills share: a closing line and a gate.
//!
//! Progress goes to stderr; the last line of stdout is `result: key=value ..`, or one JSON object
//! under `--json`; the exit code says whether the gate holds. Nothing is measured here.

mod elsewhere;

use anyhow::{Result, bail};
use serde_json::{Map, Value};

pub(crate) use elsewhere::elsewhere;

/// One bench or drill of a table.
pub(crate) struct Entry<A> {
    /// What one types.
    pub(crate) name: &'static str,
    /// What it does, in a sentence.
    pub(crate) what: &'static str,
    /// Does it.
    pub(crate) run: fn(&A) -> Result<Outcome>,
}

/// What came out, in the order it is told.
#[derive(Debug, PartialEq)]
pub(crate) struct Outcome {
    fields: Vec<(String, Value)>,
    holds: bool,
}

impl Outcome {
    /// An outcome whose gate holds so far.
    pub(crate) fn new() -> Self {
        Self { fields: Vec::new(), holds: true }
    }

    /// Adds a figure.
    pub(crate) fn with(mut self, key: &str, value: impl Into<Value>) -> Self {
        self.fields.push((key.to_owned(), value.into()));
        self
    }

    /// Adds seconds, to the hundredth.
    pub(crate) fn seconds(self, key: &str, seconds: f64) -> Self {
        self.with(key, (seconds * 100.0).round() / 100.0)
    }

    /// Breaks the gate unless this holds.
    pub(crate) fn gate(mut self, holds: bool) -> Self {
        self.holds &= holds;
        self
    }

    /// Reads a closing line that another program printed, in either form.
    pub(crate) fn read(line: &str) -> Option<Self> {
        let mut outcome = Self::new();
        if let Some(rest) = line.strip_prefix("result:") {
            for word in words(rest) {
                let (key, value) = word.split_once('=')?;
                let value = serde_json::from_str(value).unwrap_or_else(|_| Value::from(value));
                outcome = outcome.with(key, value);
            }
            return Some(outcome);
        }
        let fields: Map<String, Value> = serde_json::from_str(line).ok()?;
        outcome.fields.extend(fields);
        Some(outcome)
    }

    /// The closing line.
    pub(crate) fn line(&self) -> String {
        let word = |(key, value): &(String, Value)| format!("{key}={}", shown(value));
        let words: Vec<_> = self.fields.iter().map(word).collect();
        format!("result: {}", words.join(" "))
    }

    /// The same as one JSON object.
    pub(crate) fn json(&self) -> String {
        Value::Object(self.fields.iter().cloned().collect()).to_string()
    }
}

/// A text without blanks stands bare, all else as JSON.
fn shown(value: &Value) -> String {
    match value {
        Value::String(text) if !text.is_empty() && !text.contains([' ', '"', '=']) => text.clone(),
        other => other.to_string(),
    }
}

/// Splits at blanks outside quotes.
fn words(text: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let (mut quoted, mut escaped) = (false, false);
    for letter in text.trim().chars() {
        if letter == ' ' && !quoted {
            words.push(String::new());
            continue;
        }
        quoted ^= letter == '"' && !escaped;
        escaped = letter == '\\' && !escaped;
        if let Some(word) = words.last_mut() {
            word.push(letter);
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

/// Finds the entry, runs it, closes with its line.
pub(crate) fn run<A>(table: &[Entry<A>], name: &str, args: &A, json: bool) -> Result<()> {
    let Some(entry) = table.iter().find(|entry| entry.name == name) else {
        let names: Vec<_> = table.iter().map(|entry| entry.name).collect();
        bail!("there is no `{name}`: take one of {}", names.join(", "));
    };
    eprintln!("{name}: {}", entry.what);
    let outcome = (entry.run)(args)?;
    println!("{}", if json { outcome.json() } else { outcome.line() });
    if !outcome.holds {
        bail!("{name}: the gate does not hold");
    }
    Ok(())
}

/// The table for `--help`-like listings.
pub(crate) fn list<A>(table: &[Entry<A>]) {
    for entry in table {
        println!("{:<12}{}", entry.name, entry.what);
    }
}

#[cfg(test)]
mod tests;
