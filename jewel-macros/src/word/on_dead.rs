//! `on_dead = tell_support`: the job that is enqueued when this one dies.

use quote::ToTokens;
use syn::Path;

use super::{Read, Word, job};

/// The word.
pub(crate) const WORD: Word<job::Words> = Word {
    name: "on_dead",
    form: FORM,
    read: Read::Once(|said, words, sink| {
        let Some(value) = sink.take(said.value(FORM)) else { return };
        let path = value.to_token_stream();
        if syn::parse2::<Path>(path.clone()).is_err() {
            let message = "this names a job that takes what died: write `on_dead = tell_support`";
            return sink.on(&value, message);
        }
        words.on_dead = Some(path);
    }),
};

const FORM: &str = "on_dead = tell_support";
