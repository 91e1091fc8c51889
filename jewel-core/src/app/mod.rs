//! An application: its features put together, checked, and run.
//!
//! It is plain data until [`main`] or a test runs it. Only this module loads settings, turns logs
//! and metrics on, and knows every other module.

mod admin;
mod check;
mod cli;
mod doctor;
mod documents;
mod error;
mod inventory;
mod jobs;
mod key;
mod migrations;
mod module;
mod mount;
mod schema;
mod serve;
mod settings;
mod setup;

#[cfg(test)]
mod tests;

pub use cli::main;
pub use error::{Error, SetupError};
pub use module::Module;
pub use settings::{Auth, Nothing, Settings};
pub use setup::Setup;

pub(crate) use setup::{Assembled, Environment};

use std::time::Duration;

use axum::Router;
use schemars::JsonSchema;
use serde::Serialize;
use serde::de::DeserializeOwned;
use sqlx::migrate::Migrator;

use crate::config::{self, Sources};
use crate::generate::Section;
use crate::http::{self, Named};
use crate::job::Definition;
use crate::manifest::{Describe, Limit, Manifest, Per};
use crate::state::States;

/// Makes a part of the application's state.
type Make = Box<dyn Fn(&Setup) -> Result<Insert, SetupError> + Send + Sync>;
/// Adds a part to the application's state.
pub(crate) type Insert = Box<dyn FnOnce(&mut States) + Send>;
/// Wraps the finished router.
type Wrap = Box<dyn Fn(Router) -> Router + Send + Sync>;
/// Loads all settings: the framework's, and the application's own section as state.
type Load = fn(&Sources) -> Result<(Settings, Insert), config::Error>;

/// An application.
///
/// ```no_run
/// use jewel_core::app::{App, Module};
/// use jewel_core::endpoints;
///
/// fn main() -> std::process::ExitCode {
///     let app = App::new("hello", "1.0.0").module(Module::new("hello", "Says hello."));
///     jewel_core::main(app)
/// }
/// ```
pub struct App {
    name: &'static str,
    title: &'static str,
    version: &'static str,
    description: &'static str,
    license: Option<&'static str>,
    modules: Vec<Module>,
    migrations: Option<&'static Migrator>,
    schema: Option<&'static str>,
    load: Load,
    sections: fn() -> Vec<Section>,
    states: Vec<Make>,
    wraps: Vec<Wrap>,
}

impl App {
    /// An application without features; the name is in kebab-case.
    pub fn new(name: &'static str, version: &'static str) -> Self {
        Self {
            name,
            title: name,
            version,
            description: "",
            license: None,
            modules: Vec::new(),
            migrations: None,
            schema: None,
            load: load::<Nothing>,
            sections: Section::all::<Settings>,
            states: Vec::new(),
            wraps: Vec::new(),
        }
    }

    /// Its name for people.
    #[must_use]
    pub fn title(mut self, title: &'static str) -> Self {
        self.title = title;
        self
    }

    /// What it is, in Markdown.
    #[must_use]
    pub fn description(mut self, description: &'static str) -> Self {
        self.description = description;
        self
    }

    /// The licence of its interface, as an SPDX expression.
    #[must_use]
    pub fn license(mut self, license: &'static str) -> Self {
        self.license = Some(license);
        self
    }

    /// Adds a feature.
    #[must_use]
    pub fn module(mut self, module: Module) -> Self {
        self.modules.push(module);
        self
    }

    /// The migrations of its own tables. An application with migrations or jobs has a database.
    #[must_use]
    pub fn migrations(mut self, migrations: &'static Migrator) -> Self {
        self.migrations = Some(migrations);
        self
    }

    /// The snapshot that the migrations lead to, `include_str!("../migrations/schema.json")`: a
    /// process whose database falls short of it is not ready, and says what is missing.
    #[must_use]
    pub fn schema(mut self, snapshot: &'static str) -> Self {
        self.schema = Some(snapshot);
        self
    }

    /// The type of its own settings: section `app`, and `State<S>` for handlers and jobs.
    #[must_use]
    pub fn settings<S>(mut self) -> Self
    where
        S: DeserializeOwned + Serialize + JsonSchema + Default + Send + Sync + 'static,
    {
        self.load = load::<S>;
        self.sections = Section::all::<Settings<S>>;
        self
    }

    /// Adds a part of the state, made when the application starts: `State<T>` for handlers and
    /// jobs. Parts are made in the order of their adding, and each can use the ones before it.
    #[must_use]
    pub fn state<T: Send + Sync + 'static>(
        mut self,
        make: impl Fn(&Setup) -> Result<T, SetupError> + Send + Sync + 'static,
    ) -> Self {
        self.states.push(Box::new(move |setup| {
            let value = make(setup)?;
            Ok(Box::new(move |states| states.insert(value)))
        }));
        self
    }

    /// Wraps the finished router, for instance in a tower layer: what no annotation can say.
    #[must_use]
    pub fn wrap(mut self, wrap: impl Fn(Router) -> Router + Send + Sync + 'static) -> Self {
        self.wraps.push(Box::new(wrap));
        self
    }

    /// Everything that does not fit together.
    ///
    /// # Errors
    /// All conflicts, each with its places.
    pub fn check(&self) -> Result<(), Error> {
        self.manifest().map(drop)
    }

    /// The whole application as data.
    ///
    /// # Errors
    /// All conflicts between its parts.
    pub fn manifest(&self) -> Result<Manifest, Error> {
        self.describe(&Settings::default()).map(|(manifest, _)| manifest)
    }

    /// The manifest under these settings, and what its types need.
    fn describe(&self, settings: &Settings) -> Result<(Manifest, Describe), Error> {
        let mut conflicts = check::conflicts(&self.endpoints(), &self.jobs());
        let mut describe = Describe::default();
        match inventory::manifest(self, settings, &mut describe) {
            Ok(manifest) if conflicts.is_empty() => Ok((manifest, describe)),
            Ok(_) => Err(Error::Conflicts(conflicts)),
            Err(more) => {
                conflicts.extend(more);
                Err(Error::Conflicts(conflicts))
            }
        }
    }

    fn endpoints(&self) -> Vec<Named> {
        let named = |module: &Module| {
            let name = module.name;
            module.endpoints.iter().map(move |route| Named::of(name, *route)).collect::<Vec<_>>()
        };
        self.modules.iter().flat_map(named).collect()
    }

    fn jobs(&self) -> Vec<(&'static str, Definition)> {
        let jobs = |module: &Module| {
            let name = module.name;
            module.jobs.iter().map(move |job| (name, *job)).collect::<Vec<_>>()
        };
        self.modules.iter().flat_map(jobs).collect()
    }

    /// Its settings, from these sources alone.
    #[cfg(feature = "testing")]
    pub(crate) fn load(&self, sources: &Sources) -> Result<(Settings, Insert), config::Error> {
        (self.load)(sources)
    }

    /// The migrations of its own tables.
    #[cfg(feature = "testing")]
    pub(crate) fn own_migrations(&self) -> Option<&'static Migrator> {
        self.migrations
    }

    /// Whether it has a database: its own tables, jobs, or handlers that open a transaction.
    fn has_db(&self) -> bool {
        let opens = |module: &Module| {
            !module.jobs.is_empty() || module.endpoints.iter().any(|route| route.entry.opens)
        };
        self.migrations.is_some() || self.modules.iter().any(opens)
    }
}

impl std::fmt::Debug for App {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("App")
            .field("name", &self.name)
            .field("modules", &self.modules)
            .finish_non_exhaustive()
    }
}

fn load<S>(sources: &Sources) -> Result<(Settings, Insert), config::Error>
where
    S: DeserializeOwned + Serialize + JsonSchema + Default + Send + Sync + 'static,
{
    let all: Settings<S> = config::load(sources)?;
    let Settings { http, db, jobs, blob, auth, log, app } = all;
    let settings = Settings { http, db, jobs, blob, auth, log, app: Nothing {} };
    Ok((settings, Box::new(move |states| states.insert(app))))
}

/// The limits that every operation has.
fn shared_limits(settings: &http::Settings) -> Vec<Limit> {
    let minute = Duration::from_mins(1);
    let of = |count, per| Limit { count, window: minute, per };
    [of(settings.limit_per_ip, Per::Ip), of(settings.limit_global, Per::Global)]
        .into_iter()
        .filter(|limit| limit.count > 0)
        .collect()
}
