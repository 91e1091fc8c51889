//! What the annotations write, and nothing a person would: names that expansions stand on, the two
//! lists, and the words whose help an editor shows.
//!
//! An expansion names only what is re-exported here, so that an application needs no dependency for
//! its sake (but `garde`, whose derive writes `::garde`).

use std::fmt::Display;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;

use crate::manifest;
use crate::problem::codes;

pub use crate::http::{
    Call, Endpoint, Extract, FromBody, Input, Listed, NoBody, NoTx, Open, Output, Reject, Route,
    Url,
};
pub use crate::job;
pub mod entity {
    //! What `#[entity]` writes.
    pub use sqlx::postgres::PgArguments;

    pub use crate::entity::{Column, Definition, Described, Entity, Refers, field};
    pub use crate::manifest::entity as model;

    /// A value that `Debug` does not show.
    #[derive(Clone, Copy)]
    pub struct Hidden<'v, T>(pub &'v T);

    impl<T> std::fmt::Debug for Hidden<'_, T> {
        fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("...")
        }
    }

    /// Where an annotation stands, as `file:line`.
    pub fn at(source: super::Source) -> String {
        format!("{}:{}", source.file, source.line)
    }
}
pub use crate::manifest::{
    Argument, Declared, Describe, Kind, Limit, Per, Repeat, Slo, Source, Verb,
};
pub use crate::problem::{Details, Problem};
pub use crate::state::{Missing, States};
pub use {garde, schemars, serde, sqlx};

/// What RFC 3986 lets stand in a path as it is.
const KEPT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// What an argument from the head knows to do: to read itself, and to describe itself.
pub type Taken<T> =
    (fn(&mut Call, &'static str) -> Result<T, Reject>, fn(&'static str, &mut Describe));

/// What a problem that another passes on knows to do: to describe and to tell itself.
pub type Flattened<T> = (fn(&mut Describe), fn(&T) -> Details);

/// A value as a segment of a path.
pub fn segment(value: impl Display) -> String {
    utf8_percent_encode(&value.to_string(), KEPT).to_string()
}

/// Adds a problem that an operation can answer, once.
pub fn problem(
    describe: &mut Describe,
    status: u16,
    code: &'static str,
    members: Vec<(&str, Value)>,
) {
    let named = members.into_iter().map(|(name, schema)| (name.to_owned(), schema));
    let problem = manifest::Problem {
        status,
        code: code.to_owned(),
        title: Details::new(status, code, "").title(),
        members: named.collect(),
    };
    if !describe.problems.contains(&problem) {
        describe.problems.push(problem);
    }
}

/// Adds what becomes of an error that is nobody's business.
pub fn internal(describe: &mut Describe) {
    for code in [codes::INTERNAL, codes::UNAVAILABLE] {
        problem(describe, code.status, code.code, Vec::new());
    }
}

/// Lists annotated endpoints: `endpoints![order, show, admin::list]`.
///
/// A name is that of the function, by whatever path reaches it. What is listed nowhere is not
/// served; `cargo xtask lint` finds it.
///
/// ```
/// use jewel_core::{NoContent, Problem, endpoints, get};
///
/// #[derive(Debug, thiserror::Error, Problem)]
/// enum Never {}
///
/// /// Says that the service is there.
/// #[get("/v1/ping", access(public))]
/// async fn ping() -> Result<NoContent, Never> {
///     Ok(NoContent)
/// }
///
/// assert_eq!(endpoints![ping][0].entry.declared.path, "/v1/ping");
/// ```
#[macro_export]
macro_rules! endpoints {
    ($($name:path),* $(,)?) => {
        &[$(<$name as $crate::macros::Listed>::ROUTE),*]
    };
}

/// Lists annotated jobs: `jobs![render, mail::send]`.
///
/// A name is that of the function, by whatever path reaches it. A job that is listed nowhere is run
/// by no worker; `cargo xtask lint` finds it.
#[macro_export]
macro_rules! jobs {
    ($($name:path),* $(,)?) => {
        &[$(<$name as $crate::macros::job::Listed>::TASK),*]
    };
}

/// Lists annotated structs: `entities![Shot, Photo]`.
///
/// What is listed nowhere has no table.
#[macro_export]
macro_rules! entities {
    ($($name:path),* $(,)?) => {
        &[$($crate::macros::entity::Definition::of::<$name>()),*]
    };
}

/// One item per word of the annotations: pointing at a word shows the item's text.
pub mod words {
    /// `access(public | user | account)`: who may call. Required.
    ///
    /// - `public`: anybody, known or not.
    /// - `user`: a person in a session.
    /// - `account`: a person, or a program acting for the person's account.
    ///
    /// The guard answers 401 or 403 before the body is read; the handler's `Caller<_>` is the
    /// evidence that it said yes.
    pub fn access() {}

    /// `limit(30 / minute, per = account)`: how often.
    ///
    /// May be said again: a call must be within every limit, the application's default included.
    /// The window is `second`, `minute`, `hour` or `day`, and refills evenly (GCRA). `per` says
    /// whose calls count together: `global`, `ip`, `user` or `account`; left out, it is `ip` for
    /// `access(public)`, else `account`. Beyond it: 429 with `Retry-After`.
    ///
    /// On a job, `limit(4, per = account)`: how many of its queue run at once, in all processes
    /// together. `per` names a field of the arguments, jobs with the same value count together and
    /// take turns with those of others; left out, all of the queue do; `per = process` counts in
    /// each process alone. All jobs of a queue say the same.
    pub fn limit() {}

    /// `idempotent`: a request that is sent twice has one effect. For POST and PATCH.
    ///
    /// The client must send an `Idempotency-Key`. The answer is stored in the handler's own
    /// transaction, so the handler takes `tx: &mut Tx`; the same key with the same body replays it,
    /// with another body is 422, and while the first is still running 409.
    pub fn idempotent() {}

    /// `repeatable`: a request that is sent twice has its effect twice. For POST and PATCH, where
    /// that does no harm.
    pub fn repeatable() {}

    /// `slo(p95 = 200ms, available = 99.9)`: what the operation promises; either part may stand
    /// alone. Alerts and dashboards are made of it.
    ///
    /// - `p95`: the latency that 95 % of requests stay under.
    /// - `available`: the percentage of requests that are not answered by a 5xx.
    pub fn slo() {}

    /// `deadline = 30s`: how long a request may take in all, in place of the application's default.
    /// Later than that it is answered 503, and the handler's transaction is rolled back.
    pub fn deadline() {}

    /// `body = 10MiB`: the largest body, in place of the application's default. A larger one is
    /// answered 413. Units: `B kB MB GB KiB MiB GiB`.
    pub fn body() {}

    /// `queue = renders`: where the job waits; `default` where nothing is said.
    pub fn queue() {}

    /// `priority = urgent | normal | background`: which of the waiting jobs run first; `normal`
    /// where nothing is said.
    pub fn priority() {}

    /// `retry(8, 2s..5m)`: how many attempts there are in all, and the shortest and longest wait in
    /// between, which doubles from one to the other; `retry(20, 2s..1h)` where nothing is said.
    pub fn retry() {}

    /// `timeout = 3m`: how long one attempt may take; `5m` where nothing is said.
    pub fn timeout() {}

    /// `rate(10 / second, burst = 5)`: how many jobs of the queue begin in a time, in all processes
    /// together, by the database's clock. After a pause, as many as `burst` begin at once; left
    /// out, as many as the count. All jobs of a queue say the same.
    pub fn rate() {}

    /// `unique(shot, until = start)`: while there is one, a second one with the same fields is not
    /// enqueued: its ticket is the first one's, and says `duplicate`. Without fields, all of the
    /// arguments count. Until it is over (`finish`, where nothing is said), until it begins to run
    /// (`start`), or for a time after it was enqueued (`10m`).
    pub fn unique() {}

    /// `schedule("0 4 * * *", zone = "Europe/Berlin", missed = last)`: enqueued by the clock, once
    /// in the cluster for each time, with the `Default` of its arguments; `Job::tick` tells the
    /// time. Minute, hour, day of month, month, weekday; `UTC` where no zone is named. Of times at
    /// which no process ran: `skip` passes over them, `last` makes one job for all of them (where
    /// nothing is said), `all` makes one for each.
    pub fn schedule() {}

    /// `keep = 7d`: how long what is known of a job is kept after it did its work; a day where
    /// nothing is said, `keep = none` for not at all. One that failed for good is kept for 14 days.
    pub fn keep() {}

    /// `batch = 100`: one call takes up to so many that wait, as `Vec<Args>`, in one slot. What it
    /// returns is a `Result` for all of them, or a `Vec` of one for each; each is tried again, and
    /// ends, by itself.
    pub fn batch() {}

    /// `encrypted`: the arguments and the result are sealed before the database has them, under a
    /// key derived from `auth.key`. Operators see them only by `jobs show --reveal`. What the job
    /// says in errors and progress is not sealed.
    pub fn encrypted() {}

    /// `on_dead = tell_support`: the job that is enqueued when this one ends dead or poisoned, in
    /// the transaction that writes that end. Its first argument is `Dead<Args>`, with the arguments
    /// of this job, or `Dead`, for those of any.
    pub fn on_dead() {}

    /// `table = "shots"`: the table, in schema `public`. Required.
    pub fn table() {}

    /// `owner = account`: the field that names the account whose row it is. Row-level security goes
    /// by it: in a transaction of another account the row does not exist.
    pub fn owner() {}

    /// `names = Account`: the rows are named by an `Id<Account>`, where not by an `Id` of the
    /// struct itself. Every other `Id<Account>` of an entity refers to this table.
    pub fn names() {}

    /// `may(insert, update(status), delete)`: what the application's role may do with rows, beside
    /// reading them. Where nothing is said it may do everything; `may()` is reading alone.
    pub fn may() {}

    /// `append_only`: rows are added, and neither changed nor deleted.
    pub fn append_only() {}

    /// `index(account, created_at desc, name = shots_list)`: what rows are found by. A text is an
    /// expression. Beside the parts: `only = "status = 'queued'"` (which rows are in it),
    /// `include(status)`, `unique`, `method = gin`, `name = ..`.
    pub fn index() {}

    /// `check("width > height")`: an SQL expression that holds for every row.
    pub fn check() {}

    /// `foreign(account, photo, to = Photo(account, id), on_delete = set_null(photo))`: columns
    /// that name a row of another entity together.
    pub fn foreign() {}

    /// `fillfactor = 80`: the percentage of a page that inserts fill; the rest is for updates.
    pub fn fillfactor() {}

    /// `was = "pictures"`: the table's former name: its rows are kept.
    pub fn was() {}

    /// `dropped(note)`: columns that are meant to go, with what is in them.
    pub fn dropped() {}
}
