//! Constraints: keys, rules, references.

use std::collections::BTreeSet;

use super::super::name::quote;
use super::table::is_foreign;
use super::{Draft, differences};
use crate::entity::{Catalogue, Table};

pub(super) fn constraints(name: &str, was: &Table, now: &Table, to: &Catalogue, draft: &mut Draft) {
    let table = quote(name);
    let mut renamed = BTreeSet::new();
    for (constraint, old, new) in differences(&was.constraints, &now.constraints) {
        let (Some(old), None) = (old, new) else { continue };
        // The same under another name: PostgreSQL names after columns, and those may be renamed.
        let same = now.constraints.iter().find(|(other, what)| {
            *what == old && !was.constraints.contains_key(*other) && !renamed.contains(*other)
        });
        if let Some((other, _)) = same {
            let (from, to) = (quote(constraint), quote(other));
            draft.clear.push(format!("alter table {table} rename constraint {from} to {to}"));
            renamed.insert(other.clone());
            renamed.insert(constraint.clone());
        }
    }
    let mut gone = Vec::new();
    for (constraint, old, new) in differences(&was.constraints, &now.constraints) {
        if renamed.contains(constraint) {
            continue;
        }
        if let Some(old) = old {
            let drop = format!("alter table {table} drop constraint {}", quote(constraint));
            // A reference goes before the key that it refers to.
            if is_foreign(old) { draft.clear.insert(0, drop) } else { gone.push(drop) }
        }
        if let Some(new) = new {
            install(name, constraint, new, now, to, draft);
        }
    }
    draft.clear.append(&mut gone);
}

/// The statement that adds a constraint.
pub(super) fn add(table: &str, constraint: &str, what: &str) -> String {
    format!("alter table {} add constraint {} {what}", quote(table), quote(constraint))
}

/// Adds a constraint to a table that may have many rows.
fn install(
    name: &str,
    constraint: &str,
    what: &str,
    now: &Table,
    to: &Catalogue,
    draft: &mut Draft,
) {
    let (table, quoted) = (quote(name), quote(constraint));
    let validate = format!("alter table {table} validate constraint {quoted}");
    let kind = ["UNIQUE", "PRIMARY KEY"].into_iter().find(|kind| what.starts_with(kind));
    if let Some(kind) = kind.filter(|_| now.partitioned.is_none()) {
        let rest = what[kind.len()..].trim_start();
        let (columns, later) = match rest.find(" DEFERRABLE") {
            Some(at) => rest.split_at(at),
            None => (rest, ""),
        };
        draft.build.push((
            constraint.to_owned(),
            format!("create unique index concurrently if not exists {quoted} on {table} {columns}"),
        ));
        draft.attach.push(add(name, constraint, &format!("{kind} USING INDEX {quoted}{later}")));
    } else if what.starts_with("CHECK") {
        draft.add.push(add(name, constraint, &format!("{what} NOT VALID")));
        draft.validate.push(validate);
    } else if is_foreign(what) && now.partitioned.is_none() {
        // The key that it refers to may be one that has yet to be built.
        let waits = to.tables.iter().any(|(other, table)| {
            what.contains(&format!("REFERENCES {}(", quote(other)))
                && table
                    .constraints
                    .iter()
                    .any(|(key, _)| draft.build.iter().any(|(built, _)| built == key))
        });
        let add = add(name, constraint, &format!("{what} NOT VALID"));
        let step = if waits { &mut draft.attach } else { &mut draft.add };
        step.push(add);
        draft.validate.push(validate);
    } else {
        draft.add.push(add(name, constraint, what));
    }
}
