//! The path of an endpoint: literal parts and `{segment}`s, as the annotation's text says them.

use syn::LitStr;

use crate::sink::Sink;

/// A path, cut at its slashes.
#[derive(Debug, Default)]
pub(crate) struct Path {
    /// The text as it is written.
    pub(crate) text: String,
    /// What stands between the slashes.
    pub(crate) parts: Vec<Part>,
}

/// What stands between two slashes.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Part {
    /// The same text in every URL.
    Literal(String),
    /// `{name}`.
    Segment(String),
}

impl Path {
    /// Reads a path, noting every mistake in it.
    pub(crate) fn of(literal: &LitStr, sink: &mut Sink) -> Self {
        let text = literal.value();
        let mut path = Self { text: text.clone(), parts: Vec::new() };
        let Some(rest) = text.strip_prefix('/') else {
            sink.on(literal, "a path begins with `/`");
            return path;
        };
        if rest.is_empty() {
            return path;
        }
        for part in rest.split('/') {
            match part_of(part) {
                Ok(Part::Segment(name)) if path.segments().any(|other| *other == name) => {
                    sink.on(literal, format!("the path has two segments `{{{name}}}`: rename one"));
                }
                Ok(part) => path.parts.push(part),
                Err(message) => sink.on(literal, message),
            }
        }
        path
    }

    /// The names of its segments, in order.
    pub(crate) fn segments(&self) -> impl Iterator<Item = &String> {
        self.parts.iter().filter_map(|part| match part {
            Part::Segment(name) => Some(name),
            Part::Literal(_) => None,
        })
    }
}

fn part_of(part: &str) -> Result<Part, String> {
    if part.is_empty() {
        return Err("the path has an empty part: take out the `/` too many".to_owned());
    }
    let inner = part.strip_prefix('{').and_then(|rest| rest.strip_suffix('}'));
    match inner {
        Some(name) if syn::parse_str::<syn::Ident>(name).is_ok() => {
            Ok(Part::Segment(name.to_owned()))
        }
        Some(name) => Err(format!("`{{{name}}}` is no segment: its name is that of an argument")),
        None if part.contains(['{', '}']) => {
            Err(format!("`{part}` is half a segment: `{{name}}` stands alone between two slashes"))
        }
        None if part.bytes().all(unreserved) => Ok(Part::Literal(part.to_owned())),
        None => {
            Err(format!("`{part}` is no part of a path: use letters, digits, `-`, `.` and `_`"))
        }
    }
}

fn unreserved(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~".contains(&byte)
}
