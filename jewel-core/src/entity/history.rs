//! What migrations lead to, held against what entities mean: generated, and proven.
//!
//! Nothing is written that was not run: a generated version is applied, undone and applied again in
//! a scratch database, and each time the catalogue must be the one that was planned for.

use std::path::PathBuf;

use sqlx::migrate::{Migration, Migrator};

use super::folder::{Folder, FolderError, Version, versions};
use super::plan::{Meant, Plan, Unclear, plan};
use super::rename::{Rename, renames};
use super::scratch::{Made, Scratch};
use super::{Catalogue, read, render};
use crate::db;
use crate::manifest::entity::Entity;

/// What an application states about its tables.
#[derive(Debug)]
pub struct Stated {
    /// Its entities.
    pub entities: Vec<Entity>,
    /// Tables that are meant to go.
    pub dropped: Vec<String>,
}

/// Why nothing was generated, or a check failed.
#[derive(Debug, thiserror::Error)]
pub enum HistoryError {
    /// The source has to say something first.
    #[error("{}", told(.0))]
    Unclear(Vec<Unclear>),
    /// Two of entities, migrations and snapshot do not say the same.
    #[error("{what}:\n{}", lines(differences))]
    Differs {
        /// Which two.
        what: &'static str,
        /// How.
        differences: Vec<String>,
    },
    /// A statement of an entity or of `sql/` is refused.
    #[error("`{of}` is refused by PostgreSQL")]
    Refused {
        /// Where it stands.
        of: String,
        /// What PostgreSQL says.
        source: db::Error,
    },
    /// A name that no file can have.
    #[error("`{0}` is no name for a migration: lower-case letters, digits and `_`, as `add_notes`")]
    Name(String),
    /// The folder cannot be used.
    #[error(transparent)]
    Folder(#[from] FolderError),
    /// The database cannot.
    #[error(transparent)]
    Db(#[from] db::Error),
}

fn told(problems: &[Unclear]) -> String {
    let told: Vec<String> = problems.iter().map(ToString::to_string).collect();
    told.join("\n")
}

fn lines(lines: &[String]) -> String {
    let lines: Vec<String> = lines.iter().map(|line| format!("  {line}")).collect();
    lines.join("\n")
}

/// Writes the migration from what is there to what the entities mean; the files, or none where
/// there is nothing to do.
///
/// # Errors
/// Where the source has to say something first.
pub async fn generate(
    stated: &Stated,
    folder: &Folder,
    name: &str,
    scratch: &mut Scratch,
) -> Result<Vec<PathBuf>, HistoryError> {
    named(name)?;
    let migrator = folder.migrator().await?;
    let (mut now, from) = applied(&migrator, scratch).await?;
    let (mut meant, to) = intended(stated, folder, scratch).await?;
    let renames = renames(&from, &stated.entities).map_err(HistoryError::Unclear)?;
    let up = way(&mut now, &renames, |r| &r.up, &to, &stated.meant()).await?;
    let back = Meant { back: true, ..Meant::default() };
    let undone: Vec<Rename> = renames.iter().rev().cloned().collect();
    let down = way(&mut meant, &undone, |r| &r.down, &from, &back).await?;
    let versions = versions(&up.steps, &down.steps);
    prove(&migrator, &versions, (&from, &to), scratch).await?;
    // After a migration by hand that leads there, the snapshot alone is written.
    if versions.is_empty() && folder.catalogue()?.as_ref() == Some(&to) {
        return Ok(Vec::new());
    }
    Ok(folder.write(name, last(&migrator), &versions, &to)?)
}

/// Writes an empty migration behind the last one; its files.
///
/// # Errors
/// Where the name is none, or a file cannot be written.
pub async fn begin(folder: &Folder, name: &str) -> Result<Vec<PathBuf>, HistoryError> {
    named(name)?;
    let migrator = folder.migrator().await?;
    let catalogue = folder.catalogue()?.unwrap_or_default();
    Ok(folder.write(name, last(&migrator), &[Version::empty()], &catalogue)?)
}

/// Proves that entities, migrations and snapshot say the same, and that every migration that can
/// be undone is.
///
/// # Errors
/// Everything in which they differ.
pub async fn check(
    stated: &Stated,
    folder: &Folder,
    scratch: &mut Scratch,
) -> Result<(), HistoryError> {
    let migrator = folder.migrator().await?;
    let (database, led) = applied(&migrator, scratch).await?;
    let (_, meant) = intended(stated, folder, scratch).await?;
    equal("the migrations do not lead to what the entities mean", &meant, &led)?;
    let snapshot = folder.catalogue()?.unwrap_or_default();
    equal("the snapshot is not what the migrations lead to", &led, &snapshot)?;
    let Made { url, mut connection } = database;
    db::undo(&url, &migrator, db::undoable(&migrator), true).await?;
    migrator.run(&mut connection).await.map_err(db::Error::from)?;
    let again = read(&mut connection).await?;
    equal("undone and done again, the migrations lead elsewhere", &led, &again)
}

fn named(name: &str) -> Result<(), HistoryError> {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    if name.is_empty() || !name.chars().all(plain) {
        return Err(HistoryError::Name(name.to_owned()));
    }
    Ok(())
}

/// The last version, and its name as in its file's.
fn last(migrator: &Migrator) -> (i64, String) {
    let name = |m: &Migration| format!("{:04}_{}", m.version, m.description.replace(' ', "_"));
    let last = migrator.iter().max_by_key(|migration| migration.version);
    last.map(|m| (m.version, name(m))).unwrap_or_default()
}

impl Stated {
    fn meant(&self) -> Meant {
        let mut meant = Meant::default();
        meant.dropped_tables.extend(self.dropped.iter().cloned());
        for entity in &self.entities {
            let at = |column: &String| (entity.table.clone(), column.clone());
            meant.dropped.extend(entity.dropped.iter().map(at));
            for column in &entity.columns {
                if let Some(using) = &column.using {
                    meant.using.insert(at(&column.name), using.clone());
                }
            }
        }
        meant
    }
}

/// A database with these migrations, and its catalogue.
async fn applied(
    migrator: &Migrator,
    scratch: &mut Scratch,
) -> Result<(Made, Catalogue), HistoryError> {
    let mut made = scratch.database().await?;
    migrator.run(&mut made.connection).await.map_err(db::Error::from)?;
    let catalogue = read(&mut made.connection).await?;
    Ok((made, catalogue))
}

/// A database as the entities mean it, and its catalogue.
async fn intended(
    stated: &Stated,
    folder: &Folder,
    scratch: &mut Scratch,
) -> Result<(Made, Catalogue), HistoryError> {
    let mut made = scratch.database().await?;
    for (of, sql) in render(&stated.entities) {
        let refused = |source| HistoryError::Refused { of, source };
        made.run(&sql).await.map_err(refused)?;
    }
    for (file, sql) in folder.by_hand()? {
        let refused = |source| HistoryError::Refused { of: file, source };
        made.run(&sql).await.map_err(refused)?;
    }
    let catalogue = read(&mut made.connection).await?;
    Ok((made, catalogue))
}

/// The way from a database to a catalogue; its renames are done there first.
async fn way(
    made: &mut Made,
    renames: &[Rename],
    direction: fn(&Rename) -> &String,
    to: &Catalogue,
    meant: &Meant,
) -> Result<Plan, HistoryError> {
    let statements: Vec<String> = renames.iter().map(|r| direction(r).clone()).collect();
    for statement in &statements {
        made.run(statement).await?;
    }
    let from = read(&mut made.connection).await?;
    let plan = plan(&from, to, meant).map_err(HistoryError::Unclear)?;
    Ok(plan.after(statements))
}

/// Runs what is to be written: there, back, and there again.
async fn prove(
    migrator: &Migrator,
    versions: &[Version],
    (from, to): (&Catalogue, &Catalogue),
    scratch: &mut Scratch,
) -> Result<(), HistoryError> {
    let (mut made, _) = applied(migrator, scratch).await?;
    let refused = |version: &Version, way: &str| {
        let of = format!("{way} of the generated version `{}`", version.name);
        move |source| HistoryError::Refused { of, source }
    };
    for round in 0..2 {
        for version in versions {
            made.run(&version.up).await.map_err(refused(version, "the way up"))?;
        }
        let led = read(&mut made.connection).await?;
        equal("the generated migration does not lead to what the entities mean", to, &led)?;
        if round == 1 {
            break;
        }
        for version in versions.iter().rev() {
            made.run(&version.down).await.map_err(refused(version, "the way down"))?;
        }
        let back = read(&mut made.connection).await?;
        equal("the generated migration does not lead back", from, &back)?;
    }
    Ok(())
}

fn equal(what: &'static str, one: &Catalogue, other: &Catalogue) -> Result<(), HistoryError> {
    let differences = one.differences(other);
    if differences.is_empty() { Ok(()) } else { Err(HistoryError::Differs { what, differences }) }
}
