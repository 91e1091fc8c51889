//! The commands that every application has.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};

use super::jobs::{self, Checkup, JobsWhat, Listing, ScheduleWhat};
use super::migrations::{self, MigrateWhat, MigrationsWhat};
use super::serve::{Ground, Role};
use super::{App, Error};
use crate::config::Sources;
use crate::generate::{self, ensure, pretty};

/// The commands that every application has.
#[derive(Debug, Parser)]
struct Command {
    /// The file of settings, in place of `jewel.toml`.
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    /// A setting, as `http.listen=127.0.0.1:8000`; may be repeated.
    #[arg(long, global = true, value_name = "NAME=VALUE")]
    set: Vec<String>,
    /// Allow a release build what is for development only: the private database, generated keys.
    #[arg(long, global = true)]
    dev: bool,
    #[command(subcommand)]
    what: Option<What>,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Answer requests and work on jobs (the default).
    Serve {
        /// What this process does.
        #[arg(long, value_enum, default_value = "all")]
        role: Role,
    },
    /// Print the application as data, or the JSON Schema of that.
    Manifest {
        /// Print the JSON Schema of the manifest.
        #[arg(long)]
        schema: bool,
    },
    /// Print the `OpenAPI` document, or keep it in a file.
    Openapi(Target),
    /// Bring the database up to date, or back.
    Migrate {
        #[command(subcommand)]
        what: Option<MigrateWhat>,
    },
    /// Generate and check migrations, and list which are applied.
    Migrations {
        #[command(subcommand)]
        what: Option<MigrationsWhat>,
    },
    /// Look at jobs, run them again, cancel them; pause queues.
    Jobs {
        #[command(subcommand)]
        what: Option<JobsWhat>,
    },
    /// Look at what is enqueued by the clock, pause it, run it now.
    Schedule {
        #[command(subcommand)]
        what: Option<ScheduleWhat>,
    },
    /// Print the reference of all settings, or keep it in a file.
    Settings(Target),
    /// Check the settings, the database and the queue, and say what is wrong.
    Doctor(Checkup),
}

/// Where a generated document goes.
#[derive(Debug, Clone, clap::Args)]
pub(super) struct Target {
    /// The file; without it the document is printed.
    #[arg(long, value_name = "PATH")]
    out: Option<PathBuf>,
    /// Write nothing: fail where the file is out of date.
    #[arg(long, requires = "out")]
    check: bool,
}

/// Runs an application by its command line.
pub fn main(app: App) -> ExitCode {
    let command = Command::command().name(app.name).version(app.version).about(app.title);
    let matches = command.get_matches();
    let command = match Command::from_arg_matches(&matches) {
        Ok(command) => command,
        Err(error) => error.exit(),
    };
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return fail(&error),
    };
    match runtime.block_on(run(app, command)) {
        Ok(code) => code,
        Err(error) => fail(&error),
    }
}

/// Prints an error with its causes.
fn fail(error: &dyn std::error::Error) -> ExitCode {
    eprintln!("error: {error}");
    let mut source = error.source();
    while let Some(cause) = source {
        eprintln!("  because: {cause}");
        source = cause.source();
    }
    ExitCode::FAILURE
}

async fn run(app: App, command: Command) -> Result<ExitCode, Error> {
    let sources = Sources::process(command.config, command.set);
    let what = command.what.unwrap_or(What::Serve { role: Role::All });
    let ground = || Ground::new(&app, &sources, command.dev);
    let done = ExitCode::SUCCESS;
    match what {
        What::Serve { role } => {
            let ground = ground()?;
            Box::pin(app.serve(ground, role)).await?;
        }
        What::Manifest { schema: true } => print!("{}", pretty(&generate::manifest_schema())),
        What::Manifest { schema: false } => {
            let manifest = serde_json::to_value(app.manifest()?).unwrap_or_default();
            print!("{}", pretty(&manifest));
        }
        What::Openapi(target) => {
            put(&app, "openapi", &target, &pretty(&generate::openapi(&app.manifest()?)))?;
        }
        What::Settings(target) => {
            put(&app, "settings", &target, &generate::settings(&(app.sections)()))?;
        }
        What::Migrate { what } => {
            migrations::migrate(&app, &ground()?, what.unwrap_or(MigrateWhat::Up)).await?;
        }
        What::Migrations { what } => {
            let what = what.unwrap_or(MigrationsWhat::Status { json: false });
            return migrations::migrations(&app, &ground()?, what).await;
        }
        What::Jobs { what } => {
            let what = what.unwrap_or_else(|| JobsWhat::List(Listing::default()));
            return jobs::jobs(&app, &ground()?, what).await;
        }
        What::Schedule { what } => {
            let what = what.unwrap_or(ScheduleWhat::List { json: false });
            return jobs::schedule(&app, &ground()?, what).await;
        }
        What::Doctor(checkup) => return super::doctor::doctor(&app, ground(), checkup).await,
    }
    Ok(done)
}

/// Prints a generated document, or keeps its file.
pub(super) fn put(app: &App, name: &str, target: &Target, text: &str) -> Result<(), Error> {
    let Some(path) = &target.out else {
        print!("{text}");
        return Ok(());
    };
    let command = format!("{} {name} --out {}", app.name, path.display());
    Ok(ensure(path, text, target.check, &command)?)
}
