//! Is a problem right? Nothing but questions; each mistake is noted where it stands, with the mend.

use std::collections::BTreeMap;

use syn::{DeriveInput, Fields, LitInt, LitStr};

use super::parse::{Says, Variant, skips};
use crate::sink::Sink;
use crate::wire::is_one_of;

/// Asks everything.
pub(crate) fn check(item: &DeriveInput, variants: &[Variant<'_>], sink: &mut Sink) {
    if !item.generics.params.is_empty() {
        sink.on(&item.generics.params, "a problem is one concrete type: name the types");
    }
    let mut seen = BTreeMap::new();
    for variant in variants {
        match &variant.says {
            Some(Says::Code { status: number, code: text }) => {
                status(number, sink);
                code(text, sink);
                if let Some(first) = seen.insert(text.value(), &variant.ast.ident) {
                    let code = text.value();
                    sink.on(text, format!("`{code}` is `{first}`'s code already: choose another"));
                }
                fields(&variant.ast.fields, sink);
            }
            Some(Says::Flatten) => {
                one_field(variant, "flatten", "the problem that it passes on", sink);
            }
            Some(Says::Internal) => {
                one_field(variant, "internal", "the error that is its cause", sink);
            }
            None => {}
        }
    }
}

fn status(status: &LitInt, sink: &mut Sink) {
    let found = status.base10_parse::<u16>().ok().filter(|_| status.suffix().is_empty());
    if !found.is_some_and(|status| (400..600).contains(&status)) {
        sink.on(status, "this is no error's status: it is from 400 to 599");
    }
}

fn code(code: &LitStr, sink: &mut Sink) {
    let text = code.value();
    let snake = text.starts_with(|c: char| c.is_ascii_lowercase())
        && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
        && !text.ends_with('_')
        && !text.contains("__");
    if !snake {
        sink.on(code, "a code is written in `snake_case`");
    }
}

/// The members that every problem has: a field of the same name would vanish behind them.
const RESERVED: [&str; 8] =
    ["type", "title", "status", "detail", "code", "request_id", "violations", "retry_after_s"];

/// A field's `#[problem(..)]` can only be `skip`; what is a member has a name of its own.
fn fields(fields: &Fields, sink: &mut Sink) {
    let members = fields.iter().filter(|field| !field.attrs.iter().any(skips));
    for name in members.filter_map(|field| field.ident.as_ref()) {
        if RESERVED.iter().any(|reserved| name == reserved) {
            sink.on(name, format!("every problem has a member `{name}`: choose another name"));
        }
    }
    let attrs = fields.iter().flat_map(|field| &field.attrs);
    for attr in attrs.filter(|attr| is_one_of(attr, &["problem"]) && !skips(attr)) {
        sink.on(attr, "a field that is no member of the answer says `#[problem(skip)]`");
    }
}

fn one_field(variant: &Variant<'_>, word: &str, what: &str, sink: &mut Sink) {
    if variant.ast.fields.len() != 1 {
        let message = format!("`{word}` stands on a variant with one field, {what}");
        sink.at(variant.ast.ident.span(), message);
    }
}
