//! The implementation of `Problem`: what each variant is to a caller, and what all of them can be.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};
use syn::spanned::Spanned;
use syn::{DeriveInput, Field, Fields, LitInt, LitStr, Type};

use super::parse::{Role, Says, Variant, role};

/// The implementation; a variant that is said wrong stands for an internal error.
pub(crate) fn problem(item: &DeriveInput, variants: &[Variant<'_>]) -> TokenStream {
    let name = &item.ident;
    let (generics, types, wheres) = item.generics.split_for_impl();
    let described = variants.iter().map(describe);
    let told: Vec<TokenStream> = variants.iter().map(details).collect();
    let told = if told.is_empty() {
        quote!(::jewel_core::macros::Details::internal(self))
    } else {
        quote!(match self { #(#told)* })
    };
    let flattened = variants.iter().filter_map(flattened);
    quote! {
        const _: () = {
        #(#flattened)*
        impl #generics ::jewel_core::macros::Problem for #name #types #wheres {
            fn describe(__describe: &mut ::jewel_core::macros::Describe) {
                #(#described)*
            }
            fn details(&self) -> ::jewel_core::macros::Details {
                #told
            }
        }
        };
    }
}

/// The statements that add what a variant can be.
fn describe(variant: &Variant<'_>) -> TokenStream {
    let fields = &variant.ast.fields;
    match (&variant.says, only(fields)) {
        (Some(Says::Code { status, code }), _) => {
            let members = members(fields).map(|(name, ty)| {
                let text = plain(name);
                quote!((#text, __describe.writes::<#ty>()))
            });
            quote! {
                let __members = ::std::vec![#(#members),*];
                ::jewel_core::macros::problem(__describe, #status, #code, __members);
            }
        }
        (Some(Says::Flatten), Some(_)) => {
            let local = constant(&variant.ast.ident);
            quote!((#local.0)(__describe);)
        }
        (Some(Says::Internal), _) => quote!(::jewel_core::macros::internal(__describe);),
        _ => TokenStream::new(),
    }
}

/// What a variant that passes on a problem asks of it, in one constant: its trait is asked for in
/// one place only, so that a type which lacks it is one error.
fn flattened(variant: &Variant<'_>) -> Option<TokenStream> {
    let (Some(Says::Flatten), Some(field)) = (&variant.says, only(&variant.ast.fields)) else {
        return None;
    };
    let (local, ty) = (constant(&variant.ast.ident), &field.ty);
    Some(quote! {
        const #local: ::jewel_core::macros::Flattened<#ty> = (
            <#ty as ::jewel_core::macros::Problem>::describe,
            <#ty as ::jewel_core::macros::Problem>::details,
        );
    })
}

fn constant(variant: &Ident) -> Ident {
    format_ident!("__{}", variant.to_string().to_uppercase())
}

/// The arm that says what callers are told of a variant.
fn details(variant: &Variant<'_>) -> TokenStream {
    let (name, fields) = (&variant.ast.ident, &variant.ast.fields);
    match (&variant.says, only(fields)) {
        (Some(Says::Code { status, code }), _) => coded(name, fields, status, code),
        (Some(Says::Flatten), Some(field)) => {
            let (pattern, local) = (one(field), local(field));
            let flattened = constant(name);
            quote!(Self::#name #pattern => (#flattened.1)(#local),)
        }
        (Some(Says::Internal), Some(field)) => {
            let (pattern, local) = (one(field), local(field));
            quote!(Self::#name #pattern => ::jewel_core::macros::Details::internal(#local),)
        }
        _ => quote!(Self::#name { .. } => ::jewel_core::macros::Details::internal(self),),
    }
}

fn coded(name: &Ident, fields: &Fields, status: &LitInt, code: &LitStr) -> TokenStream {
    let mut bound = Vec::new();
    let mut calls = TokenStream::new();
    let mut caused = false;
    for field in fields {
        match (role(field, fields), &field.ident) {
            (Role::Member, Some(ident)) => {
                let text = plain(ident);
                let local = Ident::new(&format!("__{text}"), field.ty.span());
                bound.push(quote!(#ident: #local));
                calls.extend(quote!(.with(#text, #local)));
            }
            (Role::RetryAfter, Some(ident)) => {
                bound.push(quote!(#ident: __wait));
                calls.extend(quote!(.retry_after(*__wait)));
            }
            (Role::Cause, _) => caused = true,
            _ => {}
        }
    }
    if caused {
        calls.extend(quote!(.because(self)));
    }
    quote! {
        Self::#name { #(#bound,)* .. } => ::jewel_core::macros::Details::new(
            #status,
            #code,
            ::std::string::ToString::to_string(self),
        ) #calls,
    }
}

/// The fields that become members: their names and types.
fn members(fields: &Fields) -> impl Iterator<Item = (&Ident, &Type)> {
    let members = fields.iter().filter(|field| role(field, fields) == Role::Member);
    members.filter_map(|field| field.ident.as_ref().map(|name| (name, &field.ty)))
}

/// A name as it stands on the wire.
fn plain(name: &Ident) -> String {
    let name = name.to_string();
    name.strip_prefix("r#").unwrap_or(&name).to_owned()
}

/// The only field, if there is exactly one.
fn only(fields: &Fields) -> Option<&Field> {
    let mut fields = fields.iter();
    fields.next().filter(|_| fields.next().is_none())
}

/// The pattern that takes a variant's only field.
fn one(field: &Field) -> TokenStream {
    let local = local(field);
    field.ident.as_ref().map_or_else(|| quote!((#local)), |name| quote!({ #name: #local }))
}

/// What a variant's only field is called; a type that does not fit is refused where it stands.
fn local(field: &Field) -> Ident {
    Ident::new("__field", field.ty.span())
}
