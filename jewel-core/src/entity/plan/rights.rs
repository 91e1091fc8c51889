//! Who sees which rows, and who may do what.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use super::super::name::quote;
use super::{Draft, differences};
use crate::entity::{Catalogue, Policy, Security, Table};

type Grants = BTreeMap<String, BTreeSet<String>>;

pub(super) fn schema(from: &Catalogue, to: &Catalogue, draft: &mut Draft) {
    for (verb, entries) in [
        ("revoke", from.schema.difference(&to.schema)),
        ("grant", to.schema.difference(&from.schema)),
    ] {
        for entry in entries {
            let Some((role, what)) = entry.rsplit_once(' ') else { continue };
            let towards = if verb == "grant" { "to" } else { "from" };
            draft.clear.push(format!("{verb} {what} on schema public {towards} {}", quote(role)));
        }
    }
    for extension in to.extensions.difference(&from.extensions) {
        draft.clear.push(format!("create extension if not exists {}", quote(extension)));
    }
    for extension in from.extensions.difference(&to.extensions) {
        draft.add.push(format!("drop extension {}", quote(extension)));
    }
}

pub(super) fn table(name: &str, was: &Table, now: &Table, draft: &mut Draft) {
    let table = quote(name);
    let alter = |what: &str| format!("alter table {table} {what} row level security");
    if was.security != now.security {
        if was.security == Security::Forced {
            draft.add.push(alter("no force"));
        }
        match (was.security, now.security) {
            (_, Security::Off) => draft.add.push(alter("disable")),
            (Security::Off, _) => draft.add.push(alter("enable")),
            _ => {}
        }
        if now.security == Security::Forced {
            draft.add.push(alter("force"));
        }
    }
    for (policy, old, new) in differences(&was.policies, &now.policies) {
        if old.is_some() {
            draft.clear.push(format!("drop policy {} on {table}", quote(policy)));
        }
        if let Some(new) = new {
            draft.add.push(self::policy(name, policy, new));
        }
    }
    draft.add.extend(grants(&table, &was.grants, &now.grants));
}

/// The statement that makes a policy.
pub(super) fn policy(table: &str, name: &str, policy: &Policy) -> String {
    let mut sql = format!("create policy {} on {}", quote(name), quote(table));
    if !policy.permissive {
        sql.push_str(" as restrictive");
    }
    if policy.command != "all" {
        let _ = write!(sql, " for {}", policy.command);
    }
    let everybody = policy.roles.len() == 1 && policy.roles.contains("public");
    if !everybody {
        let roles: Vec<&str> = policy.roles.iter().map(String::as_str).collect();
        let _ = write!(sql, " to {}", roles.join(", "));
    }
    if let Some(using) = &policy.using {
        let _ = write!(sql, " using ({using})");
    }
    if let Some(check) = &policy.check {
        let _ = write!(sql, " with check ({check})");
    }
    sql
}

/// The statements that make one set of rights another.
pub(super) fn grants(on: &str, was: &Grants, now: &Grants) -> Vec<String> {
    let (none, mut all) = (BTreeSet::new(), Vec::new());
    let roles: BTreeSet<&String> = was.keys().chain(now.keys()).collect();
    for role in roles {
        let (old, new) = (was.get(role).unwrap_or(&none), now.get(role).unwrap_or(&none));
        let quoted = if role == "public" { role.clone() } else { quote(role) };
        let revoked: Vec<&str> = old.difference(new).map(String::as_str).collect();
        if !revoked.is_empty() {
            all.push(format!("revoke {} on {on} from {quoted}", revoked.join(", ")));
        }
        let granted: Vec<&str> = new.difference(old).map(String::as_str).collect();
        if !granted.is_empty() {
            all.push(format!("grant {} on {on} to {quoted}", granted.join(", ")));
        }
    }
    all
}
