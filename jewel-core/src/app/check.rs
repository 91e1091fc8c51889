//! Do the parts fit together? Everything that does not is told at once, before a socket opens.

use std::any::TypeId;
use std::collections::{BTreeMap, HashSet};

use crate::http::{Entry, Named};
use crate::job::{self, Definition, Plan};
use crate::manifest::{Declared, Describe};

/// All conflicts between these endpoints and jobs.
pub(super) fn conflicts(endpoints: &[Named], jobs: &[(&str, Definition)]) -> Vec<String> {
    let entries = || endpoints.iter().map(|named| named.route.entry);
    let mut found = Vec::new();
    found.extend(twice(
        entries().map(|entry| (shape(&entry.declared), place(&entry.declared))),
        "the route",
    ));
    found.extend(twice(
        endpoints.iter().map(|n| (n.operation.clone(), place(&n.route.entry.declared))),
        "the operation",
    ));
    found.extend(twice(
        jobs.iter().map(|(_, job)| {
            let declared = &job.entry.declared;
            (declared.name.to_owned(), at(declared))
        }),
        "the job",
    ));
    found.extend(names(entries()));
    found.extend(limits(jobs));
    found.extend(handlers(jobs));
    found.extend(jobs.iter().filter_map(|(_, job)| {
        let declared = &job.entry.declared;
        let wrong = Plan::read(&declared.schedule?).err()?;
        Some(format!("{} `{}`: {wrong}", at(declared), declared.name))
    }));
    found
}

/// What is enqueued when a job dies is there, and hides what that one hides.
fn handlers(jobs: &[(&str, Definition)]) -> Vec<String> {
    let all = || jobs.iter().map(|(_, job)| &job.entry.declared);
    let mut found = Vec::new();
    for declared in all() {
        let Some(handler) = declared.on_dead else { continue };
        let (name, handler) = (declared.name, handler.kind);
        match all().find(|other| other.name == handler && other.buries) {
            None => found.push(format!(
                "{} `{name}`: its `on_dead` names `{handler}`, which no module lists",
                at(declared)
            )),
            Some(other) if declared.encrypted && !other.encrypted => found.push(format!(
                "{} `{name}` is encrypted, and `{handler}` at {} takes what died of it and is not: \
                 say `encrypted` there too",
                at(declared),
                at(other)
            )),
            Some(_) => {}
        }
    }
    found
}

/// The limits are the queue's: all its jobs say the same. What is counted by a field is counted by
/// its hash, and encrypted jobs have another one.
fn limits(jobs: &[(&str, Definition)]) -> Vec<String> {
    let mut first: BTreeMap<&str, &job::Declared> = BTreeMap::new();
    let mut found = Vec::new();
    for declared in jobs.iter().map(|(_, job)| &job.entry.declared) {
        let known = *first.entry(declared.queue).or_insert(declared);
        if known.limits.key.is_some() && known.encrypted != declared.encrypted {
            found.push(format!(
                "the queue `{}` is limited by a field, and of `{}` at {} and `{}` at {} one is \
                 encrypted: say `encrypted` at both, or give one a queue of its own",
                declared.queue,
                known.name,
                at(known),
                declared.name,
                at(declared)
            ));
        }
        if known.limits != declared.limits {
            found.push(format!(
                "the queue `{}` has the limits of `{}` at {} and others of `{}` at {}: say the \
                 same `limit` and `rate` at both, or give one a queue of its own",
                declared.queue,
                known.name,
                at(known),
                declared.name,
                at(declared)
            ));
        }
    }
    found
}

fn at(declared: &job::Declared) -> String {
    format!("{}:{}", declared.source.file, declared.source.line)
}

/// What is there more than once, with all its places.
fn twice(items: impl Iterator<Item = (String, String)>, what: &str) -> Vec<String> {
    let mut places: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (name, place) in items {
        places.entry(name).or_default().push(place);
    }
    let several = places.into_iter().filter(|(_, places)| places.len() > 1);
    several
        .map(|(name, places)| {
            format!("{what} `{name}` is there {} times: {}", places.len(), places.join(", "))
        })
        .collect()
}

/// Method and path, with the segments' names left out: `GET /shots/{}`.
fn shape(declared: &Declared) -> String {
    let part = |part: &str| if part.starts_with('{') { "{}".to_owned() } else { part.to_owned() };
    let path: Vec<String> = declared.path.split('/').map(part).collect();
    format!("{} {}", declared.verb.as_str(), path.join("/"))
}

fn place(declared: &Declared) -> String {
    format!("{}:{} `{}`", declared.source.file, declared.source.line, declared.name)
}

/// One place in the paths has one name: the router could not tell two apart.
fn names<'a>(entries: impl Iterator<Item = &'a Entry>) -> Vec<String> {
    let mut known: BTreeMap<String, (String, String)> = BTreeMap::new();
    let mut found = Vec::new();
    for entry in entries {
        let mut prefix = String::new();
        for part in entry.declared.path.split('/').skip(1) {
            if !part.starts_with('{') {
                prefix = format!("{prefix}/{part}");
                continue;
            }
            let here = (part.to_owned(), place(&entry.declared));
            let first = known.entry(prefix.clone()).or_insert_with(|| here.clone());
            if first.0 != here.0 {
                found.push(format!(
                    "what follows `{prefix}/` is called `{}` at {} and `{}` at {}: one name",
                    first.0, first.1, here.0, here.1
                ));
            }
            prefix.push_str("/{}");
        }
    }
    found
}

/// State that handlers or jobs take and the application does not have.
pub(super) fn missing(describe: &Describe, has: impl Fn(TypeId) -> bool) -> Vec<String> {
    let mut told = HashSet::new();
    let lacks = |state: &&crate::manifest::State| !has(state.id) && told.insert(state.id);
    let lacking = describe.states.iter().filter(lacks);
    lacking
        .map(|state| format!("no state of type `{}`: add it with `App::state`", state.name))
        .collect()
}
