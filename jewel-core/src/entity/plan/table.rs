//! Tables: made, dropped, changed.

use std::fmt::Write;

use super::super::name::quote;
use super::{Draft, Meant, Unclear, column, constraint, index, rights};
use crate::entity::{Catalogue, Table};

pub(super) fn tables(from: &Catalogue, to: &Catalogue, meant: &Meant, draft: &mut Draft) {
    let appeared: Vec<String> =
        to.tables.keys().filter(|name| !from.tables.contains_key(*name)).cloned().collect();
    for (name, table) in &from.tables {
        if to.tables.contains_key(name) {
            continue;
        }
        if !meant.back && !meant.dropped_tables.contains(name) {
            draft.ask(Unclear::TableGone { table: name.clone(), appeared: appeared.clone() });
        }
        for (constraint, _) in table.constraints.iter().filter(|(_, what)| is_foreign(what)) {
            draft.clear.push(format!(
                "alter table {} drop constraint {}",
                quote(name),
                quote(constraint)
            ));
        }
        draft.change.push(format!("drop table {}", quote(name)));
        draft.loses.push(format!("the table {name}"));
    }
    for name in &appeared {
        create(name, &to.tables[name], draft);
    }
    for (name, now) in &to.tables {
        let Some(was) = from.tables.get(name) else { continue };
        if was.partitioned != now.partitioned {
            draft.ask(Unclear::ByHand { what: format!("by what `{name}` is partitioned") });
        }
        column::columns(name, was, now, meant, draft);
        constraint::constraints(name, was, now, to, draft);
        index::indexes(was, now, draft);
        options(name, was, now, draft);
        rights::table(name, was, now, draft);
    }
}

fn create(name: &str, table: &Table, draft: &mut Draft) {
    let mut parts: Vec<String> = table.columns.iter().map(column::definition).collect();
    for (constraint, what) in table.constraints.iter().filter(|(_, what)| !is_foreign(what)) {
        parts.push(format!("constraint {} {what}", quote(constraint)));
    }
    let mut sql = format!("create table {} (\n  {}\n)", quote(name), parts.join(",\n  "));
    if let Some(key) = &table.partitioned {
        let _ = write!(sql, " partition by {key}");
    }
    if !table.options.is_empty() {
        let options: Vec<&str> = table.options.iter().map(String::as_str).collect();
        let _ = write!(sql, " with ({})", options.join(", "));
    }
    draft.change.push(sql);
    // Nobody has a row there yet: nothing is looked at for long.
    for (constraint, what) in table.constraints.iter().filter(|(_, what)| is_foreign(what)) {
        draft.add.push(constraint::add(name, constraint, what));
    }
    draft.add.extend(table.indexes.values().cloned());
    rights::table(name, &Table::default(), table, draft);
}

fn options(name: &str, was: &Table, now: &Table, draft: &mut Draft) {
    let key = |option: &String| option.split(' ').next().unwrap_or_default().to_owned();
    let set: Vec<&str> = now.options.difference(&was.options).map(String::as_str).collect();
    let keys: Vec<String> = now.options.iter().map(key).collect();
    let gone: Vec<String> = was.options.iter().map(key).filter(|o| !keys.contains(o)).collect();
    let name = quote(name);
    if !gone.is_empty() {
        draft.change.push(format!("alter table {name} reset ({})", gone.join(", ")));
    }
    if !set.is_empty() {
        draft.change.push(format!("alter table {name} set ({})", set.join(", ")));
    }
}

pub(super) fn is_foreign(constraint: &str) -> bool {
    constraint.starts_with("FOREIGN KEY")
}
