//! What stands at the fields: their attributes are taken off, for nobody else would know them.

use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, quote};
use syn::{Attribute, Data, DeriveInput, Fields, Meta, Type};

use super::PLACE;
use crate::doc::Doc;
use crate::sink::Sink;
use crate::wire::is_one_of;
use crate::word::field::{TABLE, Words};
use crate::word::hear;

/// A field as it was written.
pub(crate) struct Field {
    pub(crate) name: Ident,
    pub(crate) ty: Type,
    pub(crate) doc: Doc,
    pub(crate) words: Words,
    /// What its `#[garde(..)]`s say.
    pub(crate) rules: Vec<TokenStream>,
}

/// The fields of a struct; `None` where it is none, or has none.
pub(crate) fn fields(item: &mut DeriveInput, sink: &mut Sink) -> Option<Vec<Field>> {
    let data = match &mut item.data {
        Data::Struct(data) if matches!(data.fields, Fields::Named(_)) => data,
        Data::Struct(_) | Data::Enum(_) | Data::Union(_) => {
            let message = format!("`{PLACE}` annotates a struct with named fields: its columns");
            sink.at(item.ident.span(), message);
            return None;
        }
    };
    if !item.generics.params.is_empty() {
        let message = format!("`{PLACE}` types are concrete, because each is one table");
        sink.on(&item.generics.params, message);
        return None;
    }
    let mut fields = Vec::new();
    for field in &mut data.fields {
        let Some(name) = field.ident.clone() else { continue };
        let doc = Doc::of(&field.attrs);
        let ours = |attr: &Attribute| TABLE.iter().any(|word| attr.path().is_ident(word.name));
        let metas: Vec<TokenStream> = field
            .attrs
            .iter()
            .filter(|attr| ours(attr))
            .map(|attr| attr.meta.to_token_stream())
            .collect();
        field.attrs.retain(|attr| !ours(attr));
        let rules = field.attrs.iter().filter(|attr| is_one_of(attr, &["garde"]));
        let rules = rules.filter_map(|attr| match &attr.meta {
            Meta::List(list) => Some(list.tokens.clone()),
            Meta::Path(_) | Meta::NameValue(_) => None,
        });
        let rules = rules.collect();
        let mut words = Words::default();
        let place = format!("the field `{name}`");
        hear(&place, quote!(#(#metas),*), TABLE, &mut words, sink);
        fields.push(Field { name, ty: field.ty.clone(), doc, words, rules });
    }
    Some(fields)
}
