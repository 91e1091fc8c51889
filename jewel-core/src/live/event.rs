//! One event, in the form that the standard gives it.

use std::fmt;

use serde::Serialize;

/// An event: its kind, its data in JSON, and the id with which a client resumes.
///
/// ```
/// # use jewel_core::live::Event;
/// let event = Event::json("progress", &40).unwrap().id(7);
/// assert_eq!(event.to_string(), "event: progress\nid: 7\ndata: 40\n\n");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    kind: &'static str,
    id: Option<u64>,
    data: String,
}

impl Event {
    /// An event of this kind.
    ///
    /// # Errors
    /// Where the data cannot be written as JSON.
    pub fn json(kind: &'static str, data: &impl Serialize) -> Result<Self, serde_json::Error> {
        Ok(Self { kind, id: None, data: serde_json::to_string(data)? })
    }

    /// Gives it the id that a client sends back as `Last-Event-ID`.
    #[must_use]
    pub fn id(mut self, id: u64) -> Self {
        self.id = Some(id);
        self
    }
}

impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "event: {}", self.kind)?;
        if let Some(id) = self.id {
            writeln!(f, "id: {id}")?;
        }
        // JSON in one line has no line break of its own.
        writeln!(f, "data: {}\n", self.data)
    }
}
