//! The annotations of jewel. Use them through `jewel_core`, which re-exports every one.
//!
//! An annotation stands on a real item, which is emitted untouched. It yields constants (what is
//! declared, as plain data) and a few lines that name the item's own types, so that the compiler
//! judges those. Nothing is decided at run time, and nothing is registered behind one's back: what
//! is annotated is listed in `endpoints![..]` or `jobs![..]`.
//!
//! Every annotation is a folder of three rooms, passed in one direction: `parse` (what stands
//! there), `valid` (is it right: every mistake is collected, none hides another), `expand` (what it
//! becomes). The words are shared, one file each, in `word`.

mod column;
mod doc;
mod endpoint;
mod entity;
mod handler;
mod input;
mod job;
mod near;
mod output;
mod problem;
mod sink;
mod ty;
mod wire;
mod word;

#[cfg(test)]
mod tests;

use proc_macro::TokenStream;

use endpoint::Verb;

/// An endpoint that reads: `GET`.
///
/// ```text
/// /// Show one shot.
/// #[get("/v1/shots/{shot}", access(account), limit(300 / minute))]
/// pub async fn show(
///     caller: Caller<Account>,
///     shot: Path<Id<Shot>>,
///     tx: &mut Tx,
/// ) -> Result<ShotView, ShotProblem> {
///     Ok(Shot::find(tx, *shot).await?.into())
/// }
/// ```
///
/// It stands on an `async fn` whose doc comment says what it does: its first paragraph is the
/// operation's summary, the rest its description. All five verbs share one grammar:
///
/// | word | meaning | |
/// |---|---|---|
/// | `"/v1/shots/{shot}"` | the path; a segment is an argument `shot: Path<..>` | required, first |
/// | `access(public \| user \| account)` | who may call | required |
/// | `limit(30 / minute, per = account)` | how often | may be said again |
/// | `idempotent`, `repeatable` | what a repetition does | one of them on POST and PATCH |
/// | `slo(p95 = 200ms, available = 99.9)` | what it promises | |
/// | `deadline = 30s` | how long it may take in all | |
/// | `body = 10MiB` | the largest body | |
///
/// A rate counts per `second`, `minute`, `hour` or `day`, for `global`, `ip`, `user` or `account`.
/// Times are `ns us ms s m h d`, sizes `B kB MB GB KiB MiB GiB`.
///
/// # Arguments
///
/// In any order, each by the last name of its type: one `Body<T>` (`T` an `#[input]`) or `Upload`;
/// `&mut Tx`, a transaction that is opened last, committed on `Ok` and rolled back on `Err`; and
/// whatever implements `Extract`: `Caller<_>`, `Path<_>`, `Query<_>`, `State<_>`, and types of your
/// own.
///
/// # What it yields
///
/// The function as it stands, and beside it, under the same name, what `endpoints![show]` lists and
/// `show::path(shot)`, the operation's URL.
///
/// # Errors
///
/// Every mistake is told once, where it stands: a missing `access(..)`, an unknown word (with the
/// nearest), a segment without its argument and the reverse, a second body, a `Caller<_>` that
/// `access(..)` does not prove, a figure without its unit. Words that are foreseen are refused as
/// not available yet.
#[proc_macro_attribute]
pub fn get(words: TokenStream, item: TokenStream) -> TokenStream {
    endpoint::annotate(Verb::Get, words.into(), &item.into()).into()
}

/// An endpoint that creates, or does something: `POST`.
///
/// ```text
/// /// Start a studio shot of a photo.
/// #[post("/v1/photos/{photo}/shots", access(account), limit(30 / minute), idempotent)]
/// pub async fn order(
///     caller: Caller<Account>,
///     photo: Path<Id<Photo>>,
///     order: Body<OrderShot>,
///     tx: &mut Tx,
/// ) -> Result<Accepted<ShotView>, ShotProblem> { .. }
/// ```
///
/// The grammar is that of [`macro@get`]. What happens when a request is sent twice must be said:
/// `idempotent` (one effect; the client sends an `Idempotency-Key`, and the handler takes
/// `tx: &mut Tx`, in which the answer is stored) or `repeatable` (an effect each time).
#[proc_macro_attribute]
pub fn post(words: TokenStream, item: TokenStream) -> TokenStream {
    endpoint::annotate(Verb::Post, words.into(), &item.into()).into()
}

/// An endpoint that replaces: `PUT`.
///
/// ```text
/// /// Replace the shop's address.
/// #[put("/v1/address", access(account))]
/// pub async fn replace(
///     address: Body<Address>,
///     tx: &mut Tx,
/// ) -> Result<NoContent, ShopProblem> { .. }
/// ```
///
/// The grammar is that of [`macro@get`]. HTTP says that a PUT is idempotent by itself, so neither
/// `idempotent` nor `repeatable` is said.
#[proc_macro_attribute]
pub fn put(words: TokenStream, item: TokenStream) -> TokenStream {
    endpoint::annotate(Verb::Put, words.into(), &item.into()).into()
}

/// An endpoint that changes a part: `PATCH`.
///
/// ```text
/// /// Rename a photo.
/// #[patch("/v1/photos/{photo}", access(account), repeatable)]
/// pub async fn rename(
///     photo: Path<Id<Photo>>,
///     name: Body<Name>,
///     tx: &mut Tx,
/// ) -> Result<PhotoView, PhotoProblem> { .. }
/// ```
///
/// The grammar is that of [`macro@get`]; `idempotent` or `repeatable` must be said, as for
/// [`macro@post`].
#[proc_macro_attribute]
pub fn patch(words: TokenStream, item: TokenStream) -> TokenStream {
    endpoint::annotate(Verb::Patch, words.into(), &item.into()).into()
}

/// An endpoint that removes: `DELETE`.
///
/// ```text
/// /// Remove a photo.
/// #[delete("/v1/photos/{photo}", access(account))]
/// pub async fn remove(
///     photo: Path<Id<Photo>>,
///     tx: &mut Tx,
/// ) -> Result<NoContent, PhotoProblem> { .. }
/// ```
///
/// The grammar is that of [`macro@get`]. It reads no body.
#[proc_macro_attribute]
pub fn delete(words: TokenStream, item: TokenStream) -> TokenStream {
    endpoint::annotate(Verb::Delete, words.into(), &item.into()).into()
}

/// A function that runs later, in a worker, with retries.
///
/// ```text
/// /// Render a shot.
/// #[job(queue = renders, priority = urgent, retry(8, 2s..5m), timeout = 3m)]
/// pub async fn render(
///     args: Render,
///     job: &mut Job,
///     studio: State<Studio>,
/// ) -> Result<Rendered, JobError> { .. }
///
/// Render { shot }.enqueue(tx).await?;
/// ```
///
/// | word | meaning | where nothing is said |
/// |---|---|---|
/// | `queue = renders` | where it waits | `default` |
/// | `priority = urgent \| normal \| background` | which of the waiting run first | `normal` |
/// | `retry(8, 2s..5m)` | attempts in all, shortest and longest wait | `retry(20, 2s..1h)` |
/// | `timeout = 3m` | how long one attempt may take | `5m` |
/// | `limit(4, per = account)` | how many run at once: per field, per `process`, or in all | none |
/// | `rate(10 / second, burst = 5)` | how many begin in a time | none |
/// | `unique(shot, until = start)` | a second one like it is the first one | none |
/// | `schedule("0 4 * * *", zone = "UTC")` | enqueued by the clock | none |
/// | `keep = 7d` | how long a completed one can be looked at | a day |
/// | `batch = 100` | how many one call takes at most, as `Vec<_>` | one |
/// | `encrypted` | arguments and result are sealed before the database has them | in plain |
/// | `on_dead = tell_support` | the job that is enqueued when one ends dead or poisoned | none |
///
/// # Arguments
///
/// First what is enqueued, by value: a type of your own that derives `Serialize`, `Deserialize` and
/// `JsonSchema`, for this job alone. Then, if wanted, `job: &mut Job` (progress, cancellation),
/// `tx: &mut Tx` (its commit is the job's end) and `State<_>`s.
///
/// # What it yields
///
/// The function as it stands; beside it, under the same name, what `jobs![render]` lists; and
/// `enqueue` on its arguments.
///
/// # Errors
///
/// As for [`macro@get`]: every mistake once, where it stands.
#[proc_macro_attribute]
pub fn job(words: TokenStream, item: TokenStream) -> TokenStream {
    job::annotate(words.into(), &item.into()).into()
}

/// A type that is read from a request: it can stand in `Body<_>` and `Query<_>`.
///
/// ```text
/// #[input]
/// pub struct OrderShot {
///     #[garde(length(chars, min = 1, max = 60))]
///     pub style: String,
///     #[garde(length(chars, max = 500))]
///     pub note: Option<String>,
///     pub urgent: bool,
/// }
/// ```
///
/// It stands on a struct with named fields, or on an enum whose variants have none (written in
/// `snake_case` on the wire), and derives `Deserialize` (unknown fields are refused), garde's
/// `Validate`, `JsonSchema` and `Debug`. Every field has its rule; `bool`, `Cursor`, `Id<_>`,
/// `Timestamp`, `Uuid` and options of them need none. The crate that uses it depends on `garde`.
///
/// A type that is written too carries `#[output]` as well. Derives of your own stand below.
///
/// # Errors
///
/// A field without a rule; `length(..)` on a text without `chars`, because it would count bytes
/// where the schema counts characters; `#[serde(rename..)]`, because the names on the wire are the
/// Rust names; `#[serde(flatten)]`, which would let unknown fields in.
#[proc_macro_attribute]
pub fn input(words: TokenStream, item: TokenStream) -> TokenStream {
    input::annotate(&words.into(), item.into()).into()
}

/// A type that is written into an answer.
///
/// ```text
/// #[output]
/// pub struct ShotView {
///     pub id: Id<Shot>,
///     pub status: ShotStatus,
///     pub created_at: Timestamp,
/// }
/// ```
///
/// It stands on a struct with named fields or on an enum (whose variants are written in
/// `snake_case`), and derives `Serialize`, `JsonSchema`, `Debug` and `Clone`. It is never the type
/// of a table's row, so that a new column leaks nowhere.
///
/// A type that is read too carries `#[input]` as well. Derives of your own stand below.
///
/// # Errors
///
/// `#[serde(rename..)]`, because the names on the wire are the Rust names.
#[proc_macro_attribute]
pub fn output(words: TokenStream, item: TokenStream) -> TokenStream {
    output::annotate(&words.into(), item.into()).into()
}

/// An error that callers are told about, as RFC 9457 has it.
///
/// ```text
/// #[derive(Debug, thiserror::Error, Problem)]
/// pub enum ShotProblem {
///     #[error("this shot costs {need} credits and {have} are left")]
///     #[problem(402, "insufficient_credits")]
///     InsufficientCredits { need: i64, have: i64 },
///     #[error(transparent)]
///     #[problem(flatten)]
///     Credit(#[from] CreditProblem),
///     #[error("internal error")]
///     #[problem(internal)]
///     Internal(#[from] db::Error),
/// }
/// ```
///
/// Each variant says one of three things:
///
/// - `#[problem(402, "insufficient_credits")]`: a status and a stable code in `snake_case`. The
///   text is the error's `Display`. Named fields become members of the answer (so they are
///   `Serialize` and `JsonSchema`), except those with `#[problem(skip)]`, a `#[source]` or a
///   `#[from]`, and `retry_after: Duration`, which becomes the header. The fields of a
///   tuple variant are never told; they are the log's.
/// - `#[problem(flatten)]`: what its one field is, itself a problem.
/// - `#[problem(internal)]`: nobody's business. Its one field is the cause, which only the log
///   sees; callers see 500, or 503 where something is used up for the moment.
///
/// Operations that return it document all of its codes.
///
/// # Errors
///
/// A variant that says nothing; a status that is no error's; a code that is not in `snake_case`, or
/// that another variant has.
#[proc_macro_derive(Problem, attributes(problem))]
pub fn problem(item: TokenStream) -> TokenStream {
    problem::derive(item.into()).into()
}

/// A struct that states a table.
///
/// ```text
/// /// A photo that was uploaded.
/// #[entity(table = "photos", owner = account, may(insert, delete),
///     index(account, created_at desc, id desc))]
/// pub struct Photo {
///     #[key]
///     pub id: Id<Photo>,
///     pub account: Id<Account>,
///     #[garde(length(chars, min = 1, max = 120))]
///     pub name: String,
///     pub format: PhotoFormat,
///     #[default("now()")]
///     pub created_at: Timestamp,
/// }
/// ```
///
/// A field is a column of its name; `Option` says that it may be absent. An `Id<_>` of another
/// entity refers to that one's table. Migrations are generated from all of them by `migrations
/// generate`, never at run time.
///
/// | word | meaning | |
/// |---|---|---|
/// | `table = "photos"` | the table, in schema `public` | required |
/// | `owner = account` | whose row it is: row-level security goes by this field | |
/// | `names = Account` | whose identifiers name its rows, if not the struct's own | |
/// | `may(insert, update(status), delete)` | what the application may do beside reading | all |
/// | `append_only` | it may add rows, and no more | |
/// | `index(account, created_at desc, ..)` | what rows are found by | may be said again |
/// | `unique(account, name)` | what no two rows have alike | may be said again |
/// | `check("width > height")` | what holds for every row | may be said again |
/// | `foreign(a, b, to = Photo(a, id))` | columns that name a row together | may be said again |
/// | `fillfactor = 80` | how full a page is made, in percent | |
/// | `was = "pictures"`, `dropped(note)` | a former name; columns that are meant to go | |
///
/// Beside an index's parts: `only = ".."`, `include(..)`, `unique`, `method = gin`. An index, a
/// check and what is unique or foreign can have a `name = ..`; PostgreSQL chooses one otherwise.
///
/// # Fields
///
/// | attribute | meaning |
/// |---|---|
/// | `#[key]` | part of the key |
/// | `#[unique]` | no two rows have it alike |
/// | `#[default("now()")]` | what it is where nothing is said: a new row need not say it |
/// | `#[generated("lower(email)")]` | what it always is |
/// | `#[garde(..)]` | `length(chars, ..)`, `range`, `pattern`: the database holds them too |
/// | `#[check("..")]` | what holds for it |
/// | `#[request_only]` | its rules are those of requests alone |
/// | `#[version]` | counts the row's changes, so that `update` notices a rival's |
/// | `#[pii]`, `#[secret]` | it tells something of a person; it lets somebody in |
/// | `#[references(none)]` | an identifier that no foreign key looks at |
/// | `#[references(on_delete = cascade)]` | what becomes of the row when the other one goes |
/// | `#[was("title")]` | the column's former name |
/// | `#[using("price::bigint")]` | how a value becomes one of a new type |
///
/// # What it yields
///
/// `FromRow`, `Debug`, and as far as `may` allows: `Photo::get`, `insert` of a `NewPhoto`,
/// `insert_all` in one statement, `update`, `delete`, and `page` where there is a `created_at`.
/// Other statements are SQL, written by hand.
///
/// # Errors
///
/// Every mistake is told once, where it stands: a missing table or key, a name that is no field
/// (with the nearest), a rule that the database does not know, a type that is no column.
#[proc_macro_attribute]
pub fn entity(words: TokenStream, item: TokenStream) -> TokenStream {
    entity::annotate(words.into(), item.into()).into()
}

/// An enum whose variants are words in a column: `text`, held to these words by a `CHECK`.
///
/// ```text
/// #[derive(Debug, Clone, Copy, PartialEq, Eq, Column)]
/// pub enum PhotoFormat {
///     Jpeg,
///     Png,
/// }
/// ```
///
/// The words are the variants' names in `snake_case`, as on the wire; `as_str` tells them.
#[proc_macro_derive(Column)]
pub fn column(item: TokenStream) -> TokenStream {
    column::derive(item.into()).into()
}
