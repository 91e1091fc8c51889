//! What stands beside an annotated function: a type of its name that carries its route and its URL.
//!
//! Data, one small function per stage, and the user's own tokens where types are named: a type that
//! does not fit is refused at its own place. The function itself is emitted by the caller.

use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream};
use quote::{ToTokens, format_ident, quote};
use syn::Type;
use syn::spanned::Spanned;

use super::path::Part;
use super::valid::{Endpoint, Role};
use crate::handler::{self, Handler};
use crate::word::access::Access;
use crate::word::limit::{Limit, Per};
use crate::word::repeat::Repeat;
use crate::word::unit;

/// Everything beside the function.
pub(crate) fn beside(endpoint: &Endpoint, handler: &Handler) -> TokenStream {
    let (cfgs, vis, name) = (handler.cfgs(), &handler.vis, &handler.sig.ident);
    let url = url(endpoint, handler);
    let route = match handler.out() {
        Some(out) if endpoint.sound => route(endpoint, handler, out),
        _ => nothing(name),
    };
    quote! {
        #(#cfgs)*
        #[doc(hidden)]
        #[allow(non_camel_case_types, dead_code, unreachable_pub)]
        #vis struct #name {}
        #(#cfgs)*
        #[allow(dead_code, unreachable_pub)]
        impl #name { #url }
        #(#cfgs)*
        impl ::jewel_core::macros::Listed for #name {
            const ROUTE: ::jewel_core::macros::Route = #route;
        }
    }
}

/// What stands beside a function whose signature does not parse.
pub(crate) fn stub_unparsed(name: &Ident) -> TokenStream {
    let route = nothing(name);
    quote! {
        #[doc(hidden)]
        #[allow(non_camel_case_types, dead_code, unreachable_pub)]
        pub struct #name {}
        impl ::jewel_core::macros::Listed for #name {
            const ROUTE: ::jewel_core::macros::Route = #route;
        }
    }
}

/// Stands for the route of what is refused: it is never looked at, because nothing compiles.
fn nothing(name: &Ident) -> TokenStream {
    let message = format!("`{name}` is refused");
    quote!(::core::panic!(#message))
}

/// `order::path(photo)`: the URL of this operation.
fn url(endpoint: &Endpoint, handler: &Handler) -> TokenStream {
    let vis = &handler.vis;
    let names: Vec<Ident> =
        endpoint.path.segments().map(|name| Ident::new(name, Span::call_site())).collect();
    let mut literal = String::from("/");
    let mut pieces = Vec::new();
    for (index, part) in endpoint.path.parts.iter().enumerate() {
        if index > 0 {
            literal.push('/');
        }
        match part {
            Part::Literal(text) => literal.push_str(text),
            Part::Segment(name) => {
                let name = Ident::new(name, Span::call_site());
                let before = std::mem::take(&mut literal);
                pieces.push(quote!(::std::string::String::from(#before)));
                pieces.push(quote!(::jewel_core::macros::segment(#name)));
            }
        }
    }
    if !literal.is_empty() {
        pieces.push(quote!(::std::string::String::from(#literal)));
    }
    quote! {
        /// The URL of this operation, with the segments of its path filled in.
        #vis fn path(#(#names: impl ::core::fmt::Display),*) -> ::jewel_core::macros::Url {
            ::jewel_core::macros::Url::joined([#(#pieces),*].concat())
        }
    }
}

fn route(endpoint: &Endpoint, handler: &Handler, out: &Type) -> TokenStream {
    let name = &handler.sig.ident;
    let of = |role: Role| {
        let found = endpoint.arguments.iter().find(move |(_, other)| *other == role);
        found.map(|(argument, _)| &argument.ty)
    };
    let heads = heads(endpoint);
    let taken = taken(&heads);
    let calls = heads.iter().enumerate().map(|(index, (name, _))| {
        let local = constant(index);
        quote!((#local.0)(__call, #name)?)
    });
    let tuple = tuple(&heads);
    let body = of(Role::Body)
        .or(of(Role::Upload))
        .map_or_else(|| quote!(::jewel_core::macros::NoBody), |ty| quote!(#ty));
    let tx = of(Role::Tx)
        .and_then(|ty| handler::exclusive(ty, "Tx"))
        .map_or_else(|| quote!(::jewel_core::macros::NoTx), |ty| quote!(#ty));
    let declared = declared(endpoint, name, &heads);
    let call = call(endpoint, handler);
    let help = handler::help(&endpoint.known);
    quote!({
        #taken
        struct __Endpoint;
        impl ::jewel_core::macros::Endpoint for __Endpoint {
            type Head = #tuple;
            type Body = #body;
            type Tx = #tx;
            type Out = #out;
            const DECLARED: ::jewel_core::macros::Declared = #declared;
            fn head(
                __call: &mut ::jewel_core::macros::Call,
            ) -> ::core::result::Result<Self::Head, ::jewel_core::macros::Reject> {
                ::core::result::Result::Ok((#(#calls,)*))
            }
            #call
        }
        #help
        ::jewel_core::macros::Route::of::<__Endpoint>()
    })
}

/// The arguments that are read from the head: their names and types.
fn heads(endpoint: &Endpoint) -> Vec<(&str, &Type)> {
    let heads = endpoint.arguments.iter().filter(|(_, role)| *role == Role::Head);
    heads.map(|(argument, _)| (argument.name.as_str(), &argument.ty)).collect()
}

/// The call itself; the parameters are renamed, because one may be called like the function.
fn call(endpoint: &Endpoint, handler: &Handler) -> TokenStream {
    let (name, future) = (&handler.sig.ident, handler.future());
    let mut given = Vec::new();
    let mut heads = Vec::new();
    for (_, role) in &endpoint.arguments {
        given.push(match role {
            Role::Head => {
                let head = format_ident!("__head{}", heads.len());
                heads.push(head.clone());
                head
            }
            Role::Body | Role::Upload => format_ident!("__body"),
            Role::Tx => format_ident!("__tx"),
        });
    }
    quote! {
        fn call(
            (#(#heads,)*): Self::Head,
            __body: Self::Body,
            __tx: &mut Self::Tx,
        ) -> #future {
            #name(#(#given),*)
        }
    }
}

fn declared(endpoint: &Endpoint, name: &Ident, heads: &[(&str, &Type)]) -> TokenStream {
    let (text, verb) = (name.to_string(), endpoint.verb.tokens());
    let (path, segments) = (&endpoint.path.text, endpoint.path.segments());
    let (summary, description) = (&endpoint.doc.summary, &endpoint.doc.description);
    let words = &endpoint.words;
    let kind = words.access.unwrap_or(Access::Public);
    let access = kind.tokens();
    let limits = words.limits.iter().map(|limit| limit_of(limit, kind));
    let repeat = match words.repeat {
        Some((Repeat::Once, _)) => quote!(::jewel_core::macros::Repeat::Once),
        Some((Repeat::Repeatable, _)) => quote!(::jewel_core::macros::Repeat::Repeatable),
        None => quote!(::jewel_core::macros::Repeat::Natural),
    };
    let slo = option(words.slo.map(|slo| {
        let p95 = option(slo.p95.map(unit::tokens));
        let available = option(slo.available.map(|percent| quote!(#percent)));
        quote!(::jewel_core::macros::Slo { p95: #p95, available: #available })
    }));
    let deadline = option(words.deadline.map(unit::tokens));
    let body_limit = option(words.body.map(|(bytes, _)| quote!(#bytes)));
    let arguments = heads.iter().enumerate().map(|(index, (name, _))| {
        let local = constant(index);
        quote!(::jewel_core::macros::Argument { name: #name, describe: #local.1 })
    });
    let source = handler::source();
    quote! {
        ::jewel_core::macros::Declared {
            name: #text,
            module: ::core::module_path!(),
            source: #source,
            verb: #verb,
            path: #path,
            segments: &[#(#segments),*],
            summary: #summary,
            description: #description,
            access: #access,
            limits: &[#(#limits),*],
            repeat: #repeat,
            slo: #slo,
            deadline: #deadline,
            body_limit: #body_limit,
            arguments: &[#(#arguments),*],
        }
    }
}

/// What the arguments from the head know to do, in one constant each: their trait is asked for in
/// one place only, so that a type which lacks it is one error.
fn taken(heads: &[(&str, &Type)]) -> TokenStream {
    let constants = heads.iter().enumerate().map(|(index, (_, ty))| {
        let local = constant(index);
        quote! {
            const #local: ::jewel_core::macros::Taken<#ty> = (
                <#ty as ::jewel_core::macros::Extract>::extract,
                <#ty as ::jewel_core::macros::Extract>::describe,
            );
        }
    });
    constants.collect()
}

fn constant(index: usize) -> Ident {
    format_ident!("__HEAD{index}")
}

/// The types of the arguments from the head; the tuple stands where the first of them does.
fn tuple(heads: &[(&str, &Type)]) -> TokenStream {
    let types = heads.iter().map(|(_, ty)| ty);
    let span = heads.first().map_or_else(Span::call_site, |(_, ty)| ty.span());
    let mut group = Group::new(Delimiter::Parenthesis, quote!(#(#types,)*));
    group.set_span(span);
    group.into_token_stream()
}

fn limit_of(limit: &Limit, kind: Access) -> TokenStream {
    let (count, window) = (limit.count, unit::tokens(limit.window));
    let usual = if kind == Access::Public { Per::Ip } else { Per::Account };
    let per = limit.per.map_or(usual, |(per, _)| per).tokens();
    quote!(::jewel_core::macros::Limit { count: #count, window: #window, per: #per })
}

fn option(value: Option<TokenStream>) -> TokenStream {
    value.map_or_else(
        || quote!(::core::option::Option::None),
        |value| quote!(::core::option::Option::Some(#value)),
    )
}
