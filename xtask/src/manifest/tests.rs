//! What the manifest reader takes and what it refuses.

use anyhow::Result;

use super::Mounted;

#[test]
fn names_and_modules_are_read() -> Result<()> {
    let mounted = Mounted::read(
        r#"{"version": 1,
            "operations": [{"name": "order", "module": "jewel_app::shot::api", "path": "/v1"}],
            "jobs": [{"name": "render", "module": "jewel_app::shot::jobs"}]}"#,
    )?;
    assert!(mounted.holds("shot::api", "order"));
    assert!(mounted.holds("shot::jobs", "render"));
    assert!(!mounted.holds("photo::api", "order"));
    assert!(!mounted.holds("shot::api", "show"));
    Ok(())
}

#[test]
fn a_missing_module_counts_everywhere_and_a_missing_list_is_empty() -> Result<()> {
    let mounted = Mounted::read(r#"{"operations": [{"id": "order"}]}"#)?;
    assert!(mounted.holds("shot::api", "order"));
    assert!(!mounted.holds("shot::jobs", "render"));
    Ok(())
}

#[test]
fn what_is_no_manifest_is_refused() {
    for text in ["", "[]", "{}", r#"{"operations": [{}]}"#] {
        assert!(Mounted::read(text).is_err(), "{text}");
    }
}
