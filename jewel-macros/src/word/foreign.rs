//! `foreign(account, photo, to = Photo(account, id))`: columns that name a row together.

use proc_macro2::{Delimiter, Ident, TokenStream, TokenTree};
use quote::{ToTokens, quote};

use super::said::{Form, Piece, Said, name, pieces};
use super::together::{NAME, called, columns};
use super::{Read, Word, entity, hear};
use crate::sink::Sink;

/// The word.
pub(crate) const WORD: Word<entity::Words> = Word {
    name: "foreign",
    form: FORM,
    read: Read::Often(|said, words, sink| words.foreign.extend(read(said, sink))),
};

const FORM: &str = "foreign(account, photo, to = Photo(account, id))";

/// Columns that name a row of another table.
#[derive(Debug)]
pub(crate) struct Foreign {
    /// The columns here.
    pub(crate) columns: Vec<Ident>,
    /// The entity there.
    pub(crate) to: TokenStream,
    /// The columns there.
    pub(crate) there: Vec<Ident>,
    /// What becomes of a row here when that one goes.
    pub(crate) on_delete: Option<String>,
    /// The constraint's name.
    pub(crate) name: Option<Ident>,
}

#[derive(Default)]
struct Beside {
    to: Option<(TokenStream, Vec<Ident>)>,
    on_delete: Option<String>,
    name: Option<Ident>,
}

const TO: Word<Beside> = Word {
    name: "to",
    form: "to = Photo(account, id)",
    read: Read::Once(|said, beside, sink| {
        let Some(mut value) = sink.take(said.value(TO.form)) else { return };
        match value.0.pop() {
            Some(TokenTree::Group(group))
                if group.delimiter() == Delimiter::Parenthesis && !value.0.is_empty() =>
            {
                let (there, rest) = columns(pieces(group.stream()));
                for piece in rest {
                    sink.on(piece, "this is no column: name the fields there");
                }
                beside.to = Some((value.to_token_stream(), there));
            }
            _ => sink.at(said.word.span(), format!("write `{}`", TO.form)),
        }
    }),
};

const DELETE: Word<Beside> = Word {
    name: "on_delete",
    form: ON_DELETE,
    read: Read::Once(|said, beside, sink| beside.on_delete = on_delete(said, sink)),
};

const CALLED: Word<Beside> = Word {
    name: "name",
    form: NAME.form,
    read: Read::Once(|said, beside, sink| beside.name = called(said, sink)),
};

/// How it is said what becomes of a row.
pub(crate) const ON_DELETE: &str = "on_delete = cascade | restrict | set_null | set_null(photo)";

/// Reads what becomes of a row when the one that it names goes.
pub(crate) fn on_delete(said: &Said, sink: &mut Sink) -> Option<String> {
    let value = sink.take(said.value(ON_DELETE))?;
    let said = sink.take(Said::of(value))?;
    match (said.word.to_string().as_str(), &said.form) {
        ("cascade", Form::Bare) => Some("cascade".to_owned()),
        ("restrict", Form::Bare) => Some("restrict".to_owned()),
        ("set_null", Form::Bare) => Some("set null".to_owned()),
        ("set_null", Form::Group(group)) => {
            let (columns, _) = columns(pieces(group.stream()));
            let names: Vec<String> = columns.iter().map(|name| format!("\"{name}\"")).collect();
            Some(format!("set null ({})", names.join(", ")))
        }
        _ => {
            sink.at(said.word.span(), format!("write `{ON_DELETE}`"));
            None
        }
    }
}

fn read(said: &Said, sink: &mut Sink) -> Option<Foreign> {
    let given: Vec<Piece> = sink.take(said.group(FORM))?;
    let (columns, rest): (Vec<Piece>, Vec<Piece>) =
        given.into_iter().partition(|piece| name(piece).is_some());
    let columns: Vec<Ident> = columns.iter().filter_map(name).cloned().collect();
    let mut beside = Beside::default();
    let before = sink.count();
    hear("foreign(..)", quote!(#(#rest),*), &[&TO, &DELETE, &CALLED], &mut beside, sink);
    let Some((to, there)) = beside.to else {
        if sink.count() == before {
            sink.at(said.word.span(), format!("this does not say what it names: `{FORM}`"));
        }
        return None;
    };
    if columns.len() != there.len() {
        let message = format!("{} columns here name {} there", columns.len(), there.len());
        sink.at(said.word.span(), message);
    }
    Some(Foreign { columns, to, there, on_delete: beside.on_delete, name: beside.name })
}
