//! One entity, five endpoints; `migrations generate notes --root examples/crud` made its migration.

use jewel_core::entity::RowProblem;
use jewel_core::{App, Body, Created, Id, Module, NoContent, Page, Paging, Path, Query, Tx};
use jewel_core::{Timestamp, delete, endpoints, entities, entity, get, input, output, post, put};

/// A note.
#[entity(table = "notes", index(created_at desc, id desc))]
pub struct Note {
    #[key]
    id: Id<Note>,
    #[garde(length(chars, min = 1, max = 500))]
    text: String,
    #[default("now()")]
    created_at: Timestamp,
}

/// What a note is to say.
#[input]
pub struct Write {
    #[garde(length(chars, min = 1, max = 500))]
    text: String,
}

/// A note, as it is shown.
#[output]
pub struct View {
    id: Id<Note>,
    text: String,
}

fn view(Note { id, text, .. }: Note) -> View {
    View { id, text }
}

/// Write a note.
#[post("/v1/notes", access(public), repeatable)]
async fn add(new: Body<Write>, tx: &mut Tx) -> Result<Created<View>, RowProblem> {
    let note = Note::insert(tx, NewNote { id: Id::new(), text: new.into_inner().text }).await?;
    Ok(Created::at(show::path(note.id), view(note)))
}

/// List notes, newest first.
#[get("/v1/notes", access(public))]
async fn list(part: Query<Paging>, tx: &mut Tx) -> Result<Page<View>, RowProblem> {
    Ok(Note::page(tx, &part).await?.map(view))
}

/// Show a note.
#[get("/v1/notes/{note}", access(public))]
async fn show(note: Path<Id<Note>>, tx: &mut Tx) -> Result<View, RowProblem> {
    Note::get(tx, *note).await?.map(view).ok_or(RowProblem::NotFound)
}

/// Let a note say something else.
#[put("/v1/notes/{note}", access(public))]
async fn change(note: Path<Id<Note>>, new: Body<Write>, tx: &mut Tx) -> Result<View, RowProblem> {
    let mut found = Note::get(tx, *note).await?.ok_or(RowProblem::NotFound)?;
    found.text = new.into_inner().text;
    found.update(tx).await?;
    Ok(view(found))
}

/// Delete a note.
#[delete("/v1/notes/{note}", access(public))]
async fn remove(note: Path<Id<Note>>, tx: &mut Tx) -> Result<NoContent, RowProblem> {
    Note::delete(tx, *note).await?.then_some(NoContent).ok_or(RowProblem::NotFound)
}

/// The application; its test uses it too.
pub fn app() -> App {
    static MIGRATIONS: sqlx::migrate::Migrator = sqlx::migrate!("../examples/crud/migrations");
    let notes = Module::new("notes", "Notes.").entities(entities![Note]);
    let notes = notes.endpoints(endpoints![add, list, show, change, remove]);
    App::new("notes", "1.0.0").migrations(&MIGRATIONS).module(notes)
}

fn main() -> std::process::ExitCode {
    jewel_core::main(app())
}
