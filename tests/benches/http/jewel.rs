//! The endpoint, annotated.

use jewel_core::Created;
use jewel_core::{
    App, Body, Caller, Module, Path, Problem, User, endpoints, get, input, output, post,
};

/// A note to keep.
#[input]
pub struct NewNote {
    /// Its title.
    #[garde(length(chars, min = 1, max = 80))]
    pub title: String,
    /// Its stars.
    #[garde(range(min = 0, max = 5))]
    pub stars: u8,
}

/// A note.
#[output]
pub struct Note {
    /// Its number.
    pub id: u32,
    /// Its title.
    pub title: String,
    /// Its stars.
    pub stars: u8,
}

/// Nothing goes wrong here.
#[derive(Debug, thiserror::Error, Problem)]
pub enum NoteProblem {}

/// Keep a note.
#[post("/v1/notes", access(user), limit(1_000_000 / second, per = user), repeatable)]
pub async fn keep(
    _caller: Caller<User>,
    note: Body<NewNote>,
) -> Result<Created<Note>, NoteProblem> {
    let NewNote { title, stars } = note.into_inner();
    Ok(Created::at(show::path(7), Note { id: 7, title, stars }))
}

/// Show a note.
#[get("/v1/notes/{note}", access(user))]
pub async fn show(note: Path<u32>) -> Result<Note, NoteProblem> {
    Ok(Note { id: note.0, title: "kept".to_owned(), stars: 5 })
}

/// The application.
pub fn app() -> App {
    let notes = Module::new("notes", "Notes.").endpoints(endpoints![keep, show]);
    App::new("notes", "1.0.0").module(notes)
}
