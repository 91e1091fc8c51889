//! The statements that follow from the columns alone, each a literal text.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::{DeriveInput, Type};

use super::expand::of;
use super::parse::Field;
use super::valid::Entity;
use crate::ty;
use crate::word::field::Mark;

/// The functions of an entity, and what a new row is made of.
pub(crate) fn statements(entity: &Entity, item: &DeriveInput) -> TokenStream {
    let name = &item.ident;
    let new = format_ident!("New{name}");
    let insert = entity.insert.then(|| insert(entity, &new));
    let draft = entity.insert.then(|| draft(entity, item, &new));
    let (get, update) = (get(entity), update(entity));
    let delete = entity.delete.then(|| delete(entity));
    let page = page(entity);
    quote! {
        #draft
        #[allow(dead_code)]
        impl #name {
            #get
            #insert
            #update
            #delete
            #page
        }
    }
}

/// Where a new row's values are given: what has neither a default nor an expression.
fn given(entity: &Entity) -> Vec<&Field> {
    let free = |field: &&Field| {
        let words = &field.words;
        words.default.is_none() && words.generated.is_none()
    };
    entity.fields.iter().filter(free).collect()
}

fn quoted<'f>(fields: impl IntoIterator<Item = &'f Field>) -> String {
    let names: Vec<String> = fields.into_iter().map(|field| column(&field.name)).collect();
    names.join(", ")
}

fn column(name: &syn::Ident) -> String {
    let name = name.to_string();
    format!("\"{}\"", name.strip_prefix("r#").unwrap_or(&name))
}

/// The columns of the key, and their types.
fn key(entity: &Entity) -> (Vec<&Field>, Vec<&Type>) {
    let key: Vec<&Field> = entity.fields.iter().filter(|field| field.words.is(Mark::Key)).collect();
    let types = key.iter().map(|field| &field.ty).collect();
    (key, types)
}

/// `"id" = $1 and ..`, from a number on.
fn matching(fields: &[&Field], from: usize) -> String {
    let parts = fields.iter().zip(from..);
    let parts: Vec<String> =
        parts.map(|(field, at)| format!("{} = ${at}", column(&field.name))).collect();
    parts.join(" and ")
}

/// The arguments of a statement: these fields, each by the expression that is its value.
fn arguments<'f>(
    fields: impl IntoIterator<Item = &'f Field>,
    value: impl Fn(&syn::Ident) -> TokenStream,
) -> TokenStream {
    let binds = fields.into_iter().map(|field| {
        let (of, value) = (of(field), value(&field.name));
        quote!((#of.bind)(&#value, &mut __arguments)?;)
    });
    quote! {
        let mut __arguments = ::jewel_core::macros::entity::PgArguments::default();
        #(#binds)*
    }
}

fn get(entity: &Entity) -> TokenStream {
    let (key, types) = key(entity);
    let names: Vec<_> = key.iter().map(|field| &field.name).collect();
    let sql = format!(
        "select {} from \"{}\" where {}",
        quoted(&entity.fields),
        entity.table,
        matching(&key, 1)
    );
    let arguments = arguments(key.iter().copied(), |name| quote!(#name));
    quote! {
        /// The row with this key, where the transaction sees one.
        ///
        /// # Errors
        /// Where the database fails.
        pub async fn get(
            __tx: &mut ::jewel_core::Tx,
            #(#names: #types),*
        ) -> ::core::result::Result<::core::option::Option<Self>, ::jewel_core::db::Error> {
            #arguments
            let __query = ::jewel_core::macros::sqlx::query_as_with(#sql, __arguments);
            ::core::result::Result::Ok(__query.fetch_optional(&mut *__tx).await?)
        }
    }
}

/// The struct of what is given for a new row.
fn draft(entity: &Entity, item: &DeriveInput, new: &syn::Ident) -> TokenStream {
    let vis = &item.vis;
    let fields = given(entity);
    let syn::Data::Struct(data) = &item.data else { return TokenStream::new() };
    let fields = fields.iter().map(|field| {
        let (name, ty, summary) = (&field.name, &field.ty, &field.doc.summary);
        let vis = data.fields.iter().find(|f| f.ident.as_ref() == Some(name)).map(|f| &f.vis);
        quote!(#[doc = #summary] #vis #name: #ty)
    });
    let doc = format!("What a new [`{}`] is made of.", item.ident);
    let debug = super::expand::debug(new, &given(entity));
    quote! {
        #[doc = #doc]
        #vis struct #new { #(#fields),* }
        #debug
    }
}

fn insert(entity: &Entity, new: &syn::Ident) -> TokenStream {
    let fields = given(entity);
    let names: Vec<_> = fields.iter().map(|field| &field.name).collect();
    let values: Vec<String> = (1..=names.len()).map(|at| format!("${at}")).collect();
    let (table, columns) = (&entity.table, quoted(fields.iter().copied()));
    let one = format!(
        "insert into \"{table}\" ({columns}) values ({}) returning {}",
        values.join(", "),
        quoted(&entity.fields)
    );
    let of: Vec<TokenStream> = fields.iter().map(|field| of(field)).collect();
    let sql =
        format!("insert into \"{table}\" ({columns}) select * from unnest({})", values.join(", "));
    let all = quote! {
            /// Adds rows, all in one statement; how many.
            ///
            /// # Errors
            /// Where the database fails, or refuses one of them: then none is added.
            pub async fn insert_all(
                __tx: &mut ::jewel_core::Tx,
                __rows: ::std::vec::Vec<#new>,
            ) -> ::core::result::Result<u64, ::jewel_core::db::Error> {
                #(let mut #names = ::std::vec::Vec::with_capacity(__rows.len());)*
                for __row in __rows {
                    #(#names.push(__row.#names);)*
                }
                let mut __arguments = ::jewel_core::macros::entity::PgArguments::default();
                #((#of.bind_all)(&#names, &mut __arguments)?;)*
                let __query = ::jewel_core::macros::sqlx::query_with(#sql, __arguments);
                ::core::result::Result::Ok(__query.execute(&mut *__tx).await?.rows_affected())
            }
    };
    let arguments = arguments(fields.iter().copied(), |name| quote!(__new.#name));
    quote! {
        /// Adds a row; the row as it is then.
        ///
        /// # Errors
        /// Where the database fails, or refuses it.
        pub async fn insert(
            __tx: &mut ::jewel_core::Tx,
            __new: #new,
        ) -> ::core::result::Result<Self, ::jewel_core::db::Error> {
            #arguments
            let __query = ::jewel_core::macros::sqlx::query_as_with(#one, __arguments);
            ::core::result::Result::Ok(__query.fetch_one(&mut *__tx).await?)
        }
        #all
    }
}

fn update(entity: &Entity) -> Option<TokenStream> {
    let version = entity.fields.iter().find(|field| field.words.is(Mark::Version));
    let is_version = |field: &&Field| field.words.is(Mark::Version);
    let changes: Vec<&Field> = entity
        .fields
        .iter()
        .filter(|field| entity.update.contains(&field.name.to_string()))
        .filter(|field| !is_version(field))
        .collect();
    if changes.is_empty() {
        return None;
    }
    let (key, _) = key(entity);
    let mut sets: Vec<String> =
        changes.iter().zip(1..).map(|(f, at)| format!("{} = ${at}", column(&f.name))).collect();
    let mut wheres = vec![matching(&key, changes.len() + 1)];
    if let Some(version) = version {
        let name = column(&version.name);
        if entity.update.contains(&version.name.to_string()) {
            sets.push(format!("{name} = {name} + 1"));
        }
        wheres.push(format!("{name} = ${}", changes.len() + key.len() + 1));
    }
    let sql = format!(
        "update \"{}\" set {} where {} returning {}",
        entity.table,
        sets.join(", "),
        wheres.join(" and "),
        quoted(&entity.fields)
    );
    let bound = changes.iter().chain(&key).copied().chain(version);
    let arguments = arguments(bound, |name| quote!(self.#name));
    Some(quote! {
        /// Writes what changed, where nobody else has changed the row meanwhile; it is as the
        /// database has it then.
        ///
        /// # Errors
        /// [`Lost`](::jewel_core::entity::RowProblem::Lost) where somebody has, or the row is
        /// gone; else where the database fails, or refuses it.
        pub async fn update(
            &mut self,
            __tx: &mut ::jewel_core::Tx,
        ) -> ::core::result::Result<(), ::jewel_core::entity::RowProblem> {
            #arguments
            let __query = ::jewel_core::macros::sqlx::query_as_with(#sql, __arguments);
            let __found = __query.fetch_optional(&mut *__tx).await?;
            *self = __found.ok_or(::jewel_core::entity::RowProblem::Lost)?;
            ::core::result::Result::Ok(())
        }
    })
}

fn delete(entity: &Entity) -> TokenStream {
    let (key, types) = key(entity);
    let names: Vec<_> = key.iter().map(|field| &field.name).collect();
    let sql = format!("delete from \"{}\" where {}", entity.table, matching(&key, 1));
    let arguments = arguments(key.iter().copied(), |name| quote!(#name));
    quote! {
        /// Deletes the row with this key; whether there was one.
        ///
        /// # Errors
        /// Where the database fails, or refuses it.
        pub async fn delete(
            __tx: &mut ::jewel_core::Tx,
            #(#names: #types),*
        ) -> ::core::result::Result<bool, ::jewel_core::db::Error> {
            #arguments
            let __query = ::jewel_core::macros::sqlx::query_with(#sql, __arguments);
            ::core::result::Result::Ok(__query.execute(&mut *__tx).await?.rows_affected() > 0)
        }
    }
}

/// A list by time, for rows that have one: newest first.
fn page(entity: &Entity) -> Option<TokenStream> {
    let (key, _) = key(entity);
    let [key] = key.as_slice() else { return None };
    let at = entity.fields.iter().find(|f| f.name == "created_at" && ty::is(&f.ty, "Timestamp"))?;
    let uuid = match ty::name(&key.ty)?.to_string().as_str() {
        "Id" => quote!(.uuid()),
        "Uuid" => TokenStream::new(),
        _ => return None,
    };
    let owner = entity.words.owner.as_ref();
    let owner = entity.fields.iter().find(|field| Some(&field.name) == owner);
    let (at, id) = (&at.name, &key.name);
    let (when, row) = (column(at), column(id));
    let mine = owner.map(|owner| format!("{} = $4 and ", column(&owner.name))).unwrap_or_default();
    let sql = format!(
        "select {} from \"{}\" where {mine}({when}, {row}) < ($1, $2) \
         order by {when} desc, {row} desc limit $3",
        quoted(&entity.fields),
        entity.table
    );
    let (argument, bind) = match owner {
        Some(owner) => {
            let (name, ty) = (&owner.name, &owner.ty);
            (quote!(#name: #ty,), quote!(.bind(#name)))
        }
        None => (TokenStream::new(), TokenStream::new()),
    };
    Some(quote! {
        /// A page of them, newest first.
        ///
        /// # Errors
        /// Where the database fails.
        pub async fn page(
            __tx: &mut ::jewel_core::Tx,
            #argument
            __part: &::jewel_core::page::Paging,
        ) -> ::core::result::Result<::jewel_core::Page<Self>, ::jewel_core::db::Error> {
            let (__after, __size) = (__part.start(), __part.size());
            let __query = ::jewel_core::macros::sqlx::query_as(#sql)
                .bind(__after.at)
                .bind(__after.id)
                .bind(i64::from(__size) + 1)
                #bind;
            let __rows: ::std::vec::Vec<Self> = __query.fetch_all(&mut *__tx).await?;
            ::core::result::Result::Ok(::jewel_core::Page::cut(__rows, __size, |__row| {
                ::jewel_core::page::Cursor { at: __row.#at, id: __row.#id #uuid }
            }))
        }
    })
}
