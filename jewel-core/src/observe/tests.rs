//! What a line of the log says, read back by a reader of JSON.

use std::io::Write;
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};
use tracing::field::Empty;
use tracing_subscriber::fmt::MakeWriter;

use super::fields::Fields;

/// Where lines go.
#[derive(Debug, Clone, Default)]
struct Paper(Arc<Mutex<Vec<u8>>>);

impl Write for Paper {
    fn write(&mut self, text: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(text)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Paper {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

/// The span of the one line that is written.
fn span(write: impl FnOnce()) -> Value {
    let paper = Paper::default();
    let log = tracing_subscriber::fmt().with_writer(paper.clone()).json().with_span_list(false);
    tracing::subscriber::with_default(log.fmt_fields(Fields).finish(), write);
    let line: Value = serde_json::from_slice(&paper.0.lock().unwrap()).unwrap();
    line["span"].clone()
}

#[test]
fn fields_of_every_kind_are_json() {
    let said = span(|| {
        let (text, path) = ("a \"quoted\" \\ word,\n\u{1}ü", std::path::Path::new("/a\tb"));
        let span = tracing::info_span!(
            "job", text, path = ?path, shown = %text, id = 7_u64, less = -7, yes = true,
            half = 0.5, none = f64::NAN, r#type = "t"
        );
        span.in_scope(|| tracing::info!("here"));
    });
    let text = "a \"quoted\" \\ word,\n\u{1}ü";
    assert_eq!(
        said,
        json!({
            "name": "job", "text": text, "path": r#""/a\tb""#, "shown": text, "id": 7, "less": -7,
            "yes": true, "half": 0.5, "none": null, "type": "t"
        })
    );
}

#[test]
fn fields_may_come_later_and_again() {
    let said = span(|| {
        let span = tracing::info_span!("late", status = Empty, user = Empty);
        span.record("status", 200);
        span.record("user", "u1");
        span.record("status", 500);
        span.in_scope(|| tracing::info!("here"));
    });
    assert_eq!(said, json!({ "name": "late", "status": 500, "user": "u1" }));
    let said = span(|| tracing::info_span!("bare").in_scope(|| tracing::info!("here")));
    assert_eq!(said, json!({ "name": "bare" }));
}
