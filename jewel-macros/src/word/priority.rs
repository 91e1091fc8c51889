//! `priority = urgent | normal | background`: which jobs of a queue go first.

use proc_macro2::TokenStream;
use quote::quote;

use super::said::name;
use super::{Read, Word, job};

/// The word.
pub(crate) const WORD: Word<job::Words> = Word {
    name: "priority",
    form: FORM,
    read: Read::Once(|said, words, sink| {
        let Some(value) = sink.take(said.value(FORM)) else { return };
        words.priority = name(&value).and_then(|word| Priority::of(&word.to_string()));
        if words.priority.is_none() {
            sink.on(&value, "a priority is `urgent`, `normal` or `background`");
        }
    }),
};

const FORM: &str = "priority = urgent | normal | background";

/// Which jobs go first.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Priority {
    Urgent,
    #[default]
    Normal,
    Background,
}

impl Priority {
    fn of(word: &str) -> Option<Self> {
        match word {
            "urgent" => Some(Self::Urgent),
            "normal" => Some(Self::Normal),
            "background" => Some(Self::Background),
            _ => None,
        }
    }

    /// The choice as an expression.
    pub(crate) fn tokens(self) -> TokenStream {
        match self {
            Self::Urgent => quote!(::jewel_core::macros::job::Priority::Urgent),
            Self::Normal => quote!(::jewel_core::macros::job::Priority::Normal),
            Self::Background => quote!(::jewel_core::macros::job::Priority::Background),
        }
    }
}
