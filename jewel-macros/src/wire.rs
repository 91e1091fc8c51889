//! A type that goes over the wire, by `#[input]`, `#[output]` or both: what the two have in common.
//!
//! Names on the wire are the Rust names, so that no document has to translate; the variants of an
//! enum are written in `snake_case`.

use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::quote;
use syn::{Attribute, Data, DeriveInput, Fields, Meta};

use crate::sink::Sink;

/// Which of the two annotations stand on a type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Ways {
    /// It is read.
    pub(crate) reads: bool,
    /// It is written.
    pub(crate) writes: bool,
}

impl Ways {
    /// The annotation that is being expanded, for the errors.
    pub(crate) fn place(self) -> &'static str {
        if self.reads { "#[input]" } else { "#[output]" }
    }
}

/// Takes the other annotation off a type that has both, so that one expansion makes both.
pub(crate) fn take_other(item: &mut DeriveInput, other: &str) -> bool {
    let before = item.attrs.len();
    item.attrs.retain(|attr| {
        let last = attr.path().segments.last().map(|segment| segment.ident.to_string());
        last.as_deref() != Some(other)
    });
    item.attrs.len() < before
}

/// Asks what a type on the wire must be, read or written; whether its shape is that of one.
pub(crate) fn check(item: &DeriveInput, ways: Ways, sink: &mut Sink) -> bool {
    let before = sink.count();
    shape(item, ways, sink);
    let sound = sink.count() == before;
    names(item, ways, sink);
    sound
}

fn shape(item: &DeriveInput, ways: Ways, sink: &mut Sink) {
    let place = ways.place();
    if !item.generics.params.is_empty() {
        let message =
            format!("`{place}` types are concrete, because each has one schema: name the types");
        sink.on(&item.generics.params, message);
    }
    match &item.data {
        Data::Struct(data) if matches!(data.fields, Fields::Named(_)) => {}
        Data::Struct(_) => {
            sink.at(item.ident.span(), format!("`{place}` types have named fields: name them"));
        }
        Data::Enum(data) if ways.reads => {
            for variant in data.variants.iter().filter(|v| !matches!(v.fields, Fields::Unit)) {
                let message = "a variant that is read has no fields: make it a struct of its own";
                sink.on(&variant.fields, message);
            }
        }
        Data::Enum(_) => {}
        Data::Union(_) => {
            sink.at(item.ident.span(), format!("`{place}` types are structs or enums"));
        }
    }
}

fn names(item: &DeriveInput, ways: Ways, sink: &mut Sink) {
    renames(&item.attrs, ways, sink);
    match &item.data {
        Data::Struct(data) => {
            data.fields.iter().for_each(|field| renames(&field.attrs, ways, sink));
        }
        Data::Enum(data) => {
            for variant in &data.variants {
                renames(&variant.attrs, ways, sink);
                variant.fields.iter().for_each(|field| renames(&field.attrs, ways, sink));
            }
        }
        Data::Union(_) => {}
    }
}

/// Refuses every way of another name on the wire.
fn renames(attrs: &[Attribute], ways: Ways, sink: &mut Sink) {
    for attr in attrs.iter().filter(|attr| is_one_of(attr, &["serde", "schemars"])) {
        let Meta::List(list) = &attr.meta else { continue };
        for token in list.tokens.clone() {
            let TokenTree::Ident(word) = token else { continue };
            let text = word.to_string();
            if text.starts_with("rename") || text == "alias" {
                sink.at(
                    word.span(),
                    "names on the wire are the Rust names: rename the item itself",
                );
            }
            if text == "flatten" && ways.reads {
                let message = "`flatten` would let unknown fields in: write the fields out, or \
                               nest them";
                sink.at(word.span(), message);
            }
        }
    }
}

/// Whether an attribute is called one of these.
pub(crate) fn is_one_of(attr: &Attribute, names: &[&str]) -> bool {
    names.iter().any(|name| attr.path().is_ident(name))
}

/// The item without the attributes that only its derives would understand.
pub(crate) fn bare(mut item: DeriveInput) -> TokenStream {
    let keep = |attrs: &mut Vec<Attribute>| {
        attrs.retain(|attr| !is_one_of(attr, &["serde", "schemars", "garde"]));
    };
    keep(&mut item.attrs);
    match &mut item.data {
        Data::Struct(data) => data.fields.iter_mut().for_each(|field| keep(&mut field.attrs)),
        Data::Enum(data) => {
            for variant in &mut data.variants {
                keep(&mut variant.attrs);
                variant.fields.iter_mut().for_each(|field| keep(&mut field.attrs));
            }
        }
        Data::Union(_) => {}
    }
    quote!(#item)
}

/// The attributes that stand above the item, in place of the annotation.
pub(crate) fn attributes(item: &DeriveInput, ways: Ways) -> TokenStream {
    let derives = derives(item, ways);
    let mut serde = vec![quote!(crate = "::jewel_core::macros::serde")];
    match &item.data {
        Data::Enum(_) => serde.push(quote!(rename_all = "snake_case")),
        Data::Struct(_) | Data::Union(_) if ways.reads => serde.push(quote!(deny_unknown_fields)),
        Data::Struct(_) | Data::Union(_) => {}
    }
    quote! {
        #[derive(#(#derives),*)]
        #[serde(#(#serde),*)]
        #[schemars(crate = "::jewel_core::macros::schemars")]
    }
}

/// What is derived; what the item derives by itself is left out.
fn derives(item: &DeriveInput, ways: Ways) -> Vec<TokenStream> {
    let own = own_derives(&item.attrs);
    let mut all = vec![
        ("JsonSchema", quote!(::jewel_core::macros::schemars::JsonSchema)),
        ("Debug", quote!(::core::fmt::Debug)),
    ];
    if ways.reads {
        all.push(("Deserialize", quote!(::jewel_core::macros::serde::Deserialize)));
        all.push(("Validate", quote!(::jewel_core::macros::garde::Validate)));
    }
    if ways.writes {
        all.push(("Serialize", quote!(::jewel_core::macros::serde::Serialize)));
        all.push(("Clone", quote!(::core::clone::Clone)));
    }
    all.retain(|(name, _)| !own.iter().any(|own| own == name));
    all.into_iter().map(|(_, path)| path).collect()
}

/// The names in the item's own `#[derive(..)]`s.
fn own_derives(attrs: &[Attribute]) -> Vec<Ident> {
    let lists = attrs.iter().filter(|attr| attr.path().is_ident("derive"));
    let tokens = lists.filter_map(|attr| match &attr.meta {
        Meta::List(list) => Some(list.tokens.clone()),
        Meta::Path(_) | Meta::NameValue(_) => None,
    });
    let idents = tokens.flatten().filter_map(|token| match token {
        TokenTree::Ident(ident) => Some(ident),
        _ => None,
    });
    idents.collect()
}

/// What a type is, once it is right: read, written, or both.
pub(crate) fn marks(item: &DeriveInput, ways: Ways) -> TokenStream {
    let name = &item.ident;
    let (generics, types, wheres) = item.generics.split_for_impl();
    let reads = ways
        .reads
        .then(|| quote!(impl #generics ::jewel_core::macros::Input for #name #types #wheres {}));
    let writes = ways
        .writes
        .then(|| quote!(impl #generics ::jewel_core::macros::Output for #name #types #wheres {}));
    quote!(#reads #writes)
}

/// The item whose declaration does not parse, as it is. Where it is a type nothing is said: the
/// compiler has refused it before.
pub(crate) fn unparsed(place: &str, item: TokenStream, sink: &mut Sink) -> TokenStream {
    let is_type = |token: TokenTree| match token {
        TokenTree::Ident(ident) => ident == "struct" || ident == "enum",
        _ => false,
    };
    if !item.clone().into_iter().any(is_type) {
        sink.on(&item, format!("`{place}` annotates a struct or an enum"));
    }
    item
}
