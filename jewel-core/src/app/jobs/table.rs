//! How things look on a terminal: a table, a time, a text from who knows where.

use std::io::{ErrorKind, Write};

use serde::Serialize;

use crate::clock::Timestamp;
use crate::job::operator::rough;

/// A table: a head and rows, each column as wide as it must be.
#[derive(Debug)]
pub(super) struct Table {
    /// Name, and whether it holds numbers, which stand on the right.
    columns: Vec<(&'static str, bool)>,
    rows: Vec<Vec<String>>,
}

impl Table {
    /// An empty one; a column whose name begins with `#` holds numbers.
    pub(super) fn new(columns: &[&'static str]) -> Self {
        let column = |name: &&'static str| match name.strip_prefix('#') {
            Some(name) => (name, true),
            None => (*name, false),
        };
        Self { columns: columns.iter().map(column).collect(), rows: Vec::new() }
    }

    pub(super) fn row(&mut self, cells: impl Into<Vec<String>>) {
        self.rows.push(cells.into());
    }

    /// Lines that end without spaces.
    pub(super) fn text(&self) -> String {
        let head = self.columns.iter().map(|(name, _)| (*name).to_owned()).collect();
        let lines: Vec<&Vec<String>> = std::iter::once(&head).chain(&self.rows).collect();
        let width = |at: usize| {
            let cells = lines.iter().filter_map(|line| line.get(at));
            cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
        };
        let widths: Vec<usize> = (0..self.columns.len()).map(width).collect();
        let mut text = String::new();
        for line in &lines {
            let cells = line.iter().zip(&self.columns).zip(&widths);
            let cells = cells.map(|((cell, (_, number)), width)| {
                if *number { format!("{cell:>width$}") } else { format!("{cell:<width$}") }
            });
            text.push_str(cells.collect::<Vec<_>>().join("  ").trim_end());
            text.push('\n');
        }
        text
    }
}

/// `3m ago`, `in 2h`, or `now`.
pub(super) fn when(at: Timestamp, now: Timestamp) -> String {
    match (now - at).to_std() {
        Ok(past) if past.as_secs() == 0 => "now".to_owned(),
        Ok(past) => format!("{} ago", rough(past)),
        Err(_) => match (at - now).to_std() {
            Ok(ahead) if ahead.as_secs() > 0 => format!("in {}", rough(ahead)),
            _ => "now".to_owned(),
        },
    }
}

/// The first line of a text, cut to so many characters. What a job says may hold anything: what
/// would move the cursor or change colours is left out.
pub(super) fn line(text: &str, most: usize) -> String {
    let first = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    let plain: String = first.chars().filter(|c| !c.is_control()).collect();
    if plain.chars().count() <= most {
        return plain;
    }
    let cut: String = plain.chars().take(most.saturating_sub(1)).collect();
    format!("{}…", cut.trim_end())
}

/// A text of several lines, each after `indent`; control characters are left out.
pub(super) fn lines(text: &str, indent: &str) -> String {
    let mut all = String::new();
    for line in text.lines() {
        all.push_str(indent);
        all.extend(line.chars().filter(|c| !c.is_control()));
        all.push('\n');
    }
    all
}

/// Pretty JSON.
pub(super) fn json(value: &impl Serialize) -> String {
    // These are plain structures, which cannot fail.
    serde_json::to_string_pretty(value).unwrap_or_default()
}

/// Prints to standard output; a reader that has seen enough, such as `head`, is no error.
pub(super) fn say(text: &str) {
    let mut out = std::io::stdout().lock();
    let end = if text.ends_with('\n') { "" } else { "\n" };
    let written = write!(out, "{text}{end}").and_then(|()| out.flush());
    if let Err(error) = written
        && error.kind() != ErrorKind::BrokenPipe
    {
        eprintln!("cannot write: {error}");
    }
}
