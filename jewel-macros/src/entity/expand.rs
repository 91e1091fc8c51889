//! What stands beside an entity: its description as data, and how a row becomes a value.

use proc_macro2::{Ident, TokenStream};
use quote::{quote, quote_spanned};
use syn::DeriveInput;
use syn::spanned::Spanned;

use super::parse::Field;
use super::statements::statements;
use super::valid::Entity;
use crate::handler;
use crate::word::field::{Class, Mark, References};
use crate::word::foreign::Foreign;
use crate::word::holds::Holds;
use crate::word::index::{Index, Part};

/// Everything beside the struct.
pub(crate) fn beside(entity: &Entity, item: &DeriveInput) -> TokenStream {
    let (name, table) = (&item.ident, &entity.table);
    let described = described(entity, name);
    let help = handler::help(&entity.known);
    let row = row(entity, name);
    let all: Vec<&Field> = entity.fields.iter().collect();
    let debug = (!entity.own_debug).then(|| debug(name, &all));
    let statements = statements(entity, item);
    quote! {
        impl ::jewel_core::macros::entity::Entity for #name {
            const TABLE: &'static str = #table;
            fn describe() -> ::jewel_core::macros::entity::Described {
                use ::jewel_core::macros::entity::model as __model;
                #help
                #described
            }
        }
        #row
        #debug
        #statements
    }
}

fn row(entity: &Entity, name: &Ident) -> TokenStream {
    let fields = entity.fields.iter().map(|field| {
        let (name, text, of) = (&field.name, plain(&field.name), of(field));
        quote!(#name: (#of.read)(__row, #text)?)
    });
    let sqlx = quote!(::jewel_core::macros::sqlx);
    quote! {
        impl #sqlx::FromRow<'_, #sqlx::postgres::PgRow> for #name {
            fn from_row(
                __row: &#sqlx::postgres::PgRow,
            ) -> ::core::result::Result<Self, #sqlx::Error> {
                ::core::result::Result::Ok(Self { #(#fields),* })
            }
        }
    }
}

/// A `Debug` that shows nothing personal and nothing secret.
pub(super) fn debug(name: &Ident, fields: &[&Field]) -> TokenStream {
    let shown = fields.iter().map(|field| {
        let (name, text) = (&field.name, plain(&field.name));
        match field.words.class {
            Class::Plain => {
                let of = of(field);
                quote!(.field(#text, (#of.debug)(&self.#name)))
            }
            Class::Pii | Class::Secret => {
                quote!(.field(#text, &::jewel_core::macros::entity::Hidden(&self.#name)))
            }
        }
    });
    let text = name.to_string();
    quote! {
        impl ::core::fmt::Debug for #name {
            fn fmt(&self, __f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                __f.debug_struct(#text)#(#shown)*.finish()
            }
        }
    }
}

fn described(entity: &Entity, name: &Ident) -> TokenStream {
    let words = &entity.words;
    let (text, table) = (name.to_string(), &entity.table);
    let (summary, description) = (&entity.doc.summary, &entity.doc.description);
    let source = handler::source();
    let owner = option(words.owner.as_ref().map(plain));
    let was = option_tokens(words.was.as_ref().map(|was| quote!(#was.to_owned())));
    let fillfactor = option_tokens(words.fillfactor.map(|fill| {
        let fill = u8::try_from(fill).unwrap_or(100);
        quote!(#fill)
    }));
    let (insert, delete, update) = (entity.insert, entity.delete, &entity.update);
    let columns =
        entity.fields.iter().zip(&entity.rules).map(|(field, rules)| column(field, rules));
    let unique = unique(entity);
    let checks = checks(entity);
    let foreign = words.foreign.iter().map(foreign);
    let indexes = words.indexes.iter().map(index);
    let dropped = words.dropped.iter().map(plain);
    let names = words.names.clone().unwrap_or_else(|| quote!(#name));
    let refers = entity.fields.iter().filter_map(refers);
    quote! {
        ::jewel_core::macros::entity::Described {
            entity: __model::Entity {
                name: #text.to_owned(),
                module: ::core::module_path!().to_owned(),
                tag: ::std::string::String::new(),
                source: ::jewel_core::macros::entity::at(#source),
                table: #table.to_owned(),
                was: #was,
                summary: #summary.to_owned(),
                description: #description.to_owned(),
                owner: #owner,
                fillfactor: #fillfactor,
                may: __model::May {
                    insert: #insert,
                    update: ::std::vec![#(#update.to_owned()),*],
                    delete: #delete,
                },
                columns: ::std::vec![#(#columns),*],
                unique: ::std::vec![#(#unique),*],
                checks: ::std::vec![#(#checks),*],
                foreign: ::std::vec![#(#foreign),*],
                indexes: ::std::vec![#(#indexes),*],
                dropped: ::std::vec![#(#dropped.to_owned()),*],
            },
            names: ::core::any::TypeId::of::<#names>(),
            refers: ::std::vec![#(#refers),*],
        }
    }
}

fn column(field: &Field, rules: &[TokenStream]) -> TokenStream {
    let (name, summary) = (plain(&field.name), &field.doc.summary);
    let words = &field.words;
    let mut set = Vec::new();
    if words.is(Mark::Key) {
        set.push(quote!(key: true));
    }
    if words.is(Mark::Version) {
        set.push(quote!(version: true));
    }
    match words.class {
        Class::Plain => {}
        Class::Pii => set.push(quote!(class: __model::Class::Pii)),
        Class::Secret => set.push(quote!(class: __model::Class::Secret)),
    }
    let some = |value| quote!(::core::option::Option::Some(::std::string::String::from(#value)));
    for (name, value) in [
        (quote!(default), &words.default),
        (quote!(generated), &words.generated),
        (quote!(was), &words.was),
        (quote!(using), &words.using),
    ] {
        if let Some(value) = value {
            let value = some(value);
            set.push(quote!(#name: #value));
        }
    }
    if !rules.is_empty() {
        set.push(quote!(rules: ::std::vec![#(#rules),*]));
    }
    let of = of(field);
    if set.is_empty() {
        return quote!((#of.describe)(#name, #summary));
    }
    quote!(__model::Column { #(#set,)* ..(#of.describe)(#name, #summary) })
}

fn unique(entity: &Entity) -> Vec<TokenStream> {
    let alone = entity.fields.iter().filter_map(|field| {
        let own = field.words.is(Mark::Unique).then(|| vec![plain(&field.name)])?;
        Some((&field.words.unique_name, own))
    });
    let together = entity
        .words
        .unique
        .iter()
        .map(|unique| (&unique.name, unique.columns.iter().map(plain).collect::<Vec<_>>()));
    let all = alone.chain(together).map(|(name, columns)| {
        let name = option(name.as_ref().map(plain));
        quote! {
            __model::Unique { name: #name, columns: ::std::vec![#(#columns.to_owned()),*] }
        }
    });
    all.collect()
}

fn checks(entity: &Entity) -> Vec<TokenStream> {
    let check = |column: Option<String>, holds: &Holds| {
        let (name, column) = (option(holds.name.as_ref().map(plain)), option(column));
        let expression = &holds.expression;
        quote! {
            __model::Check { name: #name, column: #column, holds: #expression.to_owned() }
        }
    };
    let own = entity.fields.iter().flat_map(|field| {
        let column = plain(&field.name);
        field.words.checks.iter().map(move |holds| check(Some(column.clone()), holds))
    });
    own.chain(entity.words.checks.iter().map(|holds| check(None, holds))).collect()
}

fn foreign(foreign: &Foreign) -> TokenStream {
    let name = option(foreign.name.as_ref().map(plain));
    let columns = foreign.columns.iter().map(plain);
    let there = foreign.there.iter().map(plain);
    let (to, on_delete) = (&foreign.to, option(foreign.on_delete.clone()));
    quote! {
        __model::Foreign {
            name: #name,
            columns: ::std::vec![#(#columns.to_owned()),*],
            table: <#to as ::jewel_core::macros::entity::Entity>::TABLE.to_owned(),
            to: ::std::vec![#(#there.to_owned()),*],
            on_delete: #on_delete,
        }
    }
}

fn index(index: &Index) -> TokenStream {
    let beside = &index.beside;
    let name = option(beside.name.as_ref().map(plain));
    let method = option(beside.method.as_ref().map(plain));
    let unique = beside.unique;
    let parts = index.parts.iter().map(|part| match part {
        Part::Column(column, down) => {
            let part = format!("\"{}\"{}", plain(column), if *down { " desc" } else { "" });
            quote!(#part.to_owned())
        }
        Part::Expression(expression) => quote!(::std::format!("({})", #expression)),
    });
    let include = beside.include.iter().map(plain);
    let only = beside.only.as_ref().map(|only| quote!(#only.to_owned()));
    let only = option_tokens(only);
    quote! {
        __model::Index {
            name: #name,
            unique: #unique,
            method: #method,
            parts: ::std::vec![#(#parts),*],
            include: ::std::vec![#(#include.to_owned()),*],
            only: #only,
        }
    }
}

fn refers(field: &Field) -> Option<TokenStream> {
    let (name, of) = (plain(&field.name), of(field));
    let on_delete = match &field.words.references {
        References::Nothing => return None,
        References::Row => quote!(::core::option::Option::None),
        References::OnDelete(what) => quote!(::core::option::Option::Some(#what)),
    };
    Some(quote! {
        ::jewel_core::macros::entity::Refers {
            column: #name,
            to: (#of.names)(),
            on_delete: #on_delete,
        }
    })
}

/// What can be done with a field. Its type is judged where it stands, always in this one way, so
/// that a wrong one is one error.
pub(super) fn of(field: &Field) -> TokenStream {
    let ty = &field.ty;
    quote_spanned!(ty.span()=> ::jewel_core::macros::entity::field::<#ty>())
}

/// A name without what Rust needs before a keyword.
fn plain(name: &Ident) -> String {
    let text = name.to_string();
    text.strip_prefix("r#").map_or(text.clone(), ToOwned::to_owned)
}

fn option(value: Option<String>) -> TokenStream {
    option_tokens(value.map(|value| quote!(#value.to_owned())))
}

/// An `Option` as an expression.
pub(super) fn option_tokens(value: Option<TokenStream>) -> TokenStream {
    let Some(value) = value else { return quote!(::core::option::Option::None) };
    quote!(::core::option::Option::Some(#value))
}
