//! Is a job right? Nothing but questions; each mistake is noted where it stands, with the mend.

use proc_macro2::Ident;
use syn::Type;

use super::PLACE;
use crate::doc::Doc;
use crate::handler::{self, Argument, Handler};
use crate::sink::Sink;
use crate::ty;
use crate::word::Heard;
use crate::word::at_once::Scope;
use crate::word::job::Words;

/// A job, as far as its tokens tell.
pub(crate) struct Job {
    pub(crate) doc: Doc,
    pub(crate) words: Words,
    /// The words as they stand in the source, for their help.
    pub(crate) known: Vec<Ident>,
    /// Its arguments, in order.
    pub(crate) arguments: Vec<(Argument, Role)>,
    /// Whether the function can be called at all: its shape is that of a job.
    pub(crate) sound: bool,
}

/// What an argument is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// What was enqueued; the first.
    Args,
    /// The running job itself.
    Job,
    /// The transaction whose commit is its completion.
    Tx,
    /// A piece of the application's state.
    State,
}

/// Asks everything.
pub(crate) fn job(words: Words, heard: Heard, handler: &Handler, sink: &mut Sink) -> Job {
    let doc = handler.doc();
    if doc.summary.is_empty() {
        let message = "say in one line what it does, as a doc comment (`/// ..`): it is the job's \
                       summary in the documents";
        sink.at(handler.sig.ident.span(), message);
    }
    let before = sink.count();
    handler.check(PLACE, sink);
    let arguments = roles(&words, handler, sink);
    if let Some((args, Role::Args)) = arguments.first()
        && ty::is(&args.ty, "Dead")
    {
        buries(&words, &heard, sink);
    }
    let sound = sink.count() == before;
    Job { doc, words, known: heard.known, arguments, sound }
}

/// What died is enqueued by the database, which knows no fields, and never for ever.
fn buries(words: &Words, heard: &Heard, sink: &mut Sink) {
    let by_field = words.limits.iter().any(|limit| matches!(limit.scope, Scope::Field(_)));
    let refused = [
        ("on_dead", words.on_dead.is_some(), "no `on_dead`: it would bury itself for ever"),
        ("schedule", words.schedule.is_some(), "no `schedule`: the clock lets nothing die"),
        ("unique", words.unique.is_some(), "no `unique`: each death has one of its own"),
        ("limit", by_field, "no fields to be limited by: leave `per` out, or say `per = process`"),
    ];
    for (word, said, what) in refused {
        if let (true, Some(at)) = (said, heard.known.iter().find(|known| *known == word)) {
            sink.at(at.span(), format!("a job that takes what died has {what}"));
        }
    }
}

fn roles(words: &Words, handler: &Handler, sink: &mut Sink) -> Vec<(Argument, Role)> {
    let before = sink.count();
    let mut arguments = handler.arguments(sink).into_iter();
    let mut given = Vec::new();
    let batch = words.batch.is_some();
    match arguments.next() {
        Some(mut first) if ty::is(&first.ty, "Vec") && ty::inner(&first.ty).is_some() => {
            if !batch {
                let message = "a job that takes many at once says how many: `batch = 100`";
                sink.on(&first.ty, message);
            }
            first.ty = ty::inner(&first.ty).cloned().unwrap_or(first.ty);
            given.push((first, Role::Args));
        }
        Some(first) if batch => {
            let message = "with `batch`, a job takes what was enqueued together: `Vec<_>` of it";
            sink.on(&first.ty, message);
        }
        Some(first) if is_special(&first.ty) => {
            let message =
                "a job's first argument is what is enqueued: a type of your own, by value";
            sink.on(&first.ty, message);
        }
        Some(first) => given.push((first, Role::Args)),
        None if sink.count() > before || handler.sig.receiver().is_some() => {}
        None => {
            let message = "a job takes what is enqueued: add `args: Args`, a type of your own";
            sink.at(handler.sig.ident.span(), message);
        }
    }
    for argument in arguments {
        let role = match &argument.ty {
            ty if handler::exclusive(ty, "Job").is_some() => Role::Job,
            ty if handler::exclusive(ty, "Tx").is_some() => Role::Tx,
            ty if ty::is(ty, "State") && ty::inner(ty).is_some() => Role::State,
            ty if ty::is(ty, "Job") => {
                sink.on(ty, "the running job is taken as `&mut Job`");
                continue;
            }
            ty if ty::is(ty, "Tx") => {
                sink.on(ty, "the transaction is taken as `&mut Tx`: it commits with the job's end");
                continue;
            }
            ty => {
                let message = "after its arguments, a job takes `job: &mut Job`, `tx: &mut Tx` and \
                               `State<_>`s";
                sink.on(ty, message);
                continue;
            }
        };
        if batch && role != Role::State {
            let message = "with `batch`, a job is many: it takes `State<_>`s and opens its own \
                           transactions";
            sink.on(&argument.ty, message);
        }
        if role != Role::State && given.iter().any(|(_, other)| *other == role) {
            sink.on(&argument.ty, "there is one of these: take one");
        }
        given.push((argument, role));
    }
    given
}

/// Whether a type cannot be one of the application's own.
fn is_special(ty: &Type) -> bool {
    let foreign =
        ["State", "Job", "String", "Vec", "Option", "Id", "Uuid", "Timestamp", "bool", "char"];
    let named = ty::name(ty).map(ToString::to_string);
    !matches!(ty, Type::Path(_))
        || named.is_some_and(|name| foreign.contains(&name.as_str()) || ty::is_number(&name))
}
