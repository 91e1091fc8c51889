//! An entity as the statements that make its table.
//!
//! They run in an empty scratch database and nowhere else: what a real one needs is planned from
//! what PostgreSQL made of them.

use std::fmt::Write;

use super::name::{list, literal, quote};
use crate::manifest::entity::{Column, Entity, Foreign, Index, Rule};

/// Who is asking, as row-level security sees it; nobody, where nothing is set.
const CALLER: &str = "nullif(current_setting('jewel.account', true), '')::uuid";

/// The statements that make these tables, in order, each with where it comes from.
pub fn render(entities: &[Entity]) -> Vec<(String, String)> {
    let of = |entity: &Entity| format!("{} at {}", entity.name, entity.source);
    let usage = "grant usage on schema public to jewel_app;".to_owned();
    let mut all = vec![("the schema".to_owned(), usage)];
    all.extend(entities.iter().map(|entity| (of(entity), table(entity))));
    // Tables may refer to each other in a circle, so references come when all are there.
    for entity in entities {
        let own = entity.columns.iter().filter_map(|column| column.references.as_ref());
        let mut sql = String::new();
        for reference in own.chain(&entity.foreign) {
            let (name, foreign) = (named(reference.name.as_ref()), foreign(reference));
            let _ = writeln!(sql, "alter table {} add {name}{foreign};", quote(&entity.table));
        }
        sql.push_str(&rights(entity));
        all.push((of(entity), sql));
    }
    all
}

fn table(entity: &Entity) -> String {
    let mut parts: Vec<String> = entity.columns.iter().map(column).collect();
    let key: Vec<&str> =
        entity.columns.iter().filter(|column| column.key).map(|c| c.name.as_str()).collect();
    if !key.is_empty() {
        parts.push(format!("primary key ({})", list(&key)));
    }
    for unique in &entity.unique {
        let columns = list(&unique.columns);
        parts.push(format!("{}unique ({columns})", named(unique.name.as_ref())));
    }
    for check in entity.checks.iter().filter(|check| check.column.is_none()) {
        parts.push(format!("{}check ({})", named(check.name.as_ref()), check.holds));
    }
    // A check of one column stands beside it, so that it is named after it.
    for check in &entity.checks {
        let Some(at) = entity.columns.iter().position(|c| Some(&c.name) == check.column.as_ref())
        else {
            continue;
        };
        let _ = write!(parts[at], " {}check ({})", named(check.name.as_ref()), check.holds);
    }
    let with = entity.fillfactor.map(|fill| format!(" with (fillfactor = {fill})"));
    let mut sql = format!(
        "create table {} (\n  {}\n){};\n",
        quote(&entity.table),
        parts.join(",\n  "),
        with.unwrap_or_default()
    );
    for index in &entity.indexes {
        let _ = writeln!(sql, "{};", index_of(&entity.table, index));
    }
    sql
}

fn column(column: &Column) -> String {
    let mut sql = format!("{} {}", quote(&column.name), column.r#type);
    if !column.null {
        sql.push_str(" not null");
    }
    if let Some(default) = &column.default {
        let _ = write!(sql, " default {default}");
    }
    if let Some(generated) = &column.generated {
        let _ = write!(sql, " generated always as ({generated}) stored");
    }
    for check in checks(column) {
        let _ = write!(sql, " check ({check})");
    }
    sql
}

/// What its type and its rules say of every value.
pub(super) fn checks(column: &Column) -> Vec<String> {
    let name = quote(&column.name);
    let mut checks = Vec::new();
    if !column.words.is_empty() {
        let words: Vec<String> = column.words.iter().map(|word| literal(word)).collect();
        checks.push(format!("{name} in ({})", words.join(", ")));
    }
    if let Some(bytes) = column.bytes {
        checks.push(format!("octet_length({name}) = {bytes}"));
    }
    for rule in &column.rules {
        match rule {
            Rule::Length { min, max } => {
                checks.extend(between(&format!("char_length({name})"), min.as_ref(), max.as_ref()));
            }
            Rule::Range { min, max } => {
                checks.extend(between(&name, min.as_ref(), max.as_ref()));
            }
            Rule::Pattern(pattern) => checks.push(format!("{name} ~ {}", literal(pattern))),
        }
    }
    checks
}

fn between<T: std::fmt::Display>(what: &str, min: Option<T>, max: Option<T>) -> Option<String> {
    match (min, max) {
        (Some(min), Some(max)) => Some(format!("{what} between {min} and {max}")),
        (Some(min), None) => Some(format!("{what} >= {min}")),
        (None, Some(max)) => Some(format!("{what} <= {max}")),
        (None, None) => None,
    }
}

fn foreign(foreign: &Foreign) -> String {
    let to =
        if foreign.to.is_empty() { String::new() } else { format!(" ({})", list(&foreign.to)) };
    let on_delete = foreign.on_delete.as_ref().map(|what| format!(" on delete {what}"));
    format!(
        "foreign key ({}) references {}{to}{}",
        list(&foreign.columns),
        quote(&foreign.table),
        on_delete.unwrap_or_default()
    )
}

fn index_of(table: &str, index: &Index) -> String {
    let mut sql = format!("create {}index ", if index.unique { "unique " } else { "" });
    if let Some(name) = &index.name {
        let _ = write!(sql, "{} ", quote(name));
    }
    let _ = write!(sql, "on {} ", quote(table));
    if let Some(method) = &index.method {
        let _ = write!(sql, "using {method} ");
    }
    let _ = write!(sql, "({})", index.parts.join(", "));
    if !index.include.is_empty() {
        let _ = write!(sql, " include ({})", list(&index.include));
    }
    if let Some(only) = &index.only {
        let _ = write!(sql, " where {only}");
    }
    sql
}

/// Who sees which rows, and what the application's role may do with them.
fn rights(entity: &Entity) -> String {
    let table = quote(&entity.table);
    let mut sql = String::new();
    if let Some(owner) = &entity.owner {
        let _ = writeln!(sql, "alter table {table} enable row level security;");
        let _ = writeln!(sql, "alter table {table} force row level security;");
        let owner = quote(owner);
        let _ = writeln!(sql, "create policy own on {table} using ({owner} = {CALLER});");
    }
    let _ = writeln!(sql, "grant select on {table} to jewel_app;");
    if entity.may.insert {
        let _ = writeln!(sql, "grant insert on {table} to jewel_app;");
    }
    if !entity.may.update.is_empty() {
        let columns = list(&entity.may.update);
        let _ = writeln!(sql, "grant update ({columns}) on {table} to jewel_app;");
    }
    if entity.may.delete {
        let _ = writeln!(sql, "grant delete on {table} to jewel_app;");
    }
    sql
}

fn named(name: Option<&String>) -> String {
    name.map(|name| format!("constraint {} ", quote(name))).unwrap_or_default()
}
