//! `schedule("0 4 * * *", zone = "Europe/Berlin", missed = last)`: enqueued by the clock. The
//! pattern and the zone are judged when the application checks itself.

use proc_macro2::{Literal, TokenStream};
use quote::quote;

use super::said::{Form, Piece, Said, name, text};
use super::{Read, Word, hear, job};
use crate::sink::Sink;

/// The word.
pub(crate) const WORD: Word<job::Words> = Word {
    name: "schedule",
    form: FORM,
    read: Read::Once(|said, words, sink| words.schedule = read(said, sink)),
};

const FORM: &str = "schedule = \"0 4 * * *\"";

/// When.
#[derive(Debug)]
pub(crate) struct Schedule {
    /// Minute, hour, day of month, month, day of week.
    pub(crate) pattern: Literal,
    /// The time zone whose clock counts.
    pub(crate) zone: Option<Literal>,
    /// What becomes of the times at which nobody was there.
    pub(crate) missed: Missed,
}

/// What becomes of the times at which nobody was there.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) enum Missed {
    Skip,
    #[default]
    Last,
    All,
}

impl Missed {
    /// The choice as an expression.
    pub(crate) fn tokens(self) -> TokenStream {
        match self {
            Self::Skip => quote!(::jewel_core::macros::job::Missed::Skip),
            Self::Last => quote!(::jewel_core::macros::job::Missed::Last),
            Self::All => quote!(::jewel_core::macros::job::Missed::All),
        }
    }
}

/// What may stand beside the pattern.
#[derive(Default)]
struct Beside {
    zone: Option<Literal>,
    missed: Option<Missed>,
}

const ZONE: Word<Beside> = Word {
    name: "zone",
    form: "zone = \"Europe/Berlin\"",
    read: Read::Once(|said, beside, sink| {
        let Some(value) = sink.take(said.value(ZONE.form)) else { return };
        beside.zone = text(&value, "a time zone is a text: write `zone = \"Europe/Berlin\"`", sink);
    }),
};

const MISSED: Word<Beside> = Word {
    name: "missed",
    form: "missed = skip | last | all",
    read: Read::Once(|said, beside, sink| {
        let Some(value) = sink.take(said.value(MISSED.form)) else { return };
        beside.missed = match name(&value).map(ToString::to_string).as_deref() {
            Some("skip") => Some(Missed::Skip),
            Some("last") => Some(Missed::Last),
            Some("all") => Some(Missed::All),
            _ => {
                sink.on(&value, "of missed times it is `skip`, `last` or `all`");
                None
            }
        };
    }),
};

fn read(said: &Said, sink: &mut Sink) -> Option<Schedule> {
    let mut pieces = match said.form {
        Form::Group(_) => sink.take(said.group(FORM))?,
        Form::Bare | Form::Value(_) => vec![sink.take(said.value(FORM))?],
    }
    .into_iter();
    let pattern = pieces.next().and_then(|piece| pattern(&piece, sink));
    let mut beside = Beside::default();
    hear("schedule(..)", quote!(#(#pieces),*), &[&ZONE, &MISSED], &mut beside, sink);
    let missed = beside.missed.unwrap_or_default();
    Some(Schedule { pattern: pattern?, zone: beside.zone, missed })
}

fn pattern(piece: &Piece, sink: &mut Sink) -> Option<Literal> {
    let wrong = "a schedule is minute, hour, day, month and weekday: write `\"0 4 * * *\"`";
    let text = text(piece, wrong, sink)?;
    if text.to_string().split_ascii_whitespace().count() == 5 {
        return Some(text);
    }
    sink.on(piece, wrong);
    None
}
