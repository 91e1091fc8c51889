//! From an application and its surroundings to something that can answer and work.

use std::sync::Arc;

use axum::Router;
use tower_http::compression::CompressionLayer;

use super::{App, Error, Insert, Settings, check, documents, mount, shared_limits};
use crate::blob::Blob;
use crate::clock::Clock;
use crate::crypto::{KeyRing, LinkSigner, Tokens};
use crate::db::Db;
use crate::generate;
use crate::guard::limit::Limiter;
use crate::http::{self, Context, Slots};
use crate::job::{Definition, Jobs, Worker};
use crate::state::States;

/// How many connections the queue has of its own, so that requests cannot starve heartbeats.
const QUEUE_CONNECTIONS: u32 = 4;

/// What a part of the state is made from.
#[derive(Debug)]
pub struct Setup {
    /// The parts made so far, the framework's own first: `Clock`, `Blob`, `KeyRing`, `Tokens`,
    /// `LinkSigner`, the application's settings, and where there is a database `Db` and `Jobs`.
    pub states: States,
    /// The framework's settings.
    pub settings: Settings,
}

/// What surrounds an application: the real world, or a test's.
pub(crate) struct Environment {
    pub(crate) settings: Settings,
    /// Adds the application's own settings.
    pub(crate) own: Insert,
    /// The database's URL, where the application has one.
    pub(crate) db_url: Option<String>,
    pub(crate) blob: Blob,
    pub(crate) keys: KeyRing,
    pub(crate) clock: Clock,
}

/// An application that can answer and work.
pub(crate) struct Assembled {
    pub(crate) router: Router,
    pub(crate) context: Arc<Context>,
    pub(crate) slots: Slots,
    pub(crate) jobs: Option<Jobs>,
    pub(crate) definitions: Vec<Definition>,
}

impl App {
    /// Puts the application together.
    ///
    /// # Errors
    /// All conflicts between its parts, or the part of its state that could not be made.
    pub(crate) fn assemble(&self, environment: Environment) -> Result<Assembled, Error> {
        let Environment { settings, own, db_url, blob, keys, clock } = environment;
        let (manifest, describe) = self.describe(&settings)?;
        let app = |url: &str| Db::new(url, self.name, &settings.db);
        let db = db_url.as_deref().map(app).transpose()?.map(|db| db.with_keys(keys.clone()));
        let queue = db_url.as_deref().map(|url| self.queue(url, &settings, &keys)).transpose()?;
        let tokens = Tokens::new(&keys, settings.auth.token_life.get(), clock.clone());
        let mut states = States::default();
        states.insert(clock.clone());
        states.insert(blob);
        states.insert(tokens.clone());
        states.insert(LinkSigner::new(&keys));
        states.insert(keys);
        if let (Some(db), Some(jobs)) = (&db, &queue) {
            states.insert(db.clone());
            states.insert(jobs.clone());
        }
        own(&mut states);
        let mut setup = Setup { states, settings };
        for make in &self.states {
            let insert = make(&setup)?;
            insert(&mut setup.states);
        }
        let Setup { states, settings } = setup;
        let missing = check::missing(&describe, |id| states.has(id));
        if !missing.is_empty() {
            return Err(Error::Conflicts(missing));
        }
        let context = Arc::new(Context {
            limiter: Arc::new(Limiter::new(&shared_limits(&settings.http), &clock)),
            settings: settings.http.clone(),
            tokens: Some(tokens),
            clock,
            states,
            db,
        });
        let slots = Slots::new(settings.http.in_flight);
        let document = generate::pretty(&generate::openapi(&manifest));
        let mut router = http::router(&self.endpoints(), &context, &slots)
            .merge(documents::router(self.title, document));
        for mount in self.modules.iter().flat_map(|module| &module.mounts) {
            router = router.nest(mount.path, mount::guarded(mount, &context));
        }
        for wrap in &self.wraps {
            router = wrap(router);
        }
        Ok(Assembled {
            router: router.layer(CompressionLayer::new()),
            context,
            slots,
            jobs: queue,
            definitions: self.jobs().into_iter().map(|(_, job)| job).collect(),
        })
    }

    fn queue(&self, url: &str, settings: &Settings, keys: &KeyRing) -> Result<Jobs, Error> {
        let mut own = settings.db.clone();
        own.connections = QUEUE_CONNECTIONS;
        let db = Db::new(url, &format!("{} queue", self.name), &own)?;
        Ok(Jobs::new(db.with_keys(keys.clone())))
    }
}

impl Assembled {
    /// A worker for the application's jobs; none where it has no database.
    pub(crate) fn worker(&self, settings: &crate::job::Settings) -> Option<Worker> {
        let (jobs, db) = (self.jobs.clone()?, self.context.db.clone()?);
        let states = self.context.states.clone();
        Some(Worker::new(jobs, db, states, &self.definitions, settings.clone()))
    }
}
