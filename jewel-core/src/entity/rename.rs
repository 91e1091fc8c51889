//! Renames: what was called otherwise before, by `was`. They are done first, in a scratch database
//! as in a real one, so that PostgreSQL says what becomes of every expression.

use super::Catalogue;
use super::name::quote;
use super::plan::Unclear;
use crate::manifest::entity::Entity;

/// One statement, and the one that undoes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rename {
    /// There.
    pub up: String,
    /// And back.
    pub down: String,
}

/// The renames that a catalogue still lacks.
///
/// # Errors
/// Former names that nobody knows.
pub fn renames(from: &Catalogue, entities: &[Entity]) -> Result<Vec<Rename>, Vec<Unclear>> {
    let (mut all, mut wrong) = (Vec::new(), Vec::new());
    for entity in entities {
        let mut table = from.tables.get(&entity.table);
        if let (None, Some(was)) = (table, &entity.was) {
            table = from.tables.get(was);
            match table {
                Some(_) => all.push(rename("alter table", was, &entity.table)),
                None => wrong.push(never(was, &entity.table)),
            }
        }
        let Some(table) = table else { continue };
        for column in &entity.columns {
            let Some(was) = &column.was else { continue };
            if table.column(&column.name).is_some() {
                continue;
            }
            if table.column(was).is_none() {
                wrong.push(never(was, &format!("{}.{}", entity.table, column.name)));
                continue;
            }
            let at = format!("alter table {} rename column", quote(&entity.table));
            all.push(rename(&at, was, &column.name));
        }
    }
    if wrong.is_empty() { Ok(all) } else { Err(wrong) }
}

fn rename(at: &str, was: &str, now: &str) -> Rename {
    let (was, now) = (quote(was), quote(now));
    let direct = |from: &str, to: &str| match at {
        "alter table" => format!("alter table {from} rename to {to}"),
        column => format!("{column} {from} to {to}"),
    };
    Rename { up: direct(&was, &now), down: direct(&now, &was) }
}

fn never(was: &str, now: &str) -> Unclear {
    Unclear::NeverWas { was: was.to_owned(), now: now.to_owned() }
}
