//! The application that the framework's own tests stand on: every stage, nothing else.

use futures_util::stream;
use jewel_core::http::{Upload, UploadProblem};
use jewel_core::live::{Event, Events};
use jewel_core::{
    Account, App, Body, Caller, Clock, Created, Id, Module, Path, Problem, Public, Query, State,
    Tx, User, db, endpoints, get, input, output, post,
};
use sqlx::migrate::Migrator;

static MIGRATIONS: Migrator = sqlx::migrate!("./migrations");

/// A note to keep.
#[input]
pub struct NewNote {
    /// Its title.
    #[garde(length(chars, min = 1, max = 80))]
    pub title: String,
    /// Its stars.
    #[garde(range(max = 5))]
    pub stars: u8,
    /// Words that describe it.
    #[garde(length(max = 3), inner(length(chars, min = 1, max = 10)))]
    #[serde(default)]
    pub tags: Vec<String>,
}

/// A note.
#[output]
pub struct Note {
    /// Its number.
    pub id: i64,
    /// Its title.
    pub title: String,
}

/// How many there are.
#[output]
pub struct Count {
    /// How many.
    pub count: i64,
}

/// What can be wrong with notes.
#[derive(Debug, thiserror::Error, Problem)]
pub enum NoteProblem {
    /// The title is one that nobody wants.
    #[error("{name} is kept already")]
    #[problem(409, "note_kept")]
    Kept {
        /// The title.
        name: String,
    },
    /// The upload is refused.
    #[error(transparent)]
    #[problem(flatten)]
    Upload(#[from] UploadProblem),
    /// The database.
    #[error("internal error")]
    #[problem(internal)]
    Internal(#[from] db::Error),
}

impl From<sqlx::Error> for NoteProblem {
    fn from(error: sqlx::Error) -> Self {
        Self::Internal(error.into())
    }
}

/// Keep a note.
///
/// A title of `kept` is refused after the note was inserted, so that tests see it undone.
#[post("/v1/notes", access(account), idempotent)]
pub async fn keep(
    caller: Caller<Account>,
    note: Body<NewNote>,
    tx: &mut Tx,
) -> Result<Created<Note>, NoteProblem> {
    let title = note.into_inner().title;
    let id = sqlx::query_scalar("insert into note (account, title) values ($1, $2) returning id")
        .bind(caller.account())
        .bind(&title)
        .fetch_one(&mut *tx)
        .await?;
    if title == "kept" {
        return Err(NoteProblem::Kept { name: title });
    }
    Ok(Created::at(show::path(id), Note { id, title }))
}

/// Show a note.
#[get("/v1/notes/{note}", access(account))]
pub async fn show(note: Path<i64>, tx: &mut Tx) -> Result<Note, NoteProblem> {
    let title = sqlx::query_scalar("select title from note where id = $1")
        .bind(note.0)
        .fetch_optional(&mut *tx)
        .await?;
    Ok(Note { id: note.0, title: title.unwrap_or_default() })
}

/// Count the notes that the caller can see.
#[get("/v1/notes", access(account))]
pub async fn count(tx: &mut Tx) -> Result<Count, NoteProblem> {
    let count = sqlx::query_scalar("select count(*) from note").fetch_one(&mut *tx).await?;
    Ok(Count { count })
}

/// What to wait for.
#[input]
pub struct Wait {
    /// Milliseconds: none, or longer than the deadline.
    #[garde(range(max = 60_000))]
    pub ms: u64,
    /// Whether to panic afterwards.
    #[serde(default)]
    pub panic: bool,
}

/// Wait a while.
#[get("/v1/waits", access(public), deadline = 300ms)]
pub async fn wait(wait: Query<Wait>) -> Result<Count, NoteProblem> {
    if wait.ms > 0 {
        std::future::pending::<()>().await;
    }
    assert!(!wait.panic, "asked to");
    Ok(Count { count: 1 })
}

/// Do something often.
#[post("/v1/calls", access(user), limit(3 / minute, per = user), repeatable)]
pub async fn call(_caller: Caller<User>, _note: Body<NewNote>) -> Result<Count, NoteProblem> {
    Ok(Count { count: 1 })
}

/// Count an upload's bytes.
#[post("/v1/files", access(public), body = 64KiB, repeatable)]
pub async fn upload(_caller: Caller<Public>, upload: Upload) -> Result<Count, NoteProblem> {
    let mut file = upload.file().await?;
    let mut count = 0;
    while let Some(piece) = file.chunk().await? {
        count += i64::try_from(piece.len()).unwrap_or(i64::MAX);
    }
    file.finish().await?;
    Ok(Count { count })
}

/// Two events, and what time it is.
#[get("/v1/events", access(public))]
pub async fn events(_clock: State<Clock>) -> Result<Events<Count>, NoteProblem> {
    let event = |count| Event::json("count", &Count { count }).ok();
    Ok(Events::new(stream::iter([1, 2].into_iter().filter_map(event))))
}

/// A long text, to be compressed.
#[get("/v1/texts", access(public))]
pub async fn text() -> Result<Note, NoteProblem> {
    Ok(Note { id: 1, title: "gold ".repeat(1000) })
}

/// The application.
pub fn app() -> App {
    let all = endpoints![keep, show, count, wait, call, upload, events, text];
    App::new("shop", "1.0.0")
        .migrations(&MIGRATIONS)
        .module(Module::new("notes", "Notes.").endpoints(all))
}

/// A new account's client.
pub fn somebody(test: &jewel_core::testing::TestApp) -> jewel_core::testing::Client {
    test.user(Id::new(), Id::new())
}
