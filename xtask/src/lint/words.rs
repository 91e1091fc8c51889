//! Rules `unfinished`, `panic` and `sleep`: words that may not stand in finished code.
//!
//! The words themselves are written in pieces here, or this file would find itself.

use super::source::Source;
use super::tokens::reads;
use super::{Finding, imports};

const MARKS: [&str; 3] = [concat!("TO", "DO"), concat!("FIX", "ME"), concat!("XX", "X")];
const MACROS: [&str; 3] = ["unimplemented", "todo", "dbg"];
const PANICS: [&str; 2] = ["unwrap", "expect"];
const SLEEPS: [[&str; 2]; 2] = [["thread", "sleep"], ["time", "sleep"]];

/// No mark for later, no placeholder, no test that is not run.
pub(super) fn unfinished(source: &Source) -> Vec<Finding> {
    let mut found = Vec::new();
    for (at, line) in source.text.lines().enumerate() {
        let mut words = line.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
        if let Some(word) = words.find(|word| MARKS.contains(word)) {
            found.push(Finding::new(at + 1, format!("`{word}`: do it now, or file an issue")));
        }
    }
    for (at, token) in source.tokens.iter().enumerate() {
        let here = &source.tokens[at..];
        if token.ident && reads(&here[1..], &["!"]) && MACROS.contains(&token.text.as_str()) {
            found.push(Finding::new(token.line, format!("`{}!`: finish it", token.text)));
        }
        if reads(here, &["#", "[", "ignore"]) {
            found.push(Finding::new(token.line, "an ignored test: mend it or delete it"));
        }
    }
    found
}

/// No `.unwrap()` and no `.expect(..)` under `src` outside tests.
pub(super) fn panics(source: &Source) -> Vec<Finding> {
    let mut found = Vec::new();
    for (at, token) in source.tokens.iter().enumerate() {
        for method in PANICS {
            let called = reads(&source.tokens[at..], &[".", method, "("]);
            if called && source.in_src() && !source.is_test(token.line) {
                let what = format!("`.{method}(`: return an error that says what to do");
                found.push(Finding::new(token.line, what));
            }
        }
    }
    found
}

/// No test sleeps.
pub(super) fn sleeps(source: &Source) -> Vec<Finding> {
    let ends = |segments: &[String]| SLEEPS.iter().any(|end| segments.ends_with_words(end));
    let paths = imports::of(&source.tokens).into_iter();
    let sleeping = paths.filter(|path| source.is_test(path.line) && ends(&path.segments));
    sleeping
        .map(|path| Finding::new(path.line, "a test sleeps: turn the clock, or await the event"))
        .collect()
}

/// Comparison of owned segments with words.
trait EndsWithWords {
    fn ends_with_words(&self, words: &[&str]) -> bool;
}

impl EndsWithWords for [String] {
    fn ends_with_words(&self, words: &[&str]) -> bool {
        self.len() >= words.len()
            && self[self.len() - words.len()..].iter().zip(words).all(|(a, b)| a == b)
    }
}
