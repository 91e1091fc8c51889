//! Is an entity right? Nothing but questions; each mistake is noted where it stands, with the mend.

use proc_macro2::{Ident, TokenStream};
use syn::{Attribute, Data, DeriveInput, Meta, parse_quote};

use super::parse::Field;
use super::{PLACE, rules};
use crate::doc::Doc;
use crate::near::nearest;
use crate::sink::Sink;
use crate::ty;
use crate::wire::is_one_of;
use crate::word::Heard;
use crate::word::entity::Words;
use crate::word::field::{Class, Mark, References};
use crate::word::index::Part;
use crate::word::may::{May, Update};

/// An entity, as far as its tokens tell.
pub(crate) struct Entity {
    pub(crate) doc: Doc,
    pub(crate) words: Words,
    pub(crate) table: String,
    pub(crate) fields: Vec<Field>,
    /// The rules of each field that the database holds.
    pub(crate) rules: Vec<Vec<TokenStream>>,
    /// The words as they stand in the source, for their help.
    pub(crate) known: Vec<Ident>,
    /// What the application's role may do.
    pub(crate) insert: bool,
    pub(crate) delete: bool,
    /// The columns that may change.
    pub(crate) update: Vec<String>,
    /// Whether it brings a `Debug`, which is refused: then ours is left out.
    pub(crate) own_debug: bool,
}

/// Asks everything; `None` where nothing can be made of it.
pub(crate) fn entity(
    mut words: Words,
    heard: &Heard,
    item: &mut DeriveInput,
    fields: Option<Vec<Field>>,
    sink: &mut Sink,
) -> Option<Entity> {
    let fields = fields?;
    let doc = Doc::of(&item.attrs);
    let name = &item.ident;
    if doc.summary.is_empty() {
        let message = "say in one line what a row is, as a doc comment (`/// ..`): it is the \
                       table's summary in the documents";
        sink.at(name.span(), message);
    }
    if words.table.is_none() && !heard.meant("table") {
        sink.at(name.span(), format!("`{PLACE}` names its table: `table = \"shots\"`"));
    }
    if !fields.iter().any(|field| field.words.is(Mark::Key)) {
        let message = "a row is told from others by its key: say `#[key]` at that field";
        sink.at(name.span(), message);
    }
    let own_debug = own_debug(&item.attrs, sink);
    named(&words, &fields, sink);
    for field in &fields {
        one(field, sink);
    }
    let rules: Vec<_> = fields.iter().map(|field| rules::rules(field, sink)).collect();
    validated(item, &fields);
    let table = words.table.as_ref().map(literal).unwrap_or_default();
    let May { insert, update, delete } =
        words.may.take().unwrap_or(May { insert: true, update: Update::All, delete: true });
    let update = match update {
        Update::Nothing => Vec::new(),
        Update::These(columns) => columns.iter().map(ToString::to_string).collect(),
        Update::All => {
            let fixed =
                |field: &&Field| field.words.is(Mark::Key) || field.words.generated.is_some();
            let open = fields.iter().filter(|field| !fixed(field));
            open.map(|field| field.name.to_string()).collect()
        }
    };
    let known = heard.known.clone();
    Some(Entity { doc, words, table, fields, rules, known, insert, delete, update, own_debug })
}

/// What a literal text says, as far as it has no escapes.
fn literal(literal: &proc_macro2::Literal) -> String {
    let text: syn::Result<syn::LitStr> = syn::parse2(quote::quote!(#literal));
    text.map(|text| text.value()).unwrap_or_default()
}

/// `Debug` is ours: one that is derived would print what is nobody's business.
fn own_debug(attrs: &[Attribute], sink: &mut Sink) -> bool {
    let before = sink.count();
    for attr in attrs.iter().filter(|attr| is_one_of(attr, &["derive"])) {
        let Meta::List(list) = &attr.meta else { continue };
        for token in list.tokens.clone() {
            if token.to_string() == "Debug" {
                let message = format!("`{PLACE}` has a `Debug` that shows nothing personal");
                sink.at(token.span(), message);
            }
        }
    }
    sink.count() > before
}

/// Every column that the annotation names is a field.
fn named(words: &Words, fields: &[Field], sink: &mut Sink) {
    let mut all: Vec<&Ident> = words.owner.iter().collect();
    for index in &words.indexes {
        let columns = index.parts.iter().filter_map(|part| match part {
            Part::Column(column, _) => Some(column),
            Part::Expression(_) => None,
        });
        all.extend(columns.chain(&index.beside.include));
    }
    all.extend(words.unique.iter().flat_map(|unique| &unique.columns));
    all.extend(words.foreign.iter().flat_map(|foreign| &foreign.columns));
    if let Some(May { update: Update::These(columns), .. }) = &words.may {
        all.extend(columns);
    }
    for column in all.into_iter().filter(|column| fields.iter().all(|f| f.name != **column)) {
        let text = column.to_string();
        let names: Vec<String> = fields.iter().map(|field| field.name.to_string()).collect();
        let meant = nearest(&text, names.iter().map(String::as_str));
        let meant = meant.map(|name| format!(": did you mean `{name}`?")).unwrap_or_default();
        sink.at(column.span(), format!("`{text}` is no field{meant}"));
    }
    for column in &words.dropped {
        if fields.iter().any(|field| field.name == *column && field.words.generated.is_none()) {
            sink.at(column.span(), "this is a field: a column that goes has none any more");
        }
    }
}

fn one(field: &Field, sink: &mut Sink) {
    let words = &field.words;
    let optional = ty::is(&field.ty, "Option");
    let at = field.name.span();
    if words.is(Mark::Key) && optional {
        sink.on(&field.ty, "a key is always there: leave the `Option` out");
    }
    if words.is(Mark::Version) && !(ty::is(&field.ty, "i32") || ty::is(&field.ty, "i64")) {
        sink.on(&field.ty, "a version counts changes: it is an `i32` or an `i64`");
    }
    if words.generated.is_some() && words.default.is_some() {
        sink.at(at, "what is generated has no default: leave one of them out");
    }
    if words.is(Mark::Key) && words.class == Class::Secret {
        sink.at(at, "a key is no secret: others name the row by it");
    }
    let refers = !matches!(words.references, References::Row);
    if refers && !ty::is(ty::unwrapped(&field.ty), "Id") {
        sink.on(&field.ty, "only an `Id<_>` refers to a row: leave `references` out");
    }
}

/// A type with rules can be asked whether it keeps them.
fn validated(item: &mut DeriveInput, fields: &[Field]) {
    if fields.iter().all(|field| field.rules.is_empty()) {
        return;
    }
    item.attrs.push(parse_quote!(#[derive(::jewel_core::macros::garde::Validate)]));
    let Data::Struct(data) = &mut item.data else { return };
    for (field, ours) in data.fields.iter_mut().zip(fields) {
        if ours.rules.is_empty() {
            field.attrs.push(parse_quote!(#[garde(skip)]));
        }
    }
}
