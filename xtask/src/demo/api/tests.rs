//! How answers of the API are read.

use anyhow::Result;
use serde_json::json;

use super::{FORMATS, Shot};

#[test]
fn a_shot_is_read_with_what_it_has() -> Result<()> {
    let shot = Shot::read(&json!({
        "id": "s1", "status": "rendering", "progress": 40, "step": "mask", "price": 2,
        "style": "marble", "created_at": "2026-01-01T00:00:00Z"
    }))?;
    assert_eq!((shot.progress, shot.price, shot.step.as_str()), (40, 2, "mask"));
    assert!(!shot.is_over());
    assert!(Shot::read(&json!({"status": "queued"})).is_err());
    Ok(())
}

#[test]
fn a_failed_shot_says_why() -> Result<()> {
    let why = |problem| -> Result<Option<String>> {
        let shot = Shot::read(&json!({"id": "s1", "status": "failed", "problem": problem}))?;
        assert!(shot.is_over());
        Ok(shot.problem)
    };
    assert_eq!(
        why(json!({"title": "No piece", "detail": "none found"}))?,
        Some("none found".into())
    );
    assert_eq!(why(json!({"code": "no_piece"}))?, Some("no_piece".into()));
    assert_eq!(why(json!("no_piece"))?, Some("no_piece".into()));
    assert_eq!(why(json!(null))?, None);
    Ok(())
}

#[test]
fn formats_are_known_by_their_bytes() {
    let fits = |bytes: &[u8]| FORMATS.iter().filter(|format| format.fits(bytes)).count();
    assert_eq!(fits(b"\xff\xd8\xff\xe0"), 1);
    assert_eq!(fits(b"RIFF\0\0\0\0WEBPVP8 "), 1);
    assert_eq!(fits(b"<html>"), 0);
    assert_eq!(fits(b""), 0);
}
