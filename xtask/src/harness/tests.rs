//! The closing line, both forms, there and back.

use serde_json::json;

use super::Outcome;

#[test]
fn the_line_keeps_its_order_and_quotes_blanks() {
    let outcome = Outcome::new().with("bench", "http").seconds("took_s", 1.2345).with("n", 3);
    assert_eq!(outcome.line(), "result: bench=http took_s=1.23 n=3");
    let outcome = outcome.with("why", "it is so").with("none", "").with("quote", "a\"b");
    let quoted = r#"result: bench=http took_s=1.23 n=3 why="it is so" none="" quote="a\"b""#;
    assert_eq!(outcome.line(), quoted);
    assert_eq!(Outcome::read(quoted), Some(outcome));
}

#[test]
fn json_is_one_object() -> anyhow::Result<()> {
    let outcome = Outcome::new().with("bench", "studio").with("iou", 0.98).with("ok", true);
    let value: serde_json::Value = serde_json::from_str(&outcome.json())?;
    assert_eq!(value, json!({"bench": "studio", "iou": 0.98, "ok": true}));
    assert!(!outcome.json().contains('\n'));
    Ok(())
}

#[test]
fn what_is_no_closing_line_is_passed_by() {
    for line in ["", "result", "result: loose words", "[1]", "Compiling x", "5"] {
        assert_eq!(Outcome::read(line), None, "{line}");
    }
    let read = Outcome::read(r#"{"bench": "http", "ratio": 1.01}"#);
    let line = read.map(|outcome| outcome.line());
    assert_eq!(line.as_deref(), Some("result: bench=http ratio=1.01"));
}
