//! The fields of spans in JSON logs, written as they come: a span in which nothing is ever logged
//! pays for no table of values.

use std::fmt::{self, Debug, Write};

use tracing::field::{Field, Visit};
use tracing::span::Record;
use tracing_subscriber::field::RecordFields;
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::{FormatFields, FormattedFields};

/// The length of most spans' fields, in bytes.
const LENGTH: usize = 224;

/// Writes fields as one JSON object. A field that is recorded again stands there twice; to readers
/// of JSON the last one counts.
#[derive(Debug)]
pub(super) struct Fields;

impl<'w> FormatFields<'w> for Fields {
    fn format_fields<R: RecordFields>(&self, mut to: Writer<'w>, fields: R) -> fmt::Result {
        to.write_str(&Object(String::with_capacity(LENGTH)).with(fields))
    }

    fn add_fields(
        &self,
        present: &'w mut FormattedFields<Self>,
        fields: &Record<'_>,
    ) -> fmt::Result {
        present.fields.pop(); // the closing brace
        present.fields = Object(std::mem::take(&mut present.fields)).with(fields);
        Ok(())
    }
}

/// An object that is not closed yet; empty before its first field.
struct Object(String);

impl Object {
    fn with(mut self, fields: impl RecordFields) -> String {
        fields.record(&mut self);
        self.0.push_str(if self.0.is_empty() { "{}" } else { "}" });
        self.0
    }

    /// Writes the name of a field; its value is to follow.
    fn name(&mut self, field: &Field) -> &mut String {
        self.0.push_str(match &*self.0 {
            "" => "{\"",
            "{" => "\"",
            _ => ",\"",
        });
        let name = field.name().strip_prefix("r#").unwrap_or(field.name());
        escape(&mut self.0, name);
        self.0.push_str("\":");
        &mut self.0
    }

    fn text(&mut self, field: &Field, value: fmt::Arguments<'_>) {
        let text = self.name(field);
        text.push('"');
        let _ = Escaped(text).write_fmt(value); // a value that cannot be shown is cut off
        text.push('"');
    }

    /// A value that is JSON as it is.
    fn word(&mut self, field: &Field, value: impl fmt::Display) {
        let _ = write!(self.name(field), "{value}"); // never fails: a string grows
    }
}

impl Visit for Object {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.text(field, format_args!("{value:?}"));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.text(field, format_args!("{value}"));
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.word(field, value);
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.word(field, value);
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.word(field, value);
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        if value.is_finite() {
            self.word(field, value);
        } else {
            self.word(field, "null"); // JSON has no word for it
        }
    }
}

/// Escapes what a JSON string cannot hold as it is.
struct Escaped<'a>(&'a mut String);

impl Write for Escaped<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        escape(self.0, text);
        Ok(())
    }
}

fn escape(to: &mut String, text: &str) {
    let mut done = 0;
    for (at, byte) in text.bytes().enumerate() {
        if !matches!(byte, b'"' | b'\\' | ..b' ') {
            continue;
        }
        to.push_str(&text[done..at]);
        done = at + 1;
        match byte {
            b'"' => to.push_str("\\\""),
            b'\\' => to.push_str("\\\\"),
            _ => {
                let _ = write!(to, "\\u{byte:04x}"); // never fails: a string grows
            }
        }
    }
    to.push_str(&text[done..]);
}
