//! Indexes: built and dropped beside the work that goes on.

use std::collections::BTreeSet;

use super::super::name::quote;
use super::{Draft, differences};
use crate::entity::Table;

pub(super) fn indexes(was: &Table, now: &Table, draft: &mut Draft) {
    let mut renamed = BTreeSet::new();
    for (index, old, new) in differences(&was.indexes, &now.indexes) {
        let (Some(old), None) = (old, new) else { continue };
        let same = now.indexes.iter().find(|(other, what)| {
            rest(what) == rest(old)
                && !was.indexes.contains_key(*other)
                && !renamed.contains(*other)
        });
        if let Some((other, _)) = same {
            draft.clear.push(format!("alter index {} rename to {}", quote(index), quote(other)));
            renamed.insert(other.clone());
            renamed.insert(index.clone());
        }
    }
    for (index, old, new) in differences(&was.indexes, &now.indexes) {
        if renamed.contains(index) {
            continue;
        }
        let mut former = index.clone();
        if let (Some(_), Some(_)) = (old, new) {
            // It serves until the other one is there; where its column goes, it has gone with it.
            former = format!("{index}_old");
            draft.clear.push(format!("alter index {} rename to {}", quote(index), quote(&former)));
        }
        if let Some(new) = new {
            build(index, new, now, draft);
        }
        if old.is_some() {
            if now.partitioned.is_some() {
                draft.clear.push(format!("drop index {}", quote(&former)));
            } else {
                let drop = format!("drop index concurrently if exists {}", quote(&former));
                draft.remove.push((format!("drop_{index}"), drop));
            }
        }
    }
}

fn build(index: &str, what: &str, now: &Table, draft: &mut Draft) {
    if now.partitioned.is_some() {
        return draft.add.push(what.to_owned());
    }
    let beside = if let Some(rest) = what.strip_prefix("CREATE UNIQUE INDEX ") {
        format!("create unique index concurrently if not exists {rest}")
    } else {
        let rest = what.strip_prefix("CREATE INDEX ").unwrap_or(what);
        format!("create index concurrently if not exists {rest}")
    };
    draft.build.push((index.to_owned(), beside));
}

/// An index without its name.
fn rest(statement: &str) -> (bool, &str) {
    let unique = statement.starts_with("CREATE UNIQUE");
    (unique, statement.split_once(" ON ").map_or("", |(_, rest)| rest))
}
