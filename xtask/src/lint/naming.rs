//! Rule `path`: an endpoint's path is made of a version, plural nouns and parameters.
//!
//! The verb is the HTTP method, so none stands in a path. A last segment after a parameter may
//! be singular: it is the one thing of that kind which the item has (`/v1/shots/{shot}/download`).

use super::source::Source;
use super::{Finding, annotated};

const VERBS: [&str; 14] = [
    "add", "create", "delete", "do", "edit", "fetch", "get", "list", "make", "new", "patch",
    "remove", "set", "update",
];
/// What a caller has one of, so that `/v1/account` is the caller's own.
const OWN: [&str; 1] = ["account"];
/// Plurals that do not end in s.
const PLURALS: [&str; 5] = ["children", "data", "feedback", "media", "people"];

/// Judges the path of every endpoint outside tests.
pub(super) fn check(source: &Source) -> Vec<Finding> {
    let endpoints = annotated::of(source).into_iter();
    let endpoints = endpoints.filter(|endpoint| !source.is_test(endpoint.line));
    endpoints
        .filter_map(|endpoint| Some((endpoint.line, endpoint.path?)))
        .flat_map(|(line, path)| {
            let faults = faults(&path).into_iter();
            faults.map(move |fault| Finding::new(line, format!("`{path}`: {fault}")))
        })
        .collect()
}

/// Everything that is wrong with a path.
pub(super) fn faults(path: &str) -> Vec<String> {
    let mut faults = Vec::new();
    let whole = path.strip_suffix('/').unwrap_or(path);
    if whole != path {
        faults.push("drop the slash at the end".to_owned());
    }
    let mut segments = whole.split('/');
    if segments.next() != Some("") || !segments.next().is_some_and(is_version) {
        faults.push("begin with the version: `/v1/..`".to_owned());
        return faults;
    }
    let segments: Vec<&str> = segments.collect();
    for (at, segment) in segments.iter().enumerate() {
        let before = at.checked_sub(1).map(|before| segments[before]);
        let last = at + 1 == segments.len();
        let fault = match parameter(segment) {
            Some(name) => parameter_fault(name, before),
            None => noun_fault(segment, last && is_single(segment, before)),
        };
        faults.extend(fault);
    }
    faults
}

/// Whether there is one of it: of the item before it, or of the caller.
fn is_single(segment: &str, before: Option<&str>) -> bool {
    match before {
        Some(before) => parameter(before).is_some(),
        None => OWN.contains(&segment),
    }
}

fn is_version(segment: &str) -> bool {
    let number = segment.strip_prefix('v').unwrap_or_default();
    !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit())
}

fn parameter(segment: &str) -> Option<&str> {
    segment.strip_prefix('{')?.strip_suffix('}')
}

fn noun_fault(segment: &str, may_be_singular: bool) -> Option<String> {
    let words: Vec<&str> = segment.split('-').collect();
    if !words.iter().all(|word| is_word(word, "")) {
        return Some(format!("write `{segment}` in kebab-case"));
    }
    if VERBS.contains(&words[0]) {
        return Some(format!("`{segment}` is a verb: the method says it, name the thing"));
    }
    let plural = segment.ends_with('s') || PLURALS.contains(&words[words.len() - 1]);
    (!plural && !may_be_singular).then(|| format!("name the collection in plural: `{segment}s`"))
}

fn parameter_fault(name: &str, before: Option<&str>) -> Option<String> {
    let Some(noun) = before.filter(|before| parameter(before).is_none()) else {
        return Some(format!("let a collection stand before `{{{name}}}`"));
    };
    let whole = noun.replace('-', "_");
    let short = noun.rsplit('-').next().unwrap_or(noun);
    let fits = |singular: &str| singular == name;
    if is_word(name, "_") && [whole.as_str(), short].iter().any(|noun| singular(noun, fits)) {
        return None;
    }
    let suggestion = whole.strip_suffix('s').unwrap_or(&whole);
    Some(format!("name `{{{name}}}` after its collection, as `{{{suggestion}}}`"))
}

/// Whether a singular of the noun passes the test.
fn singular(noun: &str, fits: impl Fn(&str) -> bool) -> bool {
    let entry = noun.strip_suffix("ies").map(|stem| format!("{stem}y"));
    let plain = [noun.strip_suffix("es"), noun.strip_suffix('s')];
    let irregular = PLURALS.contains(&noun) || noun == "people";
    irregular || entry.is_some_and(|it| fits(&it)) || plain.into_iter().flatten().any(fits)
}

/// A lower-case word that begins with a letter.
fn is_word(word: &str, also: &str) -> bool {
    let inside = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || also.contains(c);
    word.starts_with(|c: char| c.is_ascii_lowercase()) && word.chars().all(inside)
}
