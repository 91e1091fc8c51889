//! `access(public | user | account)`: who may call. Required on every endpoint.

use proc_macro2::TokenStream;
use quote::quote;

use super::said::{Form, Said};
use super::{Read, Word, endpoint, hear, later};
use crate::sink::Sink;

/// The word.
pub(crate) const WORD: Word<endpoint::Words> = Word {
    name: "access",
    form: "access(public | user | account)",
    read: Read::Once(|said, words, sink| words.access = read(said, sink)),
};

/// Who may call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Access {
    Public,
    User,
    Account,
}

impl Access {
    /// The word of the annotation.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::User => "user",
            Self::Account => "account",
        }
    }

    /// The choice as an expression.
    pub(crate) fn tokens(self) -> TokenStream {
        match self {
            Self::Public => quote!(::jewel_core::macros::Kind::Public),
            Self::User => quote!(::jewel_core::macros::Kind::User),
            Self::Account => quote!(::jewel_core::macros::Kind::Account),
        }
    }

    /// Whether a caller of this kind is proven to be one of the `wanted` kind too.
    pub(crate) fn proves(self, wanted: Self) -> bool {
        match wanted {
            Self::Public => true,
            Self::User => self == Self::User,
            Self::Account => self != Self::Public,
        }
    }
}

const KINDS: &[&Word<Option<Access>>] = &[
    &Word {
        name: "public",
        form: "public",
        read: Read::Often(|s, a, k| one(Access::Public, s, a, k)),
    },
    &Word { name: "user", form: "user", read: Read::Often(|s, a, k| one(Access::User, s, a, k)) },
    &Word {
        name: "account",
        form: "account",
        read: Read::Often(|s, a, k| one(Access::Account, s, a, k)),
    },
    &later::SERVICE,
    &later::ADMIN,
    &later::CAN,
];

fn read(said: &Said, sink: &mut Sink) -> Option<Access> {
    let before = sink.count();
    let mut access = None;
    match &said.form {
        Form::Group(group) => _ = hear("access(..)", group.stream(), KINDS, &mut access, sink),
        Form::Bare | Form::Value(_) => {}
    }
    if access.is_none() && sink.count() == before {
        let message = "this does not say who may call: write `access(public)`, `access(user)` or \
                       `access(account)`";
        sink.at(said.word.span(), message);
    }
    access
}

fn one(kind: Access, said: &Said, access: &mut Option<Access>, sink: &mut Sink) {
    sink.take(said.bare());
    if let Some(first) = access {
        let message = format!("who may call is said already: `{}`", first.word());
        return sink.at(said.word.span(), message);
    }
    *access = Some(kind);
}
