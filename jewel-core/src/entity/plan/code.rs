//! What stands in `sql/`: functions, triggers and views. They go first and come last, because they
//! may name any table.

use std::collections::BTreeMap;

use super::super::name::quote;
use super::rights::grants;
use super::{Draft, Unclear, differences};
use crate::entity::catalogue::{Function, View};
use crate::entity::{Catalogue, Table};

/// Takes away what is not there any more, or comes back as another.
pub(super) fn before(from: &Catalogue, to: &Catalogue, draft: &mut Draft) {
    for (what, gone) in [("gone", &from.others - &to.others), ("new", &to.others - &from.others)] {
        for other in gone {
            draft.ask(Unclear::ByHand { what: format!("{other}, which is {what},") });
        }
    }
    for (name, old, _) in views(from, to) {
        if let Some(old) = old {
            draft.clear.push(format!("drop {} {}", view(old), quote(name)));
        }
    }
    for (table, old, now) in tables(from, to) {
        let Some(now) = now else { continue };
        for (trigger, old, _) in differences(&old.triggers, &now.triggers) {
            if old.is_some() {
                draft.clear.push(format!("drop trigger {} on {}", quote(trigger), quote(table)));
            }
        }
    }
}

/// Makes what is new, or another.
pub(super) fn after(from: &Catalogue, to: &Catalogue, draft: &mut Draft) {
    for (name, old, new) in differences(&from.functions, &to.functions) {
        match (old, new) {
            (Some(old), Some(new)) if head(old) != head(new) => {
                draft.add.push(drop(name, old));
                make(name, None, new, draft);
            }
            (old, Some(new)) => make(name, old, new, draft),
            (_, None) => {}
        }
    }
    for (name, _, new) in views(from, to) {
        let Some(new) = new else { continue };
        let with: Vec<&str> = new.options.iter().map(String::as_str).collect();
        let with =
            if with.is_empty() { String::new() } else { format!(" with ({})", with.join(", ")) };
        let query = new.definition.trim().trim_end_matches(';');
        draft.add.push(format!("create {} {}{with} as\n{query}", view(new), quote(name)));
        draft.add.extend(grants(&quote(name), &BTreeMap::new(), &new.grants));
    }
    let none = Table::default();
    for (name, now) in &to.tables {
        let was = from.tables.get(name).unwrap_or(&none);
        let new = differences(&was.triggers, &now.triggers).filter_map(|(_, _, new)| new);
        draft.add.extend(new.cloned());
    }
    for (name, old, new) in differences(&from.functions, &to.functions) {
        if let (Some(old), None) = (old, new) {
            draft.add.push(drop(name, old));
        }
    }
}

fn make(name: &str, old: Option<&Function>, new: &Function, draft: &mut Draft) {
    if old.is_none_or(|old| old.definition != new.definition) {
        draft.add.push(new.definition.trim_end().to_owned());
    }
    // A new function may be called by everybody, until somebody says who may.
    let everybody = [String::from("public")].into();
    let was = old.map_or(&everybody, |old| &old.grants);
    for (verb, towards, roles) in
        [("revoke", "from", was - &new.grants), ("grant", "to", &new.grants - was)]
    {
        for role in roles {
            let role = if role == "public" { role } else { quote(&role) };
            draft.add.push(format!("{verb} execute on {} {name} {towards} {role}", new.kind));
        }
    }
}

fn drop(name: &str, function: &Function) -> String {
    format!("drop {} {name}", function.kind)
}

/// What `create or replace` cannot change: everything before the body's language.
fn head(function: &Function) -> &str {
    function.definition.split_once("\n LANGUAGE").map_or("", |(head, _)| head)
}

fn view(view: &View) -> &'static str {
    if view.materialized { "materialized view" } else { "view" }
}

/// The tables of the first that differ in the second, or are gone.
fn tables<'c>(
    from: &'c Catalogue,
    to: &'c Catalogue,
) -> impl Iterator<Item = (&'c String, &'c Table, Option<&'c Table>)> {
    from.tables.iter().map(|(name, table)| (name, table, to.tables.get(name)))
}

/// The views that change; all of them where the columns of any table do, because a view keeps them
/// as they are.
fn views<'c>(
    from: &'c Catalogue,
    to: &'c Catalogue,
) -> Vec<(&'c String, Option<&'c View>, Option<&'c View>)> {
    let changed = |(name, table): (&String, &Table)| {
        to.tables.get(name).is_none_or(|now| {
            table
                .columns
                .iter()
                .any(|old| now.column(&old.name).is_none_or(|column| column.r#type != old.r#type))
        })
    };
    if from.tables.iter().any(changed) {
        let names: std::collections::BTreeSet<&String> =
            from.views.keys().chain(to.views.keys()).collect();
        let pair = |name| (name, from.views.get(name), to.views.get(name));
        return names.into_iter().map(pair).collect();
    }
    differences(&from.views, &to.views).collect()
}
