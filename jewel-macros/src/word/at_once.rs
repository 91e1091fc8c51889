//! `limit(4, per = account)` on a job: how many of its queue run at once. It may be said again for
//! another scope.

use proc_macro2::Ident;
use quote::quote;

use super::said::{Said, name};
use super::{Read, Word, hear, job, unit};
use crate::sink::Sink;

/// The word.
pub(crate) const WORD: Word<job::Words> = Word {
    name: "limit",
    form: FORM,
    read: Read::Often(|said, words, sink| {
        if let Some(limit) = read(said, sink) {
            add(limit, &said.word, words, sink);
        }
    }),
};

const FORM: &str = "limit(4, per = account)";

/// How many run at once.
#[derive(Debug)]
pub(crate) struct AtOnce {
    /// How many.
    pub(crate) count: u32,
    /// Which of them count together.
    pub(crate) scope: Scope,
}

/// Which jobs count together.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Scope {
    /// All of the queue.
    Queue,
    /// All of the queue in one process.
    Process,
    /// Those whose field of this name has the same value.
    Field(Ident),
}

const PER: Word<Option<Ident>> = Word {
    name: "per",
    form: "per = process | a field",
    read: Read::Once(|said, per, sink| {
        let Some(value) = sink.take(said.value(PER.form)) else { return };
        *per = name(&value).cloned();
        if per.is_none() {
            sink.on(&value, "jobs are counted per `process`, or per a field of the arguments");
        }
    }),
};

fn read(said: &Said, sink: &mut Sink) -> Option<AtOnce> {
    let mut pieces = sink.take(said.group(FORM))?.into_iter();
    let count = pieces.next().and_then(|piece| sink.take(unit::count(&piece, 1_000_000)));
    let mut per = None;
    hear("limit(..)", quote!(#(#pieces),*), &[&PER], &mut per, sink);
    let scope = match per {
        None => Scope::Queue,
        Some(word) if word == "process" => Scope::Process,
        Some(field) => Scope::Field(field),
    };
    Some(AtOnce { count: count?, scope })
}

fn add(limit: AtOnce, word: &Ident, words: &mut job::Words, sink: &mut Sink) {
    let same = |other: &AtOnce| match (&other.scope, &limit.scope) {
        (Scope::Field(_), Scope::Field(_)) => true,
        (one, two) => one == two,
    };
    if words.limits.iter().any(same) {
        let message = match limit.scope {
            Scope::Field(_) => "a queue counts by one field: keep one of them",
            Scope::Queue | Scope::Process => "this limit is said twice: keep one of them",
        };
        return sink.at(word.span(), message);
    }
    words.limits.push(limit);
}
