//! Sets of entities that change: tables and columns.

use jewel_core::manifest::entity::{Class, Column, Entity, May};

use super::edit::{Edit, Kind, Pick};

/// The structs as they stand, and what is said of what went.
#[derive(Debug, Clone, Default)]
pub(super) struct Set {
    pub(super) entities: Vec<Entity>,
    pub(super) dropped: Vec<String>,
    /// Names are made up from this.
    count: usize,
}

impl Set {
    /// The next set: former names and acknowledgements of the last one are left out again.
    pub(super) fn next(&self, edits: &[Edit]) -> Self {
        let mut set = self.clone();
        set.dropped.clear();
        for entity in &mut set.entities {
            entity.was = None;
            entity.dropped.clear();
            for column in &mut entity.columns {
                (column.was, column.using) = (None, None);
            }
        }
        for edit in edits {
            set.apply(edit);
        }
        set
    }

    pub(super) fn name(&mut self, what: &str) -> String {
        self.count += 1;
        format!("{what}{:03}", self.count)
    }

    pub(super) fn table(&mut self, pick: Pick) -> Option<&mut Entity> {
        if self.entities.is_empty() {
            return None;
        }
        Some(pick.get_mut(&mut self.entities))
    }

    /// A column of a table that is neither its key nor its owner, of a kind.
    pub(super) fn column(
        &mut self,
        (table, pick): (Pick, Pick),
        wanted: impl Fn(&Column) -> bool,
    ) -> Option<(&mut Entity, usize)> {
        let entity = self.table(table)?;
        let owner = entity.owner.clone();
        let free = |column: &Column| !column.key && Some(&column.name) != owner.as_ref();
        let all: Vec<usize> = (0..entity.columns.len())
            .filter(|at| free(&entity.columns[*at]) && wanted(&entity.columns[*at]))
            .collect();
        if all.is_empty() {
            return None;
        }
        Some((entity, *pick.get(&all)))
    }

    fn apply(&mut self, edit: &Edit) {
        let _ = self
            .apply_table(edit)
            .or_else(|| self.apply_column(edit))
            .or_else(|| self.apply_index(edit))
            .or_else(|| self.apply_rule(edit))
            .or_else(|| self.apply_right(edit));
    }

    fn apply_table(&mut self, edit: &Edit) -> Option<()> {
        match edit {
            Edit::AddTable => self.add_table(),
            Edit::DropTable(pick) => {
                let table = self.table(*pick)?.clone();
                if table.was.is_some() {
                    return None;
                }
                self.entities.retain(|entity| entity.table != table.table);
                for entity in &mut self.entities {
                    for column in &mut entity.columns {
                        column.references.take_if(|to| to.table == table.table);
                    }
                }
                self.dropped.push(table.table);
            }
            Edit::RenameTable(pick) => {
                let name = self.name("t");
                let entity = self.table(*pick)?;
                if entity.was.is_some() || entity.name == NEW {
                    return None;
                }
                let was = std::mem::replace(&mut entity.table, name.clone());
                entity.was = Some(was.clone());
                for column in self.entities.iter_mut().flat_map(|e| &mut e.columns) {
                    if let Some(to) = column.references.as_mut().filter(|to| to.table == was) {
                        to.table.clone_from(&name);
                    }
                }
            }
            _ => return None,
        }
        Some(())
    }

    fn apply_column(&mut self, edit: &Edit) -> Option<()> {
        match edit {
            Edit::AddColumn(pick, kind) => {
                let name = self.name("c");
                let entity = self.table(*pick)?;
                let number = entity.columns.iter().find(|c| c.r#type == "integer");
                let number = number.map(|c| c.name.clone());
                entity.columns.push(made(name, *kind, number)?);
            }
            Edit::DropColumn(table, pick) => {
                let (entity, at) = self.column((*table, *pick), |c| c.was.is_none())?;
                drop_column(entity, at);
            }
            Edit::RenameColumn(table, pick) => {
                let name = self.name("c");
                let (entity, at) =
                    self.column((*table, *pick), |c| !is_new(c) && c.was.is_none())?;
                rename_column(entity, at, name);
            }
            Edit::Retype(table, pick) => {
                let (entity, at) = self.column((*table, *pick), |c| {
                    c.r#type == "integer" && c.generated.is_none() && c.was.is_none() && !is_new(c)
                })?;
                let name = entity.columns[at].name.clone();
                if uses(entity, &name) {
                    return None;
                }
                "bigint".clone_into(&mut entity.columns[at].r#type);
                entity.columns[at].using = Some(format!("{name}::bigint"));
            }
            Edit::AddWord(table, pick) => {
                let word = self.name("w");
                let (entity, at) = self.column((*table, *pick), |c| !c.words.is_empty())?;
                entity.columns[at].words.push(word);
            }
            Edit::RemoveWord(table, pick) => {
                let (entity, at) = self.column((*table, *pick), |c| c.words.len() > 1)?;
                entity.columns[at].words.pop();
            }
            Edit::Null(table, pick) => {
                // Rows that are there must have a value, once it has to be there.
                let (entity, at) = self.column((*table, *pick), |c| c.default.is_some())?;
                let column = &mut entity.columns[at];
                column.null = !column.null;
            }
            _ => return None,
        }
        Some(())
    }

    fn add_table(&mut self) {
        let table = self.name("t");
        let key = Column {
            name: "id".to_owned(),
            r#type: "uuid".to_owned(),
            key: true,
            ..Column::default()
        };
        let text = made(self.name("c"), Kind::Text, None);
        self.entities.push(Entity {
            name: NEW.to_owned(),
            table,
            columns: [key].into_iter().chain(text).collect(),
            may: May { insert: true, ..May::default() },
            ..Entity::default()
        });
    }

    /// From now on its tables are there.
    pub(super) fn settle(&mut self) {
        for entity in &mut self.entities {
            entity.name.clear();
            entity.columns.iter_mut().for_each(|column| column.summary.clear());
        }
    }
}

/// What is not migrated yet is called so.
pub(super) const NEW: &str = "new";

fn is_new(column: &Column) -> bool {
    column.summary == NEW
}

fn made(name: String, kind: Kind, number: Option<String>) -> Option<Column> {
    let (ty, default) = match kind {
        Kind::Text => ("text", Some("'a text'")),
        Kind::Word => ("text", Some("'one'")),
        Kind::Number => ("integer", Some("5")),
        Kind::Flag => ("boolean", Some("false")),
        Kind::Time => ("timestamp with time zone", None),
        Kind::Json => ("jsonb", None),
        Kind::Doubled => ("integer", None),
    };
    let generated = match kind {
        Kind::Doubled => Some(format!("{} * 2", number?)),
        _ => None,
    };
    let words = match kind {
        Kind::Word => vec!["one".to_owned(), "two".to_owned()],
        _ => Vec::new(),
    };
    Some(Column {
        name,
        summary: NEW.to_owned(),
        r#type: ty.to_owned(),
        null: default.is_none(),
        default: default.map(ToOwned::to_owned),
        generated,
        words,
        class: Class::Plain,
        ..Column::default()
    })
}

/// Whether anything but the column itself speaks of it.
fn uses(entity: &Entity, column: &str) -> bool {
    let text = |text: &String| text.contains(column);
    entity.columns.iter().any(|other| other.generated.as_ref().is_some_and(text))
        || entity.checks.iter().any(|check| text(&check.holds))
        || entity
            .indexes
            .iter()
            .any(|index| index.parts.iter().chain(&index.include).chain(&index.only).any(text))
        || entity.unique.iter().any(|unique| unique.columns.iter().any(text))
}

fn drop_column(entity: &mut Entity, at: usize) {
    let column = entity.columns.remove(at);
    let speaks = |text: &String| text.contains(&column.name);
    entity.checks.retain(|check| !speaks(&check.holds));
    entity
        .indexes
        .retain(|index| !index.parts.iter().chain(&index.include).chain(&index.only).any(speaks));
    entity.unique.retain(|unique| !unique.columns.contains(&column.name));
    entity.may.update.retain(|name| *name != column.name);
    let dropped: Vec<Column> = entity
        .columns
        .extract_if(.., |other| other.generated.as_ref().is_some_and(speaks))
        .collect();
    for other in dropped {
        let at = entity.columns.len();
        entity.columns.push(other);
        drop_column(entity, at);
    }
    entity.dropped.push(column.name);
}

fn rename_column(entity: &mut Entity, at: usize, name: String) {
    let was = std::mem::replace(&mut entity.columns[at].name, name.clone());
    let again = |text: &mut String| *text = text.replace(&was, &name);
    for column in &mut entity.columns {
        column.generated.iter_mut().for_each(again);
    }
    entity.checks.iter_mut().for_each(|check| again(&mut check.holds));
    for index in &mut entity.indexes {
        index.parts.iter_mut().chain(&mut index.include).chain(&mut index.only).for_each(again);
    }
    entity.unique.iter_mut().flat_map(|unique| &mut unique.columns).for_each(again);
    entity.may.update.iter_mut().for_each(again);
    if let Some(to) = &mut entity.columns[at].references {
        to.columns = vec![name];
    }
    entity.columns[at].was = Some(was);
}
