//! What stands beside a job: a type of its name that carries its task, and `enqueue` on what it
//! takes.
//!
//! Data, two small functions, and the user's own tokens where types are named. The function itself
//! is emitted by the caller.

use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, format_ident, quote};
use syn::Type;

use super::policy;
use super::valid::{Job, Role};
use crate::handler::{self, Handler};
use crate::ty;
use crate::word::unit;

/// Everything beside the function.
pub(crate) fn beside(job: &Job, handler: &Handler) -> TokenStream {
    let (cfgs, vis, name) = (handler.cfgs(), &handler.vis, &handler.sig.ident);
    let args = job.arguments.iter().find(|(_, role)| *role == Role::Args).map(|(a, _)| &a.ty);
    let (task, enqueued) = match (handler.out(), args) {
        (Some(out), Some(args)) if job.sound => {
            let declared = declared(job, name, args);
            if ty::is(args, "Dead") {
                (task(job, handler, args, out, &declared), buries(job, name, args))
            } else {
                let whose = quote!(<#args as ::jewel_core::macros::job::Enqueue>::DECLARED);
                (task(job, handler, args, out, &whose), enqueue(job, args, &declared))
            }
        }
        _ => (nothing(name), TokenStream::new()),
    };
    quote! {
        #(#cfgs)*
        #[doc(hidden)]
        #[allow(non_camel_case_types, dead_code, unreachable_pub)]
        #vis struct #name {}
        #(#cfgs)*
        impl ::jewel_core::macros::job::Listed for #name {
            const TASK: ::jewel_core::macros::job::Definition = #task;
        }
        #(#cfgs)*
        #enqueued
    }
}

/// What stands beside a function whose signature does not parse.
pub(crate) fn stub_unparsed(name: &Ident) -> TokenStream {
    let task = nothing(name);
    quote! {
        #[doc(hidden)]
        #[allow(non_camel_case_types, dead_code, unreachable_pub)]
        pub struct #name {}
        impl ::jewel_core::macros::job::Listed for #name {
            const TASK: ::jewel_core::macros::job::Definition = #task;
        }
    }
}

/// Stands for the task of what is refused: it is never looked at, because nothing compiles.
fn nothing(name: &Ident) -> TokenStream {
    let message = format!("`{name}` is refused");
    quote!(::core::panic!(#message))
}

fn task(
    job: &Job,
    handler: &Handler,
    args: &Type,
    out: &Type,
    declared: &TokenStream,
) -> TokenStream {
    let states: Vec<&Type> = states(job).map(|(_, ty)| ty).collect();
    let inner = states.iter().map(|ty| ty::inner(ty));
    let call = call(job, handler);
    let within = match job.arguments.iter().find(|(_, role)| *role == Role::Tx) {
        Some((tx, _)) => handler::exclusive(&tx.ty, "Tx").map(ToTokens::to_token_stream),
        None => None,
    };
    let within = within.unwrap_or_else(|| quote!(::jewel_core::macros::job::Alone));
    let (kind, make, within) = if job.words.batch.is_some() {
        (quote!(Batch), quote!(batch), TokenStream::new())
    } else {
        (quote!(Task), quote!(of), quote!(type Within = #within;))
    };
    let tick = job.words.schedule.as_ref().map(|_| tick(args));
    let help = handler::help(&job.known);
    quote!({
        struct __Task;
        impl ::jewel_core::macros::job::#kind for __Task {
            type Args = #args;
            type Head = (#(#states,)*);
            type Out = #out;
            #within
            const DECLARED: ::jewel_core::macros::job::Declared = #declared;
            fn head(
                __states: &::jewel_core::macros::States,
            ) -> ::core::result::Result<Self::Head, ::jewel_core::macros::Missing> {
                ::core::result::Result::Ok((
                    #(__states.get::<#inner>()?,)*
                ))
            }
            #tick
            #call
        }
        #help
        ::jewel_core::macros::job::Definition::#make::<__Task>()
    })
}

/// The arguments that are pieces of state: their names and types.
fn states(job: &Job) -> impl Iterator<Item = (&str, &Type)> {
    let states = job.arguments.iter().filter(|(_, role)| *role == Role::State);
    states.map(|(argument, _)| (argument.name.as_str(), &argument.ty))
}

fn call(job: &Job, handler: &Handler) -> TokenStream {
    let (name, future) = (&handler.sig.ident, handler.future());
    let mut given = Vec::new();
    let mut heads = Vec::new();
    for (_, role) in &job.arguments {
        given.push(match role {
            Role::Args => format_ident!("__args"),
            Role::Job => format_ident!("__job"),
            Role::Tx => format_ident!("__tx"),
            Role::State => {
                let head = format_ident!("__head{}", heads.len());
                heads.push(head.clone());
                head
            }
        });
    }
    let taken = if job.words.batch.is_some() {
        quote!(__args: ::std::vec::Vec<Self::Args>)
    } else {
        quote! {
            __args: Self::Args,
            __job: &mut ::jewel_core::macros::job::Job,
            __tx: &mut Self::Within
        }
    };
    quote! {
        fn call(
            #taken,
            (#(#heads,)*): Self::Head,
        ) -> #future {
            #name(#(#given),*)
        }
    }
}

/// What the clock enqueues.
fn tick(args: &Type) -> TokenStream {
    quote! {
        const TICK: ::core::option::Option<::jewel_core::macros::job::Tick> =
            ::core::option::Option::Some(|| {
                ::jewel_core::macros::job::Args::write(
                    &<#args as ::core::default::Default>::default(),
                )
            });
    }
}

/// What the application enqueues by its arguments.
fn enqueue(job: &Job, args: &Type, declared: &TokenStream) -> TokenStream {
    let keys = policy::keys(&job.words);
    quote! {
        impl ::jewel_core::macros::job::Enqueue for #args {
            const DECLARED: ::jewel_core::macros::job::Declared = #declared;
            #keys
        }
    }
}

/// What the database enqueues when another job dies.
fn buries(job: &Job, name: &Ident, args: &Type) -> TokenStream {
    let kind = name.to_string();
    let (queue, priority) = place(job);
    let (given, whose) = match ty::inner(args) {
        Some(whose) => (TokenStream::new(), whose.to_token_stream()),
        None => (quote!(<__Args>), quote!(__Args)),
    };
    quote! {
        impl #given ::jewel_core::macros::job::Buries<#whose> for #name {
            const ON_DEAD: ::jewel_core::macros::job::OnDead = ::jewel_core::macros::job::OnDead {
                kind: #kind,
                queue: #queue,
                priority: #priority,
            };
        }
    }
}

/// Its queue, and its place there.
fn place(job: &Job) -> (&str, TokenStream) {
    let queue = job.words.queue.as_deref().unwrap_or("default");
    (queue, job.words.priority.unwrap_or_default().tokens())
}

fn declared(job: &Job, name: &Ident, args: &Type) -> TokenStream {
    let text = name.to_string();
    let (summary, description) = (&job.doc.summary, &job.doc.description);
    let words = &job.words;
    let (queue, priority) = place(job);
    let buries = ty::is(args, "Dead");
    let retry = words.retry.unwrap_or_default();
    let (attempts, min, max) = (retry.attempts, unit::tokens(retry.min), unit::tokens(retry.max));
    let timeout = unit::tokens(words.timeout.unwrap_or(TIMEOUT));
    let states: Vec<(&str, &Type)> = states(job).collect();
    let arguments = states.iter().map(|(name, ty)| {
        quote! {
            ::jewel_core::macros::Argument {
                name: #name,
                describe: <#ty as ::jewel_core::macros::Extract>::describe,
            }
        }
    });
    let source = handler::source();
    let policy = policy::tokens(words, args);
    quote! {
        ::jewel_core::macros::job::Declared {
            name: #text,
            module: ::core::module_path!(),
            source: #source,
            summary: #summary,
            description: #description,
            queue: #queue,
            priority: #priority,
            retry: ::jewel_core::macros::job::Retry {
                attempts: #attempts,
                min: #min,
                max: #max,
            },
            timeout: #timeout,
            #policy
            buries: #buries,
            arguments: &[#(#arguments),*],
        }
    }
}

/// How long an attempt may take where the job does not say.
const TIMEOUT: std::time::Duration = std::time::Duration::from_mins(5);
