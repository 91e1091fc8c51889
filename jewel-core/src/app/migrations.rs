//! `migrate` and `migrations`: a database brought up to date and back, and the migrations
//! themselves, generated and checked.

use std::path::PathBuf;
use std::process::ExitCode;

use serde_json::json;

use super::cli::{Target, put};
use super::serve::Ground;
use super::{App, Error};
use crate::db;
use crate::entity::{self, Folder, HistoryError, Scratch, Stated};
use crate::generate::{self, pretty};

/// What becomes of a database.
#[derive(Debug, Clone, clap::Subcommand)]
pub(super) enum MigrateWhat {
    /// Apply what is missing (the default).
    Up,
    /// Undo the last migration, or all behind a version.
    Down {
        /// The version to go back to; 0 undoes all.
        #[arg(long, value_name = "VERSION")]
        to: Option<i64>,
        /// Allow it to lose what is in the database.
        #[arg(long)]
        lossy: bool,
    },
    /// List the migrations, and which are applied.
    Status {
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
}

/// What becomes of the migrations.
#[derive(Debug, Clone, clap::Subcommand)]
pub(super) enum MigrationsWhat {
    /// Write the migration from what there is to what the entities mean.
    Generate {
        /// What it does, as `add_notes`.
        name: String,
        #[command(flatten)]
        place: Place,
        /// Print what has to be said first, and what was written, as JSON.
        #[arg(long)]
        json: bool,
    },
    /// Write an empty migration, to be filled in by hand.
    New {
        /// What it does, as `split_names`.
        name: String,
        #[command(flatten)]
        place: Place,
    },
    /// Prove that entities, migrations and snapshot say the same, there and back.
    Check {
        #[command(flatten)]
        place: Place,
    },
    /// Print the reference of the tables, or keep it in a file.
    Docs(Target),
    /// List the migrations, and which are applied (the default).
    Status {
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
}

/// Where the migrations are, and where they are tried.
#[derive(Debug, Clone, clap::Args)]
pub(super) struct Place {
    /// The folder in which `migrations` and `sql` stand.
    #[arg(long, value_name = "FOLDER", default_value = ".")]
    root: PathBuf,
    /// A server on which databases are made and dropped; a private one where none is named.
    #[arg(long, value_name = "URL", env = "JEWEL_SCRATCH_URL", hide_env_values = true)]
    server: Option<String>,
}

/// Runs `migrate`.
pub(super) async fn migrate(app: &App, ground: &Ground, what: MigrateWhat) -> Result<(), Error> {
    let urls = ground.urls().await?;
    match what {
        MigrateWhat::Up => {
            db::migrate(&urls.owner, app.migrations).await?;
            println!("the database is up to date");
        }
        MigrateWhat::Down { to, lossy } => {
            let Some(migrator) = app.migrations else { return Ok(()) };
            let all = db::migrations(&urls.owner, app.migrations).await?;
            let mut done = all.iter().rev().filter(|m| m.own && m.applied).map(|m| m.version);
            let last = done.next().unwrap_or(0);
            let to = to.unwrap_or_else(|| done.next().unwrap_or(0)).min(last);
            for name in db::undo(&urls.owner, migrator, to, lossy).await? {
                println!("undone  {name}");
            }
            println!("the database is at version {to}");
        }
        MigrateWhat::Status { json } => status(app, ground, json).await?,
    }
    Ok(())
}

/// Lists the migrations, and which are applied.
async fn status(app: &App, ground: &Ground, json: bool) -> Result<(), Error> {
    let urls = ground.urls().await?;
    let all = db::migrations(&urls.owner, app.migrations).await?;
    if json {
        let all = all.iter().map(|m| {
            let of = if m.own { app.name } else { "jewel" };
            json!({ "of": of, "version": m.version, "name": m.name, "applied": m.applied })
        });
        print!("{}", pretty(&all.collect()));
        return Ok(());
    }
    for m in all {
        let of = if m.own { "app" } else { "jewel" };
        let state = if m.applied { "applied" } else { "pending" };
        println!("{state}  {of} {:04} {}", m.version, m.name);
    }
    Ok(())
}

/// Runs `migrations`.
pub(super) async fn migrations(
    app: &App,
    ground: &Ground,
    what: MigrationsWhat,
) -> Result<ExitCode, Error> {
    match what {
        MigrationsWhat::Status { json } => status(app, ground, json).await?,
        MigrationsWhat::Docs(target) => {
            put(app, "migrations docs", &target, &generate::tables(&app.manifest()?))?;
        }
        MigrationsWhat::New { name, place } => {
            let written = entity::begin(&Folder::new(place.root), &name).await?;
            told(&written, false);
        }
        MigrationsWhat::Generate { name, place, json } => {
            let (stated, folder) = (stated(app)?, Folder::new(&place.root));
            let mut scratch = Scratch::new(place.server.as_deref()).await?;
            let generated = entity::generate(&stated, &folder, &name, &mut scratch).await;
            scratch.close().await?;
            match generated {
                Ok(written) => told(&written, json),
                Err(HistoryError::Unclear(problems)) if json => {
                    print!("{}", pretty(&json!({ "problems": problems })));
                    return Ok(ExitCode::FAILURE);
                }
                Err(error) => return Err(error.into()),
            }
        }
        MigrationsWhat::Check { place } => {
            let (stated, folder) = (stated(app)?, Folder::new(&place.root));
            let mut scratch = Scratch::new(place.server.as_deref()).await?;
            let checked = entity::check(&stated, &folder, &mut scratch).await;
            scratch.close().await?;
            checked?;
            println!("entities, migrations and snapshot say the same");
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn told(written: &[PathBuf], json: bool) {
    let names: Vec<String> = written.iter().map(|path| path.display().to_string()).collect();
    if json {
        print!("{}", pretty(&json!({ "written": names })));
    } else if names.is_empty() {
        println!("nothing to do: the migrations lead to what the entities mean");
    } else {
        for name in names {
            println!("written  {name}");
        }
    }
}

fn stated(app: &App) -> Result<Stated, Error> {
    let dropped = app.modules.iter().flat_map(|module| &module.dropped);
    Ok(Stated {
        entities: app.manifest()?.entities,
        dropped: dropped.map(|table| (*table).to_owned()).collect(),
    })
}
