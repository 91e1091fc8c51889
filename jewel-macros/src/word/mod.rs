//! The vocabulary: every word that an annotation understands, each in a file of its own.
//!
//! A word is one constant: its name, how it is written, and how it is read into the words of its
//! annotation ([`endpoint::Words`], [`job::Words`]). A word that is foreseen and not built is
//! in the tables too, so that it is refused by name rather than unknown; [`later`] holds those.

pub(crate) mod access;
pub(crate) mod at_once;
pub(crate) mod batch;
pub(crate) mod body;
pub(crate) mod deadline;
pub(crate) mod encrypted;
pub(crate) mod endpoint;
pub(crate) mod entity;
pub(crate) mod field;
pub(crate) mod foreign;
pub(crate) mod holds;
pub(crate) mod index;
pub(crate) mod job;
pub(crate) mod keep;
pub(crate) mod later;
pub(crate) mod limit;
pub(crate) mod may;
pub(crate) mod on_dead;
pub(crate) mod priority;
pub(crate) mod queue;
pub(crate) mod rate;
pub(crate) mod repeat;
pub(crate) mod retry;
pub(crate) mod said;
pub(crate) mod schedule;
pub(crate) mod slo;
pub(crate) mod timeout;
pub(crate) mod together;
pub(crate) mod unique;
pub(crate) mod unit;

#[cfg(test)]
mod tests;

use proc_macro2::{Ident, TokenStream};

use crate::near::nearest;
use crate::sink::Sink;
use said::{Said, pieces};

/// A word that an annotation with the words `T` understands.
pub(crate) struct Word<T: 'static> {
    /// The word.
    pub(crate) name: &'static str,
    /// How it is written, as the errors show it.
    pub(crate) form: &'static str,
    /// What it does.
    pub(crate) read: Read<T>,
}

/// What a word does.
pub(crate) enum Read<T> {
    /// It is said at most once.
    Once(fn(&Said, &mut T, &mut Sink)),
    /// It may be said again.
    Often(fn(&Said, &mut T, &mut Sink)),
    /// It is foreseen: it parses and is refused.
    Later,
}

/// Which words an annotation said.
#[derive(Debug, Default)]
pub(crate) struct Heard {
    /// Those that it knows, as they stand in the source.
    pub(crate) known: Vec<Ident>,
    /// Those that were said or, misspelt, meant.
    meant: Vec<&'static str>,
}

impl Heard {
    /// Whether a word was said, if only misspelt: then it is not missing too.
    pub(crate) fn meant(&self, word: &str) -> bool {
        self.meant.contains(&word)
    }
}

/// Reads the words of `place` (`#[post]`, `slo(..)`) by their table, noting every mistake.
pub(crate) fn hear<T>(
    place: &str,
    tokens: TokenStream,
    table: &[&Word<T>],
    words: &mut T,
    sink: &mut Sink,
) -> Heard {
    let mut heard = Heard::default();
    for piece in pieces(tokens) {
        let first = said::first(&piece).map(ToString::to_string);
        let Some(said) = sink.take(Said::of(piece)) else {
            let said =
                table.iter().map(|word| word.name).find(|name| first.as_deref() == Some(name));
            heard.meant.extend(said);
            continue;
        };
        hear_one(place, &said, table, words, &mut heard, sink);
    }
    heard
}

fn hear_one<T>(
    place: &str,
    said: &Said,
    table: &[&Word<T>],
    words: &mut T,
    heard: &mut Heard,
    sink: &mut Sink,
) {
    let name = said.word.to_string();
    let Some(word) = table.iter().find(|word| word.name == name) else {
        let meant = nearest(&name, table.iter().map(|word| word.name));
        sink.at(said.word.span(), unknown(place, &name, meant, table));
        heard.meant.extend(meant);
        return;
    };
    let again = heard.meant.contains(&word.name);
    heard.meant.push(word.name);
    let read = match word.read {
        Read::Later => {
            let message = format!("`{}` is not available yet: leave it out", word.form);
            return sink.at(said.word.span(), message);
        }
        Read::Once(_) if again => {
            let message = format!("`{name}` is said twice: keep one of them");
            return sink.at(said.word.span(), message);
        }
        Read::Once(read) | Read::Often(read) => read,
    };
    heard.known.push(said.word.clone());
    read(said, words, sink);
}

fn unknown<T>(place: &str, name: &str, meant: Option<&str>, table: &[&Word<T>]) -> String {
    let now = table.iter().filter(|word| !matches!(word.read, Read::Later));
    let all: Vec<String> = now.map(|word| format!("`{}`", word.form)).collect();
    let all = all.join(", ");
    match meant {
        Some(meant) => {
            format!("`{name}` is no word of `{place}`: did you mean `{meant}`? It knows {all}")
        }
        None => format!("`{name}` is no word of `{place}`: it knows {all}"),
    }
}
