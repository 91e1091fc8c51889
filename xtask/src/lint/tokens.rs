//! A file's tokens in one flat list, and what can be read off such a list.
//!
//! Tokens, not syntax, because a macro's arguments have no syntax: a rule over tokens sees
//! `assert!(x.unwrap())` as well as `x.unwrap()`. Comments are no tokens; doc comments are
//! attributes with a text.

use std::ops::RangeInclusive;
use std::str::FromStr;

use anyhow::{Result, anyhow};
use proc_macro2::{Delimiter, Spacing, TokenStream, TokenTree};

/// One token: `::` is one, a bracket is one.
#[derive(Debug)]
pub(super) struct Token {
    /// As written.
    pub(super) text: String,
    /// Counted from 1.
    pub(super) line: usize,
    /// Whether it is a name or a keyword.
    pub(super) ident: bool,
}

/// The tokens of a text.
pub(super) fn of(text: &str) -> Result<Vec<Token>> {
    let stream = TokenStream::from_str(text).map_err(|error| anyhow!("{error}"))?;
    let mut flat = Vec::new();
    flatten(stream, &mut flat);
    Ok(flat)
}

fn flatten(stream: TokenStream, flat: &mut Vec<Token>) {
    let mut colon_before = false;
    for tree in stream {
        let line = tree.span().start().line;
        let mut colon = false;
        match tree {
            TokenTree::Group(group) => {
                let (open, close) = brackets(group.delimiter());
                push(flat, open, line);
                flatten(group.stream(), flat);
                push(flat, close, group.span_close().start().line);
            }
            TokenTree::Punct(punct) => {
                let joins = colon_before && punct.as_char() == ':';
                match flat.last_mut().filter(|_| joins) {
                    Some(last) => last.text.push(':'),
                    None => push(flat, &punct.as_char().to_string(), line),
                }
                colon = punct.as_char() == ':' && punct.spacing() == Spacing::Joint && !joins;
            }
            TokenTree::Ident(ident) => {
                flat.push(Token { text: ident.to_string(), line, ident: true });
            }
            TokenTree::Literal(literal) => push(flat, &literal.to_string(), line),
        }
        colon_before = colon;
    }
}

fn push(flat: &mut Vec<Token>, text: &str, line: usize) {
    if !text.is_empty() {
        flat.push(Token { text: text.to_owned(), line, ident: false });
    }
}

fn brackets(delimiter: Delimiter) -> (&'static str, &'static str) {
    match delimiter {
        Delimiter::Parenthesis => ("(", ")"),
        Delimiter::Brace => ("{", "}"),
        Delimiter::Bracket => ("[", "]"),
        Delimiter::None => ("", ""),
    }
}

/// Whether the tokens from here on read like this.
pub(super) fn reads(tokens: &[Token], words: &[&str]) -> bool {
    tokens.len() >= words.len() && tokens.iter().zip(words).all(|(token, word)| token.text == *word)
}

/// The lines of the items under `#[test]`, `#[any::test]` and `#[cfg(test)]`.
pub(super) fn test_lines(tokens: &[Token]) -> Vec<RangeInclusive<usize>> {
    let mut found = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        if reads(&tokens[at..], &["#", "["]) && is_test_attribute(&tokens[at + 2..]) {
            let after = closing(tokens, at + 1) + 1;
            found.push(token.line..=item_end(tokens, after));
        }
    }
    found
}

fn is_test_attribute(tokens: &[Token]) -> bool {
    if reads(tokens, &["cfg", "(", "test", ")"])
        || reads(tokens, &["cfg", "(", "all", "(", "test", ","])
    {
        return true;
    }
    let path: Vec<_> =
        tokens.iter().take_while(|token| token.ident || token.text == "::").collect();
    path.last().is_some_and(|last| last.text == "test")
}

/// Where the bracket that opens at `open` closes.
pub(super) fn closing(tokens: &[Token], open: usize) -> usize {
    let mut depth = 0_usize;
    for (at, token) in tokens.iter().enumerate().skip(open) {
        match token.text.as_str() {
            "(" | "[" | "{" => depth += 1,
            ")" | "]" | "}" => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth == 0 {
            return at;
        }
    }
    tokens.len().saturating_sub(1)
}

/// The last line of the item that begins at `at`: its `;`, or the end of its first braces.
fn item_end(tokens: &[Token], mut at: usize) -> usize {
    while let Some(token) = tokens.get(at) {
        match token.text.as_str() {
            ";" => return token.line,
            "{" => return tokens[closing(tokens, at)].line,
            "(" | "[" => at = closing(tokens, at),
            _ => {}
        }
        at += 1;
    }
    tokens.last().map_or(1, |token| token.line)
}

/// The modules written inside the file, outer ones first.
pub(super) fn inline_modules(tokens: &[Token]) -> Vec<(RangeInclusive<usize>, String)> {
    let mut found = Vec::new();
    for at in 0..tokens.len().saturating_sub(2) {
        let [keyword, name, open] = &tokens[at..at + 3] else {
            continue;
        };
        if keyword.ident && keyword.text == "mod" && name.ident && open.text == "{" {
            let end = tokens[closing(tokens, at + 2)].line;
            found.push((keyword.line..=end, name.text.clone()));
        }
    }
    found
}
