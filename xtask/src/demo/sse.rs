//! Server-sent events, read line by line as the HTML standard says.
//!
//! It does not reconnect: whoever follows something falls back to asking for it.

use std::io::BufRead;

/// One event.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Event {
    /// Its type; the standard's default is `message`.
    pub(crate) kind: String,
    /// Its data lines, joined.
    pub(crate) data: String,
}

/// The events of a stream, until it ends or breaks.
pub(crate) struct Events<R> {
    source: R,
}

impl<R: BufRead> Events<R> {
    /// The events in this source.
    pub(crate) fn new(source: R) -> Self {
        Self { source }
    }
}

impl<R: BufRead> Iterator for Events<R> {
    type Item = Event;

    fn next(&mut self) -> Option<Event> {
        let mut event = Event::default();
        let mut any = false;
        let mut line = String::new();
        loop {
            line.clear();
            if self.source.read_line(&mut line).ok()? == 0 {
                return None;
            }
            match line.trim_end_matches(['\n', '\r']) {
                "" if any => {
                    event.data.pop();
                    return Some(event);
                }
                "" => event = Event::default(),
                line => any |= event.take(line),
            }
        }
    }
}

impl Event {
    /// Takes a line; says whether it was data.
    fn take(&mut self, line: &str) -> bool {
        let (field, value) = line.split_once(':').unwrap_or((line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match field {
            "event" => value.clone_into(&mut self.kind),
            "data" => {
                self.data.push_str(value);
                self.data.push('\n');
                return true;
            }
            _ => {}
        }
        false
    }
}

#[cfg(test)]
mod tests;
