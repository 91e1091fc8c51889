//! An annotated `async fn`, of an endpoint or a job: its signature, and its body as mere tokens.
//!
//! The body is never parsed, so that one which is half typed keeps its function, its route and its
//! completion; what is wrong in it is the compiler's to say.

use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote, quote_spanned};
use syn::parse::{Parse, ParseStream};
use syn::spanned::Spanned;
use syn::{Attribute, FnArg, Pat, ReturnType, Signature, Type, Visibility};

use crate::doc::Doc;
use crate::sink::Sink;
use crate::ty;

/// An annotated function.
pub(crate) struct Handler {
    /// Its attributes, its doc comment among them.
    pub(crate) attrs: Vec<Attribute>,
    /// Its visibility.
    pub(crate) vis: Visibility,
    /// Everything up to its body.
    pub(crate) sig: Signature,
}

impl Parse for Handler {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let attrs = input.call(Attribute::parse_outer)?;
        let (vis, sig) = (input.parse()?, input.parse()?);
        input.parse::<TokenStream>()?;
        Ok(Self { attrs, vis, sig })
    }
}

/// One argument, as it is written.
pub(crate) struct Argument {
    /// Its name; `_` where it is left unnamed.
    pub(crate) name: String,
    /// Where the name stands.
    pub(crate) span: Span,
    /// Its type.
    pub(crate) ty: Type,
}

impl Handler {
    /// Its doc comment.
    pub(crate) fn doc(&self) -> Doc {
        Doc::of(&self.attrs)
    }

    /// The `cfg`s that everything beside it must stand under too.
    pub(crate) fn cfgs(&self) -> Vec<&Attribute> {
        self.attrs.iter().filter(|attr| attr.path().is_ident("cfg")).collect()
    }

    /// What it returns, if it says so.
    pub(crate) fn out(&self) -> Option<&Type> {
        match &self.sig.output {
            ReturnType::Type(_, ty) => Some(ty),
            ReturnType::Default => None,
        }
    }

    /// The type of the future that calling it gives. A future that cannot be sent to another thread
    /// is refused at the `fn`; the compiler's notes say by what.
    pub(crate) fn future(&self) -> TokenStream {
        quote_spanned! { self.sig.fn_token.span =>
            impl ::core::future::Future<Output = Self::Out> + ::core::marker::Send
        }
    }

    /// Its arguments; what cannot be one is noted and left out.
    pub(crate) fn arguments(&self, sink: &mut Sink) -> Vec<Argument> {
        let typed = self.sig.inputs.iter().filter_map(|argument| match argument {
            FnArg::Typed(argument) => Some(argument),
            FnArg::Receiver(_) => None,
        });
        let mut arguments = Vec::new();
        for argument in typed {
            let (name, span) = match &*argument.pat {
                Pat::Ident(pat) => (pat.ident.to_string(), pat.ident.span()),
                Pat::Wild(pat) => ("_".to_owned(), pat.underscore_token.span),
                other => {
                    let message = "name this argument, and take it apart in the function's body";
                    sink.on(other, message);
                    (taken_apart(other).unwrap_or_default(), other.span())
                }
            };
            let ty = (*argument.ty).clone();
            let name = name.strip_prefix("r#").unwrap_or(&name).to_owned();
            arguments.push(Argument { name, span, ty });
        }
        arguments
    }

    /// Asks what every annotated function must be, whatever it is annotated with.
    pub(crate) fn check(&self, place: &str, sink: &mut Sink) {
        if self.sig.asyncness.is_none() {
            sink.at(
                self.sig.fn_token.span,
                format!("`{place}` annotates an `async fn`: make it one"),
            );
        }
        if let Some(receiver) = self.sig.receiver() {
            sink.on(receiver, format!("`{place}` annotates a free function: it has no `self`"));
        }
        if !self.sig.generics.params.is_empty() {
            let message = format!("`{place}` annotates one concrete function: name the types");
            sink.on(&self.sig.generics.params, message);
        }
        let taken = self.sig.inputs.iter().filter_map(|argument| match argument {
            FnArg::Typed(argument) => Some(&*argument.ty),
            FnArg::Receiver(_) => None,
        });
        for ty in taken.chain(self.out()).filter(|ty| matches!(ty, Type::ImplTrait(_))) {
            sink.on(ty, "name this type: what it takes and answers is described by its type");
        }
        if matches!(self.sig.output, ReturnType::Default) {
            let message = "this returns nothing: it must return a `Result<T, E>`";
            sink.at(self.sig.ident.span(), message);
        }
    }
}

/// The name in `Path(shot)`: it is what the argument would be called.
fn taken_apart(pat: &Pat) -> Option<String> {
    let Pat::TupleStruct(pat) = pat else { return None };
    match pat.elems.first() {
        Some(Pat::Ident(pat)) => Some(pat.ident.to_string()),
        _ => None,
    }
}

/// The name of a function whose signature does not parse, so that lists still find it.
///
/// Where the item is a function nothing is said: the compiler has refused it before.
pub(crate) fn unparsed(place: &str, item: &TokenStream, sink: &mut Sink) -> Option<Ident> {
    let mut tokens = item.clone().into_iter();
    let is_fn = |token: &TokenTree| matches!(token, TokenTree::Ident(ident) if ident == "fn");
    if !tokens.any(|token| is_fn(&token)) {
        sink.on(item, format!("`{place}` annotates an `async fn`"));
        return None;
    }
    match tokens.next() {
        Some(TokenTree::Ident(name)) => Some(name),
        _ => None,
    }
}

/// Lints that ask of a function what its annotation forbids or already says.
pub(crate) fn allowed() -> TokenStream {
    quote! {
        #[allow(
            clippy::unused_async,
            clippy::missing_errors_doc,
            clippy::needless_pass_by_value,
        )]
    }
}

/// The type behind `&mut`, if it is called `wanted`.
pub(crate) fn exclusive<'t>(ty: &'t Type, wanted: &str) -> Option<&'t Type> {
    match ty {
        Type::Reference(reference) if reference.mutability.is_some() => {
            ty::is(&reference.elem, wanted).then_some(&*reference.elem)
        }
        _ => None,
    }
}

/// A constant that tells where an item stands.
pub(crate) fn source() -> TokenStream {
    quote! {
        ::jewel_core::macros::Source { file: ::core::file!(), line: ::core::line!() }
    }
}

/// The documented items that show a word's help when somebody points at it.
pub(crate) fn help(known: &[Ident]) -> TokenStream {
    let items = known.iter().map(|word| quote!(let _ = ::jewel_core::macros::words::#word;));
    items.collect::<TokenStream>().into_token_stream()
}
