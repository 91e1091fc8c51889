//! Is an endpoint right? Nothing but questions; each mistake is noted at its place, with its mend.
//!
//! What needs types to answer (is this an extractor, has that a schema) is left to the compiler.

use proc_macro2::{Ident, Span};
use syn::{LitStr, Type};

use super::Verb;
use super::parse::Annotation;
use super::path::Path;
use crate::doc::Doc;
use crate::handler::{self, Argument, Handler};
use crate::sink::Sink;
use crate::ty;
use crate::word::access::Access;
use crate::word::endpoint::Words;
use crate::word::limit::Per;
use crate::word::repeat::Repeat;

/// An endpoint, as far as its tokens tell.
pub(crate) struct Endpoint {
    pub(crate) verb: Verb,
    pub(crate) path: Path,
    pub(crate) doc: Doc,
    pub(crate) words: Words,
    /// The words as they stand in the source, for their help.
    pub(crate) known: Vec<Ident>,
    /// Its arguments, in order.
    pub(crate) arguments: Vec<(Argument, Role)>,
    /// Whether the function can be called at all: its shape is that of a handler.
    pub(crate) sound: bool,
}

/// What an argument is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// The request's head, or what the application knows.
    Head,
    /// The body, read whole.
    Body,
    /// The body, read by the handler.
    Upload,
    /// The transaction.
    Tx,
}

/// Asks everything.
pub(crate) fn endpoint(
    verb: Verb,
    annotation: Annotation,
    handler: &Handler,
    sink: &mut Sink,
) -> Endpoint {
    let Annotation { path: literal, words, heard } = annotation;
    let path = literal.as_ref().map(|path| Path::of(path, sink)).unwrap_or_default();
    let anchor = literal.as_ref().map_or_else(Span::call_site, LitStr::span);
    if literal.is_some() && words.access.is_none() && !heard.meant("access") {
        let message = "who may call? Say `access(public)`, `access(user)` or `access(account)`";
        sink.at(anchor, message);
    }
    let doc = doc(handler, sink);
    limits(&words, sink);
    let before = sink.count();
    handler.check(verb.place(), sink);
    let arguments = roles(handler.arguments(sink), sink);
    let sound = sink.count() == before;
    if literal.is_some() {
        segments(&path, anchor, &arguments, sink);
    }
    callers(words.access, &arguments, sink);
    let meant = literal.is_none() || heard.meant("idempotent") || heard.meant("repeatable");
    repeat(verb, &words, meant, anchor, &arguments, sink);
    body(verb, &words, &arguments, sink);
    Endpoint { verb, path, doc, words, known: heard.known, arguments, sound }
}

fn doc(handler: &Handler, sink: &mut Sink) -> Doc {
    let doc = handler.doc();
    if doc.summary.is_empty() {
        let message = "say in one line what it does, as a doc comment (`/// ..`): it is the \
                       operation's summary in the documents";
        sink.at(handler.sig.ident.span(), message);
    }
    doc
}

/// Gives every argument its role; what spoils the shape is noted.
fn roles(arguments: Vec<Argument>, sink: &mut Sink) -> Vec<(Argument, Role)> {
    let mut given: Vec<(Argument, Role)> = Vec::new();
    for argument in arguments {
        let role = role(&argument.ty, sink);
        let reads = |role: Role| matches!(role, Role::Body | Role::Upload);
        let second = given.iter().any(|(_, other)| {
            (reads(role) && reads(*other)) || (role == Role::Tx && *other == Role::Tx)
        });
        match role {
            Role::Tx if second => {
                sink.on(&argument.ty, "one transaction is all there is: take one");
            }
            _ if second => {
                sink.on(&argument.ty, "a request has one body: put all fields into one `#[input]`");
            }
            _ => {}
        }
        given.push((argument, role));
    }
    let at = |role: Role| given.iter().find(|(_, other)| *other == role);
    if let (Some((tx, _)), Some(_)) = (at(Role::Tx), at(Role::Upload)) {
        let message = "an `Upload` streams, and a transaction would stay open as long: take \
                       `State<Db>`, and begin one when the stream has ended";
        sink.on(&tx.ty, message);
    }
    given
}

fn role(ty: &Type, sink: &mut Sink) -> Role {
    if handler::exclusive(ty, "Tx").is_some() {
        return Role::Tx;
    }
    match ty {
        Type::Reference(reference) if ty::is(&reference.elem, "Tx") => {
            sink.on(ty, "a transaction is taken as `&mut Tx`");
            Role::Tx
        }
        Type::Reference(_) => {
            sink.on(ty, "an argument is taken by value; only `tx: &mut Tx` is borrowed");
            Role::Head
        }
        _ if ty::is(ty, "Tx") => {
            sink.on(ty, "a transaction is taken as `&mut Tx`: it is committed after the handler");
            Role::Tx
        }
        _ if ty::is(ty, "Body") => Role::Body,
        _ if ty::is(ty, "Upload") => Role::Upload,
        _ => Role::Head,
    }
}

/// Path segments and `Path` arguments must have the same names.
fn segments(path: &Path, anchor: Span, arguments: &[(Argument, Role)], sink: &mut Sink) {
    let paths = || arguments.iter().map(|(argument, _)| argument).filter(|a| ty::is(&a.ty, "Path"));
    for segment in path.segments() {
        if !paths().any(|argument| argument.name == *segment) {
            let message = format!(
                "the path's `{{{segment}}}` has no argument: add `{segment}: Path<..>` to the \
                 function"
            );
            sink.at(anchor, message);
        }
    }
    for argument in paths() {
        if !path.segments().any(|segment| argument.name == *segment) {
            let message =
                format!("the path has no segment `{{{}}}`: add it, or rename this", argument.name);
            sink.at(argument.span, message);
        }
    }
}

/// A `Caller<_>` must be one that `access(..)` proves.
fn callers(access: Option<Access>, arguments: &[(Argument, Role)], sink: &mut Sink) {
    let Some(access) = access else { return };
    for (argument, _) in arguments.iter().filter(|(argument, _)| ty::is(&argument.ty, "Caller")) {
        let wanted = match ty::inner(&argument.ty).and_then(ty::name) {
            Some(name) if name == "Public" => Access::Public,
            Some(name) if name == "User" => Access::User,
            Some(name) if name == "Account" => Access::Account,
            _ => continue,
        };
        if !access.proves(wanted) {
            let (said, wanted) = (access.word(), wanted.word());
            let message = format!("`access({said})` proves no such caller: say `access({wanted})`");
            sink.on(&argument.ty, message);
        }
    }
}

/// A limit can count only by what `access(..)` makes known.
fn limits(words: &Words, sink: &mut Sink) {
    let Some(access) = words.access else { return };
    for (per, span) in words.limits.iter().filter_map(|limit| limit.per) {
        let mend = match (per, access) {
            (Per::User, Access::Public) => "say `per = ip`, or `access(user)`",
            (Per::Account, Access::Public) => "say `per = ip`, or `access(account)`",
            (Per::User, Access::Account) => "say `per = account`, or `access(user)`",
            _ => continue,
        };
        let message = format!("`access({})` does not prove it: {mend}", access.word());
        sink.at(span, message);
    }
}

fn repeat(
    verb: Verb,
    words: &Words,
    meant: bool,
    anchor: Span,
    arguments: &[(Argument, Role)],
    sink: &mut Sink,
) {
    let has = |role: Role| arguments.iter().any(|(_, other)| *other == role);
    match words.repeat {
        None if verb.idempotent() || meant => {}
        None => sink.at(
            anchor,
            "what happens when this is sent twice? Say `idempotent` (one effect, by an \
             `Idempotency-Key`) or `repeatable` (an effect each time)",
        ),
        Some((_, span)) if verb == Verb::Get => {
            sink.at(span, "a GET changes nothing, so a repetition is harmless: leave this out");
        }
        Some((_, span)) if verb.idempotent() => {
            let place = verb.place();
            let message =
                format!("HTTP says that `{place}` is idempotent by itself: leave this out");
            sink.at(span, message);
        }
        Some((Repeat::Once, span)) if has(Role::Upload) => sink.at(
            span,
            "an `Upload` streams, so it cannot be compared with an earlier one: say `repeatable`",
        ),
        Some((Repeat::Once, span)) if !has(Role::Tx) => sink.at(
            span,
            "the record of an `idempotent` call is stored in the handler's own transaction: take \
             `tx: &mut Tx`",
        ),
        Some(_) => {}
    }
}

fn body(verb: Verb, words: &Words, arguments: &[(Argument, Role)], sink: &mut Sink) {
    let read = arguments.iter().find(|(_, role)| matches!(role, Role::Body | Role::Upload));
    match (read, words.body) {
        (Some((argument, _)), _) if !verb.reads_body() => {
            let message =
                format!("`{}` has no body: take `Query<..>`, or another verb", verb.place());
            sink.on(&argument.ty, message);
        }
        (None, Some((_, span))) => {
            sink.at(
                span,
                "this endpoint reads no body, so there is nothing to limit: leave it out",
            );
        }
        _ => {}
    }
}
