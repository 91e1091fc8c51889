//! What an annotation says, as constants: the compile-time half of the manifest.
//!
//! The macros write these values and nothing computes on them; `Manifest` is their serialisable
//! picture, and the running server reads them directly.

use std::time::Duration;

use super::describe::Describe;

/// Where an annotated item stands in the source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Source {
    /// The file, relative to the workspace.
    pub file: &'static str,
    /// The line, from 1.
    pub line: u32,
}

/// An HTTP method that an endpoint can have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Verb {
    /// Reads; safe and cacheable.
    Get,
    /// Creates, or does something.
    Post,
    /// Replaces.
    Put,
    /// Changes a part.
    Patch,
    /// Removes.
    Delete,
}

impl Verb {
    /// The method's name as HTTP writes it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
        }
    }
}

/// Who may call: the first word of `access(..)`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Anybody, known or not.
    Public,
    /// A person in a session.
    User,
    /// A person, or a program acting for the person's account.
    Account,
}

impl Kind {
    /// The word of the annotation.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::User => "user",
            Self::Account => "account",
        }
    }
}

/// Whose calls a limit counts together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Per {
    /// All calls of the application.
    Global,
    /// The client's address.
    Ip,
    /// The person.
    User,
    /// The account.
    Account,
}

impl Per {
    /// The word of the annotation.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Global => "global",
            Self::Ip => "ip",
            Self::User => "user",
            Self::Account => "account",
        }
    }
}

/// `limit(30 / minute, per = account)`: so many calls in a window, refilled evenly (GCRA).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Limit {
    /// The calls that a full window allows; at least 1.
    pub count: u32,
    /// The window.
    pub window: Duration,
    /// Whose calls count together.
    pub per: Per,
}

/// What happens when a caller sends one request twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Repeat {
    /// The method itself is idempotent (GET, PUT, DELETE): nothing to do.
    Natural,
    /// `idempotent`: an `Idempotency-Key` is required, and the stored answer is replayed.
    Once,
    /// `repeatable`: each call has its effect.
    Repeatable,
}

/// `slo(p95 = 200ms, available = 99.9)`: what the operation promises.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Slo {
    /// The latency that 95 % of requests stay under.
    pub p95: Option<Duration>,
    /// The percentage of requests that are not answered by a 5xx.
    pub available: Option<f64>,
}

/// One argument of a handler that is read from the request's head.
#[derive(Debug, Clone, Copy)]
pub struct Argument {
    /// The argument's name in the source.
    pub name: &'static str,
    /// Adds what it reads to the operation's description.
    pub describe: fn(&'static str, &mut Describe),
}

/// An endpoint's annotation.
#[derive(Debug, Clone, Copy)]
pub struct Declared {
    /// The function's name.
    pub name: &'static str,
    /// The Rust module it stands in, as `module_path!()` says it.
    pub module: &'static str,
    /// Where it stands.
    pub source: Source,
    /// The method.
    pub verb: Verb,
    /// The path, with `{segment}`s.
    pub path: &'static str,
    /// The names of the path's segments, in order.
    pub segments: &'static [&'static str],
    /// The doc comment's first paragraph.
    pub summary: &'static str,
    /// The rest of the doc comment.
    pub description: &'static str,
    /// Who may call.
    pub access: Kind,
    /// How often, beside the application's default.
    pub limits: &'static [Limit],
    /// What a repetition does.
    pub repeat: Repeat,
    /// What it promises.
    pub slo: Option<Slo>,
    /// How long it may take in all; the application's default where it says nothing.
    pub deadline: Option<Duration>,
    /// The largest body in bytes; the application's default where it says nothing.
    pub body_limit: Option<u64>,
    /// What it reads from the request's head.
    pub arguments: &'static [Argument],
}
