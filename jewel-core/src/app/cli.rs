//! The commands that every application has.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};

use super::serve::{Ground, Role};
use super::{App, Error};
use crate::config::Sources;
use crate::db::{self, Db};
use crate::generate::{self, ensure, pretty};
use crate::job::{Cancel, JobId, Jobs};

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
    /// Bring the database up to date.
    Migrate,
    /// List the migrations, and which are applied.
    Migrations,
    /// Look at jobs.
    Jobs {
        #[command(subcommand)]
        what: Option<JobsWhat>,
    },
    /// Print the reference of all settings, or keep it in a file.
    Settings(Target),
    /// Check the settings, the database and the queue, and say what is wrong.
    Doctor,
}

/// Where a generated document goes.
#[derive(Debug, clap::Args)]
struct Target {
    /// The file; without it the document is printed.
    #[arg(long, value_name = "PATH")]
    out: Option<PathBuf>,
    /// Write nothing: fail where the file is out of date.
    #[arg(long, requires = "out")]
    check: bool,
}

#[derive(Debug, Subcommand)]
enum JobsWhat {
    /// How many jobs are where, by kind (the default).
    List,
    /// What is known of a job.
    Show {
        /// The job's number.
        id: i64,
    },
    /// Cancel a job.
    Cancel {
        /// The job's number.
        id: i64,
    },
    /// Run a finished or dead job again.
    Retry {
        /// The job's number.
        id: i64,
    },
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
        What::Migrate => {
            let urls = ground()?.urls().await?;
            db::migrate(&urls.owner, app.migrations).await?;
            println!("the database is up to date");
        }
        What::Migrations => migrations(&app, &ground()?).await?,
        What::Jobs { what } => {
            let ground = ground()?;
            return jobs(&app, &ground, what.unwrap_or(JobsWhat::List)).await;
        }
        What::Doctor => return super::doctor::doctor(&app, ground()).await,
    }
    Ok(done)
}

/// Prints a generated document, or keeps its file.
fn put(app: &App, name: &str, target: &Target, text: &str) -> Result<(), Error> {
    let Some(path) = &target.out else {
        print!("{text}");
        return Ok(());
    };
    let command = format!("{} {name} --out {}", app.name, path.display());
    Ok(ensure(path, text, target.check, &command)?)
}

async fn migrations(app: &App, ground: &Ground) -> Result<(), Error> {
    let urls = ground.urls().await?;
    for (name, applied) in db::migrations(&urls.owner, app.migrations).await? {
        println!("{}  {name}", if applied { "applied" } else { "pending" });
    }
    Ok(())
}

async fn jobs(app: &App, ground: &Ground, what: JobsWhat) -> Result<ExitCode, Error> {
    let urls = ground.urls().await?;
    let db = Db::new(&urls.app, &format!("{} jobs", app.name), &ground.settings.db)?;
    let jobs = Jobs::new(db);
    let said = match what {
        JobsWhat::List => {
            for (kind, place, count) in jobs.census().await? {
                println!("{count:>8}  {kind:<24} {place}");
            }
            return Ok(ExitCode::SUCCESS);
        }
        JobsWhat::Show { id } => match jobs.status(JobId(id)).await? {
            Some(status) => {
                println!("{status:#?}");
                return Ok(ExitCode::SUCCESS);
            }
            None => "there is no such job",
        },
        JobsWhat::Cancel { id } => match jobs.cancel(JobId(id)).await? {
            Cancel::Cancelled => return Ok(ExitCode::SUCCESS),
            Cancel::Requested => {
                println!("it runs; its worker was told");
                return Ok(ExitCode::SUCCESS);
            }
            Cancel::Over => "it is over, or there is no such job",
            Cancel::Busy => "it kept moving; try again",
        },
        JobsWhat::Retry { id } if jobs.retry(JobId(id)).await? => return Ok(ExitCode::SUCCESS),
        JobsWhat::Retry { .. } => "it is not finished, or there is no such job",
    };
    eprintln!("{said}");
    Ok(ExitCode::FAILURE)
}
