//! What is found in a migration, and what is not.

use super::{excluded, faults};
use crate::workspace;

fn count(text: &str) -> usize {
    let excluded = excluded(&workspace::root().join(super::CONFIG)).unwrap_or_default();
    let found = faults(text, &excluded);
    assert!(!excluded.is_empty());
    found.len()
}

#[test]
fn what_holds_up_others_is_found() {
    const LIMIT: &str = "set local lock_timeout = '100ms';\n";
    for (text, faults) in [
        ("alter table notes add constraint k check (size > 0) not valid;", 0),
        ("alter table notes add constraint k check (size > 0);", 1),
        ("alter table notes alter column size set not null;", 1),
        ("create index notes_size on notes (size);", 1),
        ("alter table notes drop column size;", 1),
        ("-- squawk-ignore ban-drop-column\nalter table notes drop column size;", 0),
        ("alter tabel notes drop column size;", 1),
    ] {
        assert!(count(&format!("{LIMIT}{text}\n")).min(1) == faults, "{text}");
    }
    assert_eq!(count("alter table notes add column by text;"), 1, "it waits for locks");
    let alone = "-- no-transaction\n-- squawk-ignore require-lock-timeout\n\
        create index concurrently if not exists i on notes (size);";
    assert_eq!(count(alone), 0);
    assert_eq!(count(&format!("{alone}\nselect 1;")), 1, "two statements");
}
