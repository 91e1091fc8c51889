//! `may(insert, update(status), delete)`: what the application's role may do with rows, beside
//! reading them; everything where nothing is said. `append_only`: adding them, and no more.

use proc_macro2::Ident;

use super::said::{Form, Said};
use super::together::columns;
use super::{Read, Word, entity, hear, said};
use crate::sink::Sink;

/// The word.
pub(crate) const WORD: Word<entity::Words> = Word {
    name: "may",
    form: FORM,
    read: Read::Once(|said, words, sink| set(read(said, sink), said, words, sink)),
};

/// The word for adding alone.
pub(crate) const APPEND_ONLY: Word<entity::Words> = Word {
    name: "append_only",
    form: "append_only",
    read: Read::Once(|said, words, sink| {
        sink.take(said.bare());
        set(May { insert: true, ..May::default() }, said, words, sink);
    }),
};

const FORM: &str = "may(insert, update(status), delete)";

/// What the application's role may do.
#[derive(Debug, Default)]
pub(crate) struct May {
    pub(crate) insert: bool,
    pub(crate) update: Update,
    pub(crate) delete: bool,
}

/// Which columns may be changed.
#[derive(Debug, Default)]
pub(crate) enum Update {
    #[default]
    Nothing,
    These(Vec<Ident>),
    All,
}

fn set(may: May, said: &Said, words: &mut entity::Words, sink: &mut Sink) {
    if words.may.is_some() {
        sink.at(said.word.span(), "say either `may(..)` or `append_only`");
    }
    words.may = Some(may);
}

const INSERT: Word<May> = Word {
    name: "insert",
    form: "insert",
    read: Read::Once(|said, may, sink| {
        sink.take(said.bare());
        may.insert = true;
    }),
};

const UPDATE: Word<May> = Word {
    name: "update",
    form: "update(status)",
    read: Read::Once(|said, may, sink| {
        may.update = match &said.form {
            Form::Group(group) => {
                let (columns, rest) = columns(said::pieces(group.stream()));
                for piece in rest {
                    sink.on(piece, "this is no column: name the fields that may change");
                }
                Update::These(columns)
            }
            Form::Bare | Form::Value(_) => {
                sink.take(said.bare());
                Update::All
            }
        };
    }),
};

const DELETE: Word<May> = Word {
    name: "delete",
    form: "delete",
    read: Read::Once(|said, may, sink| {
        sink.take(said.bare());
        may.delete = true;
    }),
};

fn read(said: &Said, sink: &mut Sink) -> May {
    let mut may = May::default();
    match &said.form {
        // `may()`: reading alone.
        Form::Group(group) => {
            hear("may(..)", group.stream(), &[&INSERT, &UPDATE, &DELETE], &mut may, sink);
        }
        Form::Bare | Form::Value(_) => _ = sink.take(said.group(FORM)),
    }
    may
}
