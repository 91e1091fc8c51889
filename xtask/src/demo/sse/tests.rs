//! Events as they stand on the wire.

use super::{Event, Events};

fn events(text: &str) -> Vec<(String, String)> {
    Events::new(text.as_bytes()).map(|Event { kind, data }| (kind, data)).collect()
}

fn event(kind: &str, data: &str) -> (String, String) {
    (kind.to_owned(), data.to_owned())
}

#[test]
fn events_are_separated_by_blank_lines() {
    let text = "event: progress\ndata: {\"progress\":10}\nid: 1\n\ndata:{}\r\n\r\n";
    assert_eq!(events(text), [event("progress", "{\"progress\":10}"), event("", "{}")]);
}

#[test]
fn comments_and_events_without_data_are_passed_by() {
    let text = ": keep-alive\n\nevent: ping\n\nretry: 100\ndata: a\ndata\ndata: b\n\n";
    assert_eq!(events(text), [event("", "a\n\nb")]);
}

#[test]
fn an_unfinished_event_is_no_event() {
    assert_eq!(events("data: half"), []);
    assert_eq!(events("data: half\n"), []);
    assert_eq!(events(""), []);
}
