//! Tables stated by structs: what an entity is, and what follows of it.
//!
//! `#[entity]` writes an [`Entity`]: its description as data and its plain statements. Everything
//! about the schema reads the descriptions alone:
//!
//! ```text
//! entities ──render──▶ DDL ──scratch database──▶ catalogue ─┐
//! committed snapshot ───────────────────────────────────────┴──plan──▶ steps, up and down
//! ```
//!
//! Two catalogues are compared, never two texts: PostgreSQL rewrites every expression it is given.

mod catalogue;
mod column;
mod difference;
mod folder;
mod history;
mod name;
mod pattern;
mod plan;
mod problem;
mod rename;
mod render;
mod resolve;
mod scratch;

use std::any::TypeId;

use sqlx::FromRow;
use sqlx::postgres::PgRow;

pub use catalogue::{Catalogue, live, read};
use catalogue::{Policy, Security, Table};
pub use column::{Column, Field, field};
pub use folder::{Folder, FolderError};
pub use history::{HistoryError, Stated, begin, check, generate};
pub use plan::Unclear;
pub use problem::RowProblem;
use render::render;
pub use resolve::resolve;
pub use scratch::{Made, Scratch};

use crate::manifest::entity as model;

/// A table's rows as values, by `#[entity]`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no entity",
    label = "this has no table",
    note = "annotate the struct: `#[entity(table = \"..\")]`"
)]
pub trait Entity: for<'r> FromRow<'r, PgRow> + Send + Unpin {
    /// The table.
    const TABLE: &'static str;

    /// What the annotation says.
    fn describe() -> Described;
}

/// An entity as data, before it is known which tables there are.
#[derive(Debug)]
pub struct Described {
    /// What the annotation says; no column refers to anything yet.
    pub entity: model::Entity,
    /// What names its rows: an `Id` of this.
    pub names: TypeId,
    /// What each column names.
    pub refers: Vec<Refers>,
}

/// What a column names.
#[derive(Debug)]
pub struct Refers {
    /// The column.
    pub column: &'static str,
    /// What it is an identifier of; `None` where it is none.
    pub to: Option<TypeId>,
    /// What becomes of the row when that one goes.
    pub on_delete: Option<&'static str>,
}

/// An entity in the list of a module.
#[derive(Debug, Clone, Copy)]
pub struct Definition {
    /// What its annotation says.
    pub describe: fn() -> Described,
}

impl Definition {
    /// That of `T`.
    pub const fn of<T: Entity>() -> Self {
        Self { describe: T::describe }
    }
}
