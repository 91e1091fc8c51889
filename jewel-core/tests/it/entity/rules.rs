//! Sets of entities that change: rules, indexes, references and rights.

use jewel_core::manifest::entity::{Check, Column, Foreign, Index, May, Rule, Unique};

use super::edit::{Edit, Shape};
use super::set::{NEW, Set};

impl Set {
    pub(super) fn apply_index(&mut self, edit: &Edit) -> Option<()> {
        match edit {
            Edit::AddIndex(table, pick, shape) => {
                let name = self.name("i");
                let (entity, at) = self.column((*table, *pick), |c| c.r#type != "jsonb")?;
                let column = &entity.columns[at];
                entity.indexes.push(index(name, column, *shape)?);
            }
            Edit::ChangeIndex(table, pick) => {
                let entity = self.table(*table)?;
                if entity.indexes.is_empty() {
                    return None;
                }
                let index = pick.get_mut(&mut entity.indexes);
                index.only = match &index.only {
                    Some(_) => None,
                    None => Some("id is not null".to_owned()),
                };
            }
            Edit::DropIndex(table, pick) => {
                let entity = self.table(*table)?;
                if entity.indexes.is_empty() {
                    return None;
                }
                let at = pick.index(entity.indexes.len());
                entity.indexes.remove(at);
            }
            Edit::AddUnique(table, pick) => {
                let name = self.name("u");
                let (entity, at) = self.column((*table, *pick), |c| {
                    c.r#type == "text" && c.words.is_empty() && c.rules.is_empty()
                })?;
                let columns = vec![entity.columns[at].name.clone(), "id".to_owned()];
                entity.unique.push(Unique { name: Some(name), columns });
            }
            Edit::DropUnique(table) => _ = self.table(*table)?.unique.pop(),
            _ => return None,
        }
        Some(())
    }

    pub(super) fn apply_rule(&mut self, edit: &Edit) -> Option<()> {
        match edit {
            Edit::Default(table, pick) => {
                let (entity, at) = self.column((*table, *pick), |c| c.r#type == "integer")?;
                let column = &mut entity.columns[at];
                column.default = match &column.default {
                    Some(value) if value == "7" => Some("8".to_owned()),
                    _ => Some("7".to_owned()),
                };
            }
            Edit::Tighten(table, pick) => {
                let (entity, at) =
                    self.column((*table, *pick), |c| c.r#type == "text" && c.words.is_empty())?;
                let rules = &mut entity.columns[at].rules;
                let max = rules.iter().find_map(|rule| match rule {
                    Rule::Length { max, .. } => *max,
                    _ => None,
                });
                let max = max.map_or(60, |max| (max - 1).max(20));
                *rules = vec![Rule::Length { min: Some(1), max: Some(max) }];
            }
            Edit::AddCheck(table, pick) => {
                let name = self.name("k");
                let (entity, at) = self.column((*table, *pick), |c| c.r#type == "integer")?;
                let holds = format!("{} >= 0", entity.columns[at].name);
                entity.checks.push(Check { name: Some(name), column: None, holds });
            }
            Edit::DropCheck(table) => _ = self.table(*table)?.checks.pop(),
            Edit::AddReference(table, to, cascade) => {
                let name = self.name("r");
                let to = self.table(*to)?.table.clone();
                let references = Foreign {
                    columns: vec![name.clone()],
                    table: to,
                    on_delete: cascade.then(|| "cascade".to_owned()),
                    ..Foreign::default()
                };
                let column = Column {
                    name,
                    summary: NEW.to_owned(),
                    r#type: "uuid".to_owned(),
                    null: true,
                    references: Some(references),
                    ..Column::default()
                };
                self.table(*table)?.columns.push(column);
            }
            Edit::DropReference(table, pick) => {
                let (entity, at) = self.column((*table, *pick), |c| c.references.is_some())?;
                entity.columns[at].references = None;
            }
            _ => return None,
        }
        Some(())
    }

    pub(super) fn apply_right(&mut self, edit: &Edit) -> Option<()> {
        match edit {
            Edit::Owner(table) => {
                let entity = self.table(*table)?;
                entity.owner = match entity.owner {
                    Some(_) => None,
                    None => Some("id".to_owned()),
                };
            }
            Edit::May(table) => {
                let entity = self.table(*table)?;
                let columns: Vec<String> =
                    entity.columns.iter().skip(1).take(2).map(|c| c.name.clone()).collect();
                entity.may = May {
                    insert: !entity.may.insert,
                    update: if entity.may.delete { columns } else { Vec::new() },
                    delete: !entity.may.delete,
                };
            }
            Edit::Fill(table) => {
                let entity = self.table(*table)?;
                entity.fillfactor = if entity.fillfactor.is_some() { None } else { Some(80) };
            }
            _ => return None,
        }
        Some(())
    }
}

fn index(name: String, column: &Column, shape: Shape) -> Option<Index> {
    let of = &column.name;
    let mut index = Index { name: Some(name), parts: vec![of.clone()], ..Index::default() };
    match shape {
        Shape::Plain => {}
        Shape::Down => index.parts = vec![format!("{of} desc"), "id".to_owned()],
        Shape::Expression if column.r#type == "text" => {
            index.parts = vec![format!("(lower({of}))")];
        }
        Shape::Expression => return None,
        Shape::Partial => index.only = Some(format!("{of} is not null")),
        Shape::Covering => (index.parts, index.include) = (vec!["id".to_owned()], vec![of.clone()]),
        Shape::Unique => (index.parts, index.unique) = (vec![of.clone(), "id".to_owned()], true),
    }
    Some(index)
}
