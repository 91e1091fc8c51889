//! The words of an entity's field, each an attribute: `#[key]`, `#[default("now()")]`.

use proc_macro2::{Ident, Literal};

use super::foreign::{ON_DELETE, on_delete};
use super::holds::{self, Holds};
use super::said::{Form, Said, name, text};
use super::together::NAME;
use super::{Read, Word, hear};
use crate::sink::Sink;

/// Every attribute of a field.
pub(crate) const TABLE: &[&Word<Words>] = &[
    &KEY,
    &UNIQUE,
    &DEFAULT,
    &GENERATED,
    &CHECK,
    &VERSION,
    &PII,
    &SECRET,
    &REFERENCES,
    &WAS,
    &USING,
    &REQUEST_ONLY,
];

/// What a field's attributes said.
#[derive(Debug, Default)]
pub(crate) struct Words {
    marks: Vec<Mark>,
    /// The name of the constraint by which no two rows have it alike.
    pub(crate) unique_name: Option<Ident>,
    pub(crate) default: Option<Literal>,
    pub(crate) generated: Option<Literal>,
    pub(crate) checks: Vec<Holds>,
    pub(crate) class: Class,
    pub(crate) references: References,
    pub(crate) was: Option<Literal>,
    pub(crate) using: Option<Literal>,
}

/// What is said by one word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mark {
    /// It is part of the key.
    Key,
    /// No two rows have it alike.
    Unique,
    /// It counts the row's changes.
    Version,
    /// Its rules are those of requests alone.
    RequestOnly,
}

impl Words {
    /// Whether it is marked so.
    pub(crate) fn is(&self, mark: Mark) -> bool {
        self.marks.contains(&mark)
    }
}

/// Whose business a value is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Class {
    #[default]
    Plain,
    Pii,
    Secret,
}

/// What an identifier refers to.
#[derive(Debug, Default)]
pub(crate) enum References {
    /// The row that it names.
    #[default]
    Row,
    /// The row that it names; and what becomes of this one when that one goes.
    OnDelete(String),
    /// Nothing that the database looks at.
    Nothing,
}

const KEY: Word<Words> = Word {
    name: "key",
    form: "#[key]",
    read: Read::Once(|said, words, sink| mark(Mark::Key, said, words, sink)),
};

fn mark(mark: Mark, said: &Said, words: &mut Words, sink: &mut Sink) {
    sink.take(said.bare());
    words.marks.push(mark);
}

const UNIQUE: Word<Words> = Word {
    name: "unique",
    form: "#[unique]",
    read: Read::Once(|said, words, sink| {
        words.marks.push(Mark::Unique);
        match &said.form {
            Form::Group(group) => {
                let name = &mut words.unique_name;
                hear("#[unique(..)]", group.stream(), &[&NAME], name, sink);
            }
            Form::Bare | Form::Value(_) => _ = sink.take(said.bare()),
        }
    }),
};

const DEFAULT: Word<Words> = Word {
    name: "default",
    form: "#[default(\"now()\")]",
    read: Read::Once(|said, words, sink| words.default = expression(said, DEFAULT.form, sink)),
};

const GENERATED: Word<Words> = Word {
    name: "generated",
    form: "#[generated(\"lower(email)\")]",
    read: Read::Once(|said, words, sink| words.generated = expression(said, GENERATED.form, sink)),
};

const CHECK: Word<Words> = Word {
    name: "check",
    form: "#[check(\"width > 0\")]",
    read: Read::Often(|said, words, sink| words.checks.extend(holds::read(said, sink))),
};

const VERSION: Word<Words> = Word {
    name: "version",
    form: "#[version]",
    read: Read::Once(|said, words, sink| mark(Mark::Version, said, words, sink)),
};

const PII: Word<Words> = Word {
    name: "pii",
    form: "#[pii]",
    read: Read::Once(|said, words, sink| class(Class::Pii, said, words, sink)),
};

const SECRET: Word<Words> = Word {
    name: "secret",
    form: "#[secret]",
    read: Read::Once(|said, words, sink| class(Class::Secret, said, words, sink)),
};

fn class(class: Class, said: &Said, words: &mut Words, sink: &mut Sink) {
    sink.take(said.bare());
    if words.class != Class::Plain {
        sink.at(said.word.span(), "a value is either `pii` or `secret`: keep one of them");
    }
    words.class = class;
}

const REFERENCES: Word<Words> = Word {
    name: "references",
    form: "#[references(none)]",
    read: Read::Once(|said, words, sink| {
        let form = format!("#[references(none)]` or `#[references({ON_DELETE})]");
        for piece in sink.take(said.group(&form)).unwrap_or_default() {
            if name(&piece).is_some_and(|word| word == "none") {
                words.references = References::Nothing;
                continue;
            }
            let Some(said) = sink.take(Said::of(piece)) else { continue };
            if said.word != "on_delete" {
                sink.at(said.word.span(), format!("write `{form}`"));
            } else if let Some(what) = on_delete(&said, sink) {
                words.references = References::OnDelete(what);
            }
        }
    }),
};

const WAS: Word<Words> = Word {
    name: "was",
    form: "#[was(\"title\")]",
    read: Read::Once(|said, words, sink| words.was = expression(said, WAS.form, sink)),
};

const USING: Word<Words> = Word {
    name: "using",
    form: "#[using(\"price::bigint\")]",
    read: Read::Once(|said, words, sink| words.using = expression(said, USING.form, sink)),
};

const REQUEST_ONLY: Word<Words> = Word {
    name: "request_only",
    form: "#[request_only]",
    read: Read::Once(|said, words, sink| mark(Mark::RequestOnly, said, words, sink)),
};

/// The text in the parentheses.
fn expression(said: &Said, form: &str, sink: &mut Sink) -> Option<Literal> {
    let pieces = sink.take(said.group(form))?;
    let [piece] = pieces.as_slice() else {
        sink.at(said.word.span(), format!("write `{form}`"));
        return None;
    };
    text(piece, &format!("this is a text: write `{form}`"), sink)
}
