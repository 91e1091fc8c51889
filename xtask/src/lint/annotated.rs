//! Finds the items that carry an endpoint's, a job's or an entity's annotation.
//!
//! Read by syn, so that an item counts before it compiles and whether or not it is mounted.

use proc_macro2::TokenTree;
use syn::{Attribute, Item, Meta};

use super::source::Source;

const VERBS: [&str; 5] = ["get", "post", "put", "patch", "delete"];
const JOB: &str = "job";
const ENTITY: &str = "entity";

/// One annotated item.
#[derive(Debug, PartialEq)]
pub(super) struct Annotated {
    /// The annotation: a verb, `job` or `entity`.
    pub(super) word: String,
    /// The path in an endpoint's annotation.
    pub(super) path: Option<String>,
    /// The item's name.
    pub(super) name: String,
    /// The annotation's line.
    pub(super) line: usize,
}

/// Every annotated item of a file, those of inner modules too.
pub(super) fn of(source: &Source) -> Vec<Annotated> {
    let mut found = Vec::new();
    collect(&source.syntax.items, &mut found);
    found
}

fn collect(items: &[Item], found: &mut Vec<Annotated>) {
    for item in items {
        match item {
            Item::Fn(function) => {
                let name = function.sig.ident.to_string();
                let read = |attribute| annotation(attribute, &name);
                found.extend(function.attrs.iter().filter_map(read));
            }
            Item::Struct(item) => {
                let name = item.ident.to_string();
                let read = |attribute| annotation(attribute, &name);
                found.extend(item.attrs.iter().filter_map(read));
            }
            Item::Mod(module) => {
                if let Some((_, items)) = &module.content {
                    collect(items, found);
                }
            }
            _ => {}
        }
    }
}

fn annotation(attribute: &Attribute, name: &str) -> Option<Annotated> {
    let last = attribute.path().segments.last()?;
    let word = last.ident.to_string();
    let path = first_text(&attribute.meta);
    let endpoint = VERBS.contains(&word.as_str()) && path.is_some();
    let line = last.ident.span().start().line;
    (endpoint || word == JOB || word == ENTITY).then(|| Annotated {
        word,
        path,
        name: name.to_owned(),
        line,
    })
}

/// The text that an attribute's arguments begin with.
fn first_text(meta: &Meta) -> Option<String> {
    let Meta::List(list) = meta else { return None };
    let Some(TokenTree::Literal(literal)) = list.tokens.clone().into_iter().next() else {
        return None;
    };
    let text = literal.to_string();
    Some(text.strip_prefix('"')?.strip_suffix('"')?.to_owned())
}
