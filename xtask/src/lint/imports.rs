//! Every path a file names, in `use` trees and in code, macro arguments included.
//!
//! A path is given as written and resolved against the module it stands in; who may import whom
//! is decided elsewhere.

use super::source::Source;
use super::tokens::{Token, closing};

/// One path as written.
#[derive(Debug, PartialEq)]
pub(super) struct Import {
    /// `crate`, `db`, `Pool`.
    pub(super) segments: Vec<String>,
    /// Where its first segment stands.
    pub(super) line: usize,
}

/// Every path in the tokens: those of code first come, then those of `use` trees spread out.
pub(super) fn of(tokens: &[Token]) -> Vec<Import> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(token) = tokens.get(at) {
        let opens_use = token.ident && token.text == "use" && begins_tree(tokens.get(at + 1));
        if opens_use {
            at = tree(tokens, at + 1, &[], &mut found);
        } else if token.ident && begins_path(tokens, at) {
            let segments = path(tokens, at);
            at += segments.len() * 2 - 1;
            found.push(Import { segments, line: token.line });
        } else {
            at += 1;
        }
    }
    found
}

/// `use<'a>` in a return type is no import.
fn begins_tree(token: Option<&Token>) -> bool {
    token.is_some_and(|token| token.ident || token.text == "::" || token.text == "{")
}

/// A path of code has two segments and more; `$crate` belongs to whoever calls the macro.
fn begins_path(tokens: &[Token], at: usize) -> bool {
    let before = at.checked_sub(1).map_or("", |before| tokens[before].text.as_str());
    let joined = tokens.get(at + 1).is_some_and(|token| token.text == "::");
    joined && !matches!(before, "::" | "." | "$")
}

fn path(tokens: &[Token], mut at: usize) -> Vec<String> {
    let mut segments = vec![tokens[at].text.clone()];
    while tokens.get(at + 1).is_some_and(|token| token.text == "::")
        && tokens.get(at + 2).is_some_and(|token| token.ident)
    {
        segments.push(tokens[at + 2].text.clone());
        at += 2;
    }
    segments
}

/// Spreads one branch of a `use` tree from `at` on; says where it ends.
fn tree(tokens: &[Token], mut at: usize, before: &[String], found: &mut Vec<Import>) -> usize {
    let mut segments = before.to_vec();
    let line = tokens.get(at).map_or(1, |token| token.line);
    while let Some(token) = tokens.get(at) {
        match token.text.as_str() {
            "{" => return branches(tokens, at, &segments, found),
            "," | ";" | "}" => break,
            "as" => at += 1,
            "*" => segments.push("*".to_owned()),
            _ if token.ident => segments.push(token.text.clone()),
            _ => {}
        }
        at += 1;
    }
    found.push(Import { segments, line });
    at
}

fn branches(tokens: &[Token], open: usize, before: &[String], found: &mut Vec<Import>) -> usize {
    let end = closing(tokens, open);
    let mut at = open + 1;
    while at < end {
        at = tree(tokens, at, before, found);
        if tokens.get(at).is_some_and(|token| token.text == ",") {
            at += 1;
        }
    }
    end + 1
}

/// The path from the crate's root, where it is one of this crate's.
pub(super) fn resolve(source: &Source, import: &Import) -> Option<Vec<String>> {
    let own = source.krate.replace('-', "_");
    let (first, rest) = import.segments.split_first()?;
    if first == "crate" || *first == own {
        return Some(rest.to_vec());
    }
    let mut module = source.module_at(import.line);
    let mut rest = rest;
    match first.as_str() {
        "self" => {}
        "super" => {
            module.pop();
            while let Some(("super", further)) = rest.split_first().map(|(a, b)| (a.as_str(), b)) {
                module.pop();
                rest = further;
            }
        }
        _ => return None,
    }
    module.extend(rest.iter().cloned());
    Some(module)
}
