//! Columns: added, dropped, changed.

use std::fmt::Write;

use super::super::name::quote;
use super::{Draft, Meant, Unclear};
use crate::entity::Table;
use crate::entity::catalogue::Column;

pub(super) fn columns(name: &str, was: &Table, now: &Table, meant: &Meant, draft: &mut Draft) {
    let table = quote(name);
    let new = |column: &&Column| was.column(&column.name).is_none();
    let appeared: Vec<String> =
        now.columns.iter().filter(new).map(|column| column.name.clone()).collect();
    let mut renamed = false;
    for column in was.columns.iter().filter(|column| now.column(&column.name).is_none()) {
        // A generated one holds nothing that is not in the others.
        if !meant.back && column.generated.is_none() && !is_dropped(meant, name, &column.name) {
            renamed = true;
            draft.ask(Unclear::ColumnGone {
                table: name.to_owned(),
                column: column.name.clone(),
                appeared: appeared.clone(),
            });
        }
        drop_column(name, column, draft);
    }
    for column in &now.columns {
        match was.column(&column.name) {
            // What is asked already: a new column may be a former one.
            None if renamed => {}
            None => add(name, column, meant, draft),
            Some(old) if old != column => change(name, old, column, meant, draft),
            Some(_) => {}
        }
    }
    // Policies and views name columns by what they were.
    let retyped =
        |column: &&Column| was.column(&column.name).is_some_and(|old| old.r#type != column.r#type);
    if now.columns.iter().any(|column| retyped(&column)) {
        for (policy, what) in &now.policies {
            if was.policies.get(policy) == Some(what) {
                draft.clear.push(format!("drop policy {} on {table}", quote(policy)));
                draft.add.push(super::rights::policy(name, policy, what));
            }
        }
    }
}

fn is_dropped(meant: &Meant, table: &str, column: &str) -> bool {
    meant.dropped.contains(&(table.to_owned(), column.to_owned()))
}

fn drop_column(table: &str, column: &Column, draft: &mut Draft) {
    draft.change.push(format!("alter table {} drop column {}", quote(table), quote(&column.name)));
    if column.generated.is_none() {
        draft.loses.push(format!("the column {table}.{}", column.name));
    }
}

/// A column as it stands in `create table` and after `add column`.
pub(super) fn definition(column: &Column) -> String {
    let mut sql = format!("{} {}", quote(&column.name), column.r#type);
    if let Some(collation) = &column.collation {
        let _ = write!(sql, " collate {collation}");
    }
    if let Some(default) = &column.default {
        let _ = write!(sql, " default {default}");
    }
    if let Some(generated) = &column.generated {
        let _ = write!(sql, " generated always as ({generated}) stored");
    }
    if !column.null {
        sql.push_str(" not null");
    }
    sql
}

fn add(table: &str, column: &Column, meant: &Meant, draft: &mut Draft) {
    let (at, name) = (quote(table), quote(&column.name));
    if column.null || column.default.is_some() || column.generated.is_some() {
        draft.change.push(format!("alter table {at} add column {}", definition(column)));
        return;
    }
    if !meant.back {
        let (table, column) = (table.to_owned(), column.name.clone());
        return draft.ask(Unclear::NoDefault { table, column });
    }
    // What stood there is gone for good; rows that are there get a value that says nothing.
    let made_up = Column { default: Some(nothing(&column.r#type)), ..column.clone() };
    draft.change.push(format!("alter table {at} add column {}", definition(&made_up)));
    draft.change.push(format!("alter table {at} alter column {name} drop default"));
}

/// The value of a type that says the least.
fn nothing(ty: &str) -> String {
    let value = match ty {
        "boolean" => "false",
        "smallint" | "integer" | "bigint" | "double precision" | "real" | "numeric" => "0",
        "uuid" => "00000000-0000-0000-0000-000000000000",
        "timestamp with time zone" | "date" => "epoch",
        "jsonb" | "json" => "null",
        _ if ty.ends_with("[]") => "{}",
        _ => "",
    };
    format!("'{value}'::{ty}")
}

fn change(table: &str, old: &Column, new: &Column, meant: &Meant, draft: &mut Draft) {
    let (at, name) = (quote(table), quote(&new.name));
    let alter = |what: &str| format!("alter table {at} alter column {name} {what}");
    if old.generated != new.generated {
        return regenerate(table, old, new, meant, draft);
    }
    if (&old.r#type, &old.collation) != (&new.r#type, &new.collation) {
        // The old default may be none of the new type.
        if old.default.is_some() {
            draft.change.push(alter("drop default"));
        }
        retype(table, old, new, meant, draft);
        if let Some(default) = &new.default {
            draft.change.push(alter(&format!("set default {default}")));
        }
    } else if old.default != new.default {
        draft.change.push(match &new.default {
            Some(default) => alter(&format!("set default {default}")),
            None => alter("drop default"),
        });
    }
    match (old.null, new.null) {
        (false, true) => draft.change.push(alter("drop not null")),
        (true, false) => {
            // The last step finds the rule proven and looks at no row.
            let rule = quote(&format!("{table}_{}_not_null", new.name));
            draft.add.push(format!(
                "alter table {at} add constraint {rule} check ({name} is not null) not valid"
            ));
            draft.validate.push(format!("alter table {at} validate constraint {rule}"));
            draft.finish.push(alter("set not null"));
            draft.finish.push(format!("alter table {at} drop constraint {rule}"));
        }
        _ => {}
    }
}

fn regenerate(table: &str, old: &Column, new: &Column, meant: &Meant, draft: &mut Draft) {
    if let (Some(_), None) = (&old.generated, &new.generated) {
        let (at, name) = (quote(table), quote(&new.name));
        draft.change.push(format!("alter table {at} alter column {name} drop expression"));
        let plain = Column { generated: None, ..old.clone() };
        if plain != *new {
            change(table, &plain, new, meant, draft);
        }
        return;
    }
    if old.generated.is_none() && !meant.back && !is_dropped(meant, table, &old.name) {
        let (table, column) = (table.to_owned(), old.name.clone());
        return draft.ask(Unclear::Generated { table, column });
    }
    drop_column(table, old, draft);
    draft.change.push(format!("alter table {} add column {}", quote(table), definition(new)));
}

fn retype(table: &str, old: &Column, new: &Column, meant: &Meant, draft: &mut Draft) {
    let (at, name) = (quote(table), quote(&new.name));
    let using = meant.using.get(&(table.to_owned(), new.name.clone()));
    let using = match using {
        Some(using) => format!(" using {using}"),
        None if meant.back => format!(" using {name}::text::{}", new.r#type),
        None if is_same_bytes(&old.r#type, &new.r#type) => String::new(),
        None => {
            return draft.ask(Unclear::Retyped {
                table: table.to_owned(),
                column: new.name.clone(),
                from: old.r#type.clone(),
                to: new.r#type.clone(),
            });
        }
    };
    let collate = new.collation.as_ref().map(|c| format!(" collate {c}")).unwrap_or_default();
    draft
        .change
        .push(format!("alter table {at} alter column {name} type {}{collate}{using}", new.r#type));
}

/// Whether PostgreSQL changes the type without looking at a row.
fn is_same_bytes(old: &str, new: &str) -> bool {
    let length = |ty: &str| {
        let length = ty.strip_prefix("character varying(")?.strip_suffix(')')?;
        length.parse::<u32>().ok()
    };
    match (length(old), length(new)) {
        (Some(old), Some(new)) => old <= new,
        (Some(_), None) => new == "text" || new == "character varying",
        _ => old == "character varying" && new == "text",
    }
}
