//! An application's folder of migrations: what is there, and what is written.
//!
//! ```text
//! migrations/0005_notes.up.sql      what one version does, and how it is undone
//! migrations/0005_notes.down.sql
//! migrations/schema.json            the catalogue that they lead to
//! migrations/HEAD                   the last version: two branches that both add one conflict here
//! sql/*.sql                         what no entity states: functions, triggers, views, policies
//! ```

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::{fs, io};

use serde_json::{Value, json};
use sqlx::migrate::{MigrateError, Migrator};

use super::Catalogue;
use super::plan::Step;
use crate::generate::pretty;

/// How a snapshot says what it is.
const HEADER: &str = "the migrations beside it, by `migrations generate`; do not edit";

/// An application's folder, by its path.
#[derive(Debug, Clone)]
pub struct Folder(PathBuf);

/// Why a folder cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum FolderError {
    /// A file cannot be read or written.
    #[error("`{}` cannot be {done}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// `read` or `written`.
        done: &'static str,
        /// Why.
        source: io::Error,
    },
    /// The snapshot is none.
    #[error("`{}` is no snapshot: run `migrations generate`", path.display())]
    Snapshot {
        /// The file.
        path: PathBuf,
        /// Why.
        source: serde_json::Error,
    },
    /// The migrations cannot be read.
    #[error(transparent)]
    Migrations(#[from] MigrateError),
}

/// One version that is to be written: what it does, and how it is undone.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Version {
    /// The end of its name.
    pub name: String,
    /// The file that does it.
    pub up: String,
    /// The file that undoes it.
    pub down: String,
}

impl Folder {
    /// The folder at `root`, in which `migrations` and `sql` stand.
    pub fn new(root: impl Into<PathBuf>) -> Self {
        Self(root.into())
    }

    fn migrations(&self) -> PathBuf {
        self.0.join("migrations")
    }

    fn snapshot(&self) -> PathBuf {
        self.migrations().join("schema.json")
    }

    fn head(&self) -> PathBuf {
        self.migrations().join("HEAD")
    }

    /// Its migrations; none where there is no folder yet.
    ///
    /// # Errors
    /// Where one cannot be read.
    pub async fn migrator(&self) -> Result<Migrator, FolderError> {
        let path = self.migrations();
        if !path.is_dir() {
            return Ok(Migrator::with_migrations(Vec::new()));
        }
        Ok(Migrator::new(path.as_path()).await?)
    }

    /// The committed catalogue, where there is one.
    ///
    /// # Errors
    /// Where it cannot be read.
    pub fn catalogue(&self) -> Result<Option<Catalogue>, FolderError> {
        let path = self.snapshot();
        let text = match fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(source) => return Err(FolderError::Io { path, done: "read", source }),
        };
        let wrong = |source| FolderError::Snapshot { path: path.clone(), source };
        Catalogue::parse(&text).map(Some).map_err(wrong)
    }

    /// What no entity states, in the order of the files' names: each file's name and text.
    ///
    /// # Errors
    /// Where one cannot be read.
    pub fn by_hand(&self) -> Result<Vec<(String, String)>, FolderError> {
        let path = self.0.join("sql");
        let unreadable = |path: &Path| {
            let path = path.to_owned();
            move |source| FolderError::Io { path, done: "read", source }
        };
        let mut files = Vec::new();
        if !path.is_dir() {
            return Ok(files);
        }
        for entry in fs::read_dir(&path).map_err(unreadable(&path))? {
            let file = entry.map_err(unreadable(&path))?.path();
            if file.extension().is_some_and(|ext| ext == "sql") {
                let text = fs::read_to_string(&file).map_err(unreadable(&file))?;
                files.push((file.display().to_string(), text));
            }
        }
        files.sort();
        Ok(files)
    }

    /// Writes versions behind the last one, the snapshot and `HEAD`; the files' paths.
    ///
    /// # Errors
    /// Where one cannot be written.
    pub fn write(
        &self,
        name: &str,
        (last, head): (i64, String),
        versions: &[Version],
        catalogue: &Catalogue,
    ) -> Result<Vec<PathBuf>, FolderError> {
        let mut files = Vec::new();
        let mut head = Some(head).filter(|head| !head.is_empty());
        for (number, version) in (last + 1..).zip(versions) {
            let end =
                if version.name.is_empty() { String::new() } else { format!("_{}", version.name) };
            let stem = format!("{number:04}_{name}{end}");
            for (direction, text) in [("up", &version.up), ("down", &version.down)] {
                let file = self.migrations().join(format!("{stem}.{direction}.sql"));
                files.push((file, text.clone()));
            }
            head = Some(stem);
        }
        if let Some(head) = head {
            files.push((self.head(), format!("{head}\n")));
        }
        files.push((self.snapshot(), catalogue.text()));
        for (path, text) in &files {
            put(path, text)?;
        }
        Ok(files.into_iter().map(|(path, _)| path).collect())
    }
}

fn put(path: &Path, text: &str) -> Result<(), FolderError> {
    let wrong = |source| FolderError::Io { path: path.to_owned(), done: "written", source };
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(wrong)?;
    }
    fs::write(path, text).map_err(wrong)
}

impl Version {
    /// One that does nothing yet.
    pub fn empty() -> Self {
        const HINT: &str = "-- Quick statements; or one alone, behind `-- no-transaction` as the \
                            first line.\nset local lock_timeout = '100ms';\n\n";
        Self { name: String::new(), up: HINT.to_owned(), down: HINT.to_owned() }
    }
}

impl Catalogue {
    /// Reads the text of a snapshot.
    ///
    /// # Errors
    /// Where it is none.
    pub fn parse(text: &str) -> Result<Self, serde_json::Error> {
        let mut value: Value = serde_json::from_str(text)?;
        serde_json::from_value(value["catalogue"].take())
    }

    /// The text of a snapshot.
    pub fn text(&self) -> String {
        pretty(&json!({ "x-generated-by": HEADER, "catalogue": self }))
    }
}

/// The files that do and undo a version, from the steps there and back.
///
/// The last version is undone first, so the first step back stands in the last file.
pub fn versions(up: &[Step], down: &[Step]) -> Vec<Version> {
    let count = up.len().max(down.len());
    let mut versions = vec![Version::default(); count];
    for (at, version) in versions.iter_mut().enumerate() {
        let step = up.get(at);
        version.name = match (step, at) {
            (Some(step), _) => step.name.clone(),
            (None, _) => format!("part_{}", at + 1),
        };
        version.up = file(step);
        version.down = file(down.get(count - 1 - at));
    }
    versions
}

/// The text of a file.
fn file(step: Option<&Step>) -> String {
    const GENERATED: &str = "-- Generated by `migrations generate`; what is edited here is checked \
                             by `migrations check`.\n";
    let Some(step) = step else {
        return format!("{GENERATED}-- Nothing is to be done here.\nselect 1;\n");
    };
    let mut text = String::new();
    if step.alone {
        text.push_str("-- no-transaction\n-- squawk-disable-assume-in-transaction\n");
    }
    text.push_str(GENERATED);
    for lost in &step.loses {
        let _ = writeln!(text, "-- loses {lost}");
    }
    if !step.alone {
        text.push_str("set local lock_timeout = '100ms';\n");
    }
    for statement in &step.statements {
        // One statement without a transaction cannot say how long it waits.
        let rule = if step.alone { Some("require-lock-timeout") } else { meant(statement) };
        let meant = rule.map(|rule| format!("-- squawk-ignore {rule}\n"));
        let _ = writeln!(text, "\n{}{statement};", meant.unwrap_or_default());
    }
    text
}

/// The rule of squawk that warns of a statement which the source has asked for.
fn meant(statement: &str) -> Option<&'static str> {
    const RULES: &[(&str, &str, &str)] = &[
        ("alter table ", " drop column ", "ban-drop-column"),
        ("alter table ", " drop not null", "ban-drop-not-null"),
        // A rule that was proven in the file before says so already.
        ("alter table ", " set not null", "adding-not-nullable-field"),
        ("alter table ", " drop default", "ban-drop-default"),
        ("alter table ", " drop expression", "ban-drop-generated-expression"),
        ("alter table ", " drop constraint ", "ban-drop-constraint"),
        ("alter table ", " rename column ", "renaming-column"),
        ("alter table ", " rename constraint ", "renaming-object"),
        ("alter table ", " rename to ", "renaming-table"),
        ("alter table ", " type ", "changing-column-type"),
        ("alter index ", " rename to ", "renaming-object"),
        ("drop table ", "", "ban-drop-table"),
        ("drop view ", "", "ban-drop-view"),
        ("drop function ", "", "ban-drop-function"),
        ("drop extension ", "", "ban-drop-extension"),
    ];
    let says = |(begin, part, _): &&(&str, &str, &str)| {
        statement.starts_with(begin) && statement.contains(part)
    };
    RULES.iter().find(says).map(|(.., rule)| *rule)
}
