//! What a job's words say of its kind and queue, as constants; and the keys, as code on its fields.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::Type;
use syn::spanned::Spanned;

use crate::word::at_once::Scope;
use crate::word::job::Words;
use crate::word::unit;

/// The fields of `Declared`.
pub(super) fn tokens(words: &Words, args: &Type) -> TokenStream {
    let usual = || quote!(::jewel_core::macros::job::KEEP);
    let keep = words.keep.map_or_else(usual, unit::tokens);
    let unique = option(words.unique.as_ref().map(|unique| unique.until.tokens()));
    let limits = limits(words);
    let schedule = option(words.schedule.as_ref().map(|schedule| {
        let (pattern, missed) = (&schedule.pattern, schedule.missed.tokens());
        let zone = schedule.zone.as_ref().map_or_else(|| quote!("UTC"), |zone| quote!(#zone));
        quote! {
            ::jewel_core::macros::job::Schedule { pattern: #pattern, zone: #zone, missed: #missed }
        }
    }));
    let (encrypted, batch) = (words.encrypted, words.batch.unwrap_or(1));
    let on_dead = option(words.on_dead.as_ref().map(|job| {
        let span = job.span();
        quote_spanned!(span=> <#job as ::jewel_core::macros::job::Buries<#args>>::ON_DEAD)
    }));
    quote! {
        keep: #keep,
        unique: #unique,
        limits: #limits,
        schedule: #schedule,
        batch: #batch,
        encrypted: #encrypted,
        on_dead: #on_dead,
    }
}

fn limits(words: &Words) -> TokenStream {
    let count = |wanted: &Scope| {
        let limit = words.limits.iter().find(|limit| limit.scope == *wanted);
        option(limit.map(|limit| limit.count).map(|count| quote!(#count)))
    };
    let (process, queue) = (count(&Scope::Process), count(&Scope::Queue));
    let key = option(words.limits.iter().find_map(|limit| match &limit.scope {
        Scope::Field(field) => {
            let (count, field) = (limit.count, field.to_string());
            Some(quote!((#count, #field)))
        }
        Scope::Queue | Scope::Process => None,
    }));
    let rate = option(words.rate.map(|rate| {
        let (count, window, burst) = (rate.count, unit::tokens(rate.window), rate.burst);
        quote! {
            ::jewel_core::macros::job::Rate { count: #count, window: #window, burst: #burst }
        }
    }));
    quote! {
        ::jewel_core::macros::job::Limits {
            process: #process,
            queue: #queue,
            key: #key,
            rate: #rate,
        }
    }
}

fn option(tokens: Option<TokenStream>) -> TokenStream {
    let none = || quote!(::core::option::Option::None);
    tokens.map_or_else(none, |tokens| quote!(::core::option::Option::Some(#tokens)))
}

/// `Enqueue::keys`, where there are any.
pub(super) fn keys(words: &Words) -> Option<TokenStream> {
    let limited = words.limits.iter().find_map(|limit| match &limit.scope {
        Scope::Field(field) => Some(quote!(limited(&self.#field))),
        Scope::Queue | Scope::Process => None,
    });
    let unique = words.unique.as_ref().map(|unique| {
        let fields = &unique.fields;
        let value = if fields.is_empty() { quote!(self) } else { quote!(&(#(&self.#fields,)*)) };
        quote!(unique(Self::DECLARED.name, #value))
    });
    let mut calls = limited.into_iter().chain(unique);
    let (first, more) = (calls.next()?, calls);
    Some(quote! {
        fn keys(&self) -> ::jewel_core::macros::job::KeyResult {
            <::jewel_core::macros::job::Keys as ::core::default::Default>::default()
                .#first
                #(?.#more)*
        }
    })
}
