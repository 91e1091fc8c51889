//! The words of an entity, and what an entity has heard; those that are one value stand here.

use proc_macro2::{Ident, Literal, TokenStream};
use quote::ToTokens;

use super::foreign::Foreign;
use super::holds::Holds;
use super::index::Index;
use super::may::May;
use super::said::{name, text};
use super::together::Together;
use super::{Read, Word, foreign, holds, index, later, may, together, unit};

/// Every word of `#[entity]`.
pub(crate) const TABLE: &[&Word<Words>] = &[
    &NAME,
    &OWNER,
    &NAMES,
    &may::WORD,
    &may::APPEND_ONLY,
    &index::WORD,
    &together::WORD,
    &holds::WORD,
    &foreign::WORD,
    &later::RETAIN,
    &later::PARTITION,
    &FILLFACTOR,
    &WAS,
    &DROPPED,
];

/// What an entity's annotation said; what it did not say, or said wrong, is absent.
#[derive(Debug, Default)]
pub(crate) struct Words {
    /// The table.
    pub(crate) table: Option<Literal>,
    /// The column that names the account.
    pub(crate) owner: Option<Ident>,
    /// The type whose identifiers name its rows, where it is not the struct itself.
    pub(crate) names: Option<TokenStream>,
    /// What the application may do.
    pub(crate) may: Option<May>,
    /// What rows are found by.
    pub(crate) indexes: Vec<Index>,
    /// What no two rows have alike.
    pub(crate) unique: Vec<Together>,
    /// What holds for every row.
    pub(crate) checks: Vec<Holds>,
    /// What its columns refer to together.
    pub(crate) foreign: Vec<Foreign>,
    /// How full a page is made.
    pub(crate) fillfactor: Option<u32>,
    /// The table's former name.
    pub(crate) was: Option<Literal>,
    /// Columns that are meant to go.
    pub(crate) dropped: Vec<Ident>,
}

const NAME: Word<Words> = Word {
    name: "table",
    form: "table = \"shots\"",
    read: Read::Once(|said, words, sink| {
        let Some(value) = sink.take(said.value(NAME.form)) else { return };
        words.table = text(&value, "a table's name is a text: write `table = \"shots\"`", sink);
    }),
};

const OWNER: Word<Words> = Word {
    name: "owner",
    form: "owner = account",
    read: Read::Once(|said, words, sink| {
        let Some(value) = sink.take(said.value(OWNER.form)) else { return };
        words.owner = name(&value).cloned();
        if words.owner.is_none() {
            sink.on(&value, "the owner is the field that names the account: `owner = account`");
        }
    }),
};

const NAMES: Word<Words> = Word {
    name: "names",
    form: "names = Account",
    read: Read::Once(|said, words, sink| {
        let Some(value) = sink.take(said.value(NAMES.form)) else { return };
        words.names = Some(value.to_token_stream());
    }),
};

const FILLFACTOR: Word<Words> = Word {
    name: "fillfactor",
    form: "fillfactor = 80",
    read: Read::Once(|said, words, sink| {
        let value = said.value(FILLFACTOR.form).and_then(|value| unit::count(&value, 100));
        words.fillfactor = sink.take(value);
    }),
};

const WAS: Word<Words> = Word {
    name: "was",
    form: "was = \"pictures\"",
    read: Read::Once(|said, words, sink| {
        let Some(value) = sink.take(said.value(WAS.form)) else { return };
        words.was = text(&value, "a former name is a text: write `was = \"pictures\"`", sink);
    }),
};

const DROPPED: Word<Words> = Word {
    name: "dropped",
    form: "dropped(note)",
    read: Read::Once(|said, words, sink| {
        for piece in sink.take(said.group(DROPPED.form)).unwrap_or_default() {
            match name(&piece) {
                Some(column) => words.dropped.push(column.clone()),
                None => sink.on(&piece, "a column that is meant to go is named: `dropped(note)`"),
            }
        }
    }),
};
