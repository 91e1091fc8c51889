//! Which table an identifier names: known once all entities are.

use std::collections::BTreeMap;

use super::Described;
use super::pattern::stranger;
use crate::manifest::entity::{Entity, Foreign, Rule};

/// The entities with their references, in the order in which tables can be made; or what is wrong.
///
/// # Errors
/// Every table or identifier that two entities claim, and every reference to a table that no
/// module lists.
pub fn resolve(all: Vec<Described>) -> Result<Vec<Entity>, Vec<String>> {
    let mut wrong = Vec::new();
    let (mut tables, mut names) = (BTreeMap::new(), Vec::<(std::any::TypeId, String)>::new());
    for Described { entity, names: id, .. } in &all {
        let at = (entity.source.clone(), entity.name.clone());
        if let Some((source, name)) = tables.insert(entity.table.clone(), at) {
            wrong.push(format!(
                "the table `{}` is that of `{name}` at {source} and of `{}` at {}",
                entity.table, entity.name, entity.source
            ));
        }
        if let Some((_, table)) = names.iter().find(|(known, _)| known == id) {
            wrong.push(format!(
                "{} `{}`: its identifiers name the rows of `{table}` already",
                entity.source, entity.name
            ));
        }
        names.push((*id, entity.table.clone()));
    }
    let mut entities = Vec::new();
    for Described { mut entity, names: own, refers } in all {
        let alone = entity.columns.iter().filter(|column| column.key).count() == 1;
        for column in &mut entity.columns {
            let Some(refers) = refers.iter().find(|refers| refers.column == column.name) else {
                continue;
            };
            // A row's own name names no other row.
            let to = refers.to.filter(|to| !(column.key && alone && *to == own));
            let table = names.iter().find(|(id, _)| Some(*id) == to).map(|(_, table)| table);
            column.references = table.map(|table| Foreign {
                columns: vec![column.name.clone()],
                table: table.clone(),
                on_delete: refers.on_delete.map(ToOwned::to_owned),
                ..Foreign::default()
            });
        }
        for (column, rule) in
            entity.columns.iter().flat_map(|c| c.rules.iter().map(move |r| (c, r)))
        {
            let Rule::Pattern(pattern) = rule else { continue };
            if let Some(strange) = stranger(pattern) {
                wrong.push(format!(
                    "{} `{}.{}`: PostgreSQL, JSON Schema and Rust do not read its pattern alike: \
                     {strange}; say it as `#[check(\"..\")]` and `#[request_only]`",
                    entity.source, entity.name, column.name
                ));
            }
        }
        for foreign in entity.foreign.iter().filter(|f| !tables.contains_key(&f.table)) {
            wrong.push(format!(
                "{} `{}` refers to the table `{}`, whose entity no module lists",
                entity.source, entity.name, foreign.table
            ));
        }
        entities.push(entity);
    }
    if wrong.is_empty() { Ok(entities) } else { Err(wrong) }
}
