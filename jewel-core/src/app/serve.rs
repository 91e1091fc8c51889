//! The life of a serving process: prepare, listen, work, drain.

use std::path::PathBuf;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;

use super::admin::{self, Watched};
use super::schema::Expected;
use super::{App, Assembled, Environment, Error, Insert, Settings, key};
use crate::blob::Blob;
use crate::clock::Clock;
use crate::config::Sources;
use crate::crypto::KeyRing;
use crate::db::{self, Cluster, Db, Embedded};
use crate::http;
use crate::observe::{self, Meter};

/// Where an application keeps what it makes for itself in development.
const HOME: &str = ".jewel";
/// The file in it with the key.
const KEY: &str = "key";
/// How often figures are sorted.
const UPKEEP: Duration = Duration::from_secs(5);
/// What is used where `db.url` is not set.
const DATABASE: &str = "jewel";

/// What a process does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum Role {
    /// Answers and works.
    All,
    /// Answers.
    Api,
    /// Works on jobs.
    Worker,
}

/// The database's URLs: the application's, and the owner's.
#[derive(Debug, Clone)]
pub(super) struct Urls {
    pub(super) app: String,
    pub(super) owner: String,
}

/// What a command runs on: settings, and whether development is allowed.
pub(super) struct Ground {
    pub(super) settings: Settings,
    pub(super) own: Insert,
    pub(super) development: bool,
}

impl Ground {
    /// Loads the settings; a release build allows development only where it is told to.
    pub(super) fn new(app: &App, sources: &Sources, dev: bool) -> Result<Self, Error> {
        let (settings, own) = (app.load)(sources)?;
        Ok(Self { settings, own, development: dev || cfg!(debug_assertions) })
    }

    /// Refuses defaults that are for development only.
    pub(super) fn check(&self, app: &App) -> Result<(), Error> {
        let settings = &self.settings;
        let lacks = [
            (app.has_db() && settings.db.url.is_none(), "db.url (DATABASE_URL)"),
            (settings.auth.key.is_empty(), "auth.key (JEWEL_AUTH__KEY)"),
            (settings.blob.folder.is_none(), "blob.folder (JEWEL_BLOB__FOLDER)"),
        ];
        let missing: Vec<_> = lacks.iter().filter(|(lacks, _)| *lacks).map(|l| l.1).collect();
        if self.development || missing.is_empty() {
            return Ok(());
        }
        Err(Error::Development(missing))
    }

    /// The keys of this application, where it has any yet.
    pub(super) fn keys(&self) -> Result<Option<KeyRing>, Error> {
        key::ring_if_any(&self.settings.auth, &PathBuf::from(HOME).join(KEY))
    }

    /// The database's URLs; the private server is started where none is set.
    pub(super) async fn urls(&self) -> Result<Urls, Error> {
        let settings = &self.settings.db;
        if let Some(url) = &settings.url {
            let owner = settings.owner_url.as_ref().unwrap_or(url);
            return Ok(Urls { app: url.expose().to_owned(), owner: owner.expose().to_owned() });
        }
        let start = || Embedded::start(&Cluster::project("."));
        let server = tokio::task::spawn_blocking(start).await;
        let server = server.map_err(|error| Error::io("PostgreSQL")(error.into()))?;
        let server = server.map_err(db::Error::from)?;
        db::create(&server.url("postgres"), DATABASE).await?;
        let owner = server.url(DATABASE);
        Ok(Urls { app: owner.clone(), owner })
    }
}

impl App {
    /// Serves until the process is told to stop.
    pub(super) async fn serve(self, ground: Ground, role: Role) -> Result<(), Error> {
        observe::log(&ground.settings.log).map_err(Error::Log)?;
        let meter = observe::meter();
        ground.check(&self)?;
        let development = ground.development;
        let settings = ground.settings.clone();
        let schema = self.expected()?;
        let assembled = self.prepare(ground).await?;
        if let (Some(db), false) = (&assembled.context.db, development) {
            bound(db).await?;
        }
        let (tell, stop) = watch::channel(false);
        if let (Some(schema), Some(db)) = (&schema, &assembled.context.db) {
            for missing in schema.missing(db).await? {
                tracing::error!("the schema is another than the program's: {missing}");
            }
        }
        tokio::spawn(async move {
            told().await;
            tracing::info!("stopping");
            tell.send_replace(true);
        });
        let serving = Serving { assembled, schema, meter };
        Box::pin(run(serving, &settings, role, stop)).await
    }

    /// Brings the database up to date and puts everything together.
    async fn prepare(&self, ground: Ground) -> Result<Assembled, Error> {
        let urls = if self.has_db() { Some(ground.urls().await?) } else { None };
        if let (Some(urls), true) = (&urls, ground.settings.db.migrate) {
            db::migrate(&urls.owner, self.migrations).await?;
        }
        let home = PathBuf::from(HOME);
        let folder = ground.settings.blob.folder.clone().unwrap_or_else(|| home.join("blob"));
        self.assemble(Environment {
            keys: key::ring(&ground.settings.auth, &home.join(KEY))?,
            blob: Blob::folder(&folder)?,
            db_url: urls.map(|urls| urls.app),
            own: ground.own,
            settings: ground.settings,
            clock: Clock::default(),
        })
    }
}

/// Refuses a role that row-level security does not bind.
async fn bound(db: &Db) -> Result<(), Error> {
    let standing = db.check().await?;
    if standing.unbound { Err(Error::Unbound(standing.role)) } else { Ok(()) }
}

/// What serves.
struct Serving {
    assembled: Assembled,
    schema: Option<Expected>,
    meter: Meter,
}

/// Answers and works until `stop`, then drains.
async fn run(
    serving: Serving,
    settings: &Settings,
    role: Role,
    stop: watch::Receiver<bool>,
) -> Result<(), Error> {
    let Serving { assembled, schema, meter } = serving;
    let watched = Watched {
        meter: meter.clone(),
        slots: assembled.slots.clone(),
        db: assembled.context.db.clone(),
        jobs: assembled.jobs.clone(),
        schema,
        stop: stop.clone(),
    };
    let admin = listen(settings.http.admin_listen).await?;
    say("health and metrics", &admin);
    let serving = |listener, router| http::serve(listener, router, &settings.http, stop.clone());
    let admin = serving(admin, admin::router(watched));
    let api = async {
        if role == Role::Worker {
            return Ok(());
        }
        let listener = listen(settings.http.listen).await?;
        say("API", &listener);
        serving(listener, assembled.router.clone()).await.map_err(Error::io("the API's listener"))
    };
    if let Some(jobs) = &assembled.jobs {
        jobs.declare(&assembled.definitions).await?;
    }
    let worker = assembled.worker(&settings.jobs).filter(|_| role != Role::Api);
    let work = async {
        match worker {
            Some(worker) => Ok(worker.serve(stopped(stop.clone())).await?),
            None => Ok(()),
        }
    };
    let follow = async {
        if let Some(jobs) = &assembled.jobs {
            jobs.serve(stopped(stop.clone())).await;
        }
    };
    let keep = async {
        let mut tick = tokio::time::interval(UPKEEP);
        let mut stop = stop.clone();
        loop {
            tokio::select! {
                _ = tick.tick() => meter.upkeep(),
                _ = stop.wait_for(|stop| *stop) => return,
            }
        }
    };
    let admin = async { admin.await.map_err(Error::io("the listener of health and metrics")) };
    let follow = async {
        follow.await;
        Ok::<_, Error>(())
    };
    let keep = async {
        keep.await;
        Ok::<_, Error>(())
    };
    tokio::try_join!(admin, api, work, follow, keep).map(drop)
}

async fn listen(address: std::net::SocketAddr) -> Result<TcpListener, Error> {
    TcpListener::bind(address).await.map_err(Error::io(format!("cannot listen on {address}")))
}

fn say(what: &str, listener: &TcpListener) {
    match listener.local_addr() {
        Ok(address) => tracing::info!("{what}: http://{address}"),
        Err(error) => tracing::warn!(%error, "{what}: the address is unknown"),
    }
}

async fn stopped(mut stop: watch::Receiver<bool>) {
    let _ = stop.wait_for(|stop| *stop).await;
}

/// Waits for Ctrl-C or the signal by which supervisors stop a process.
async fn told() {
    let terminated = async {
        match signal(SignalKind::terminate()) {
            Ok(mut signal) => _ = signal.recv().await,
            Err(_) => std::future::pending().await,
        }
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        () = terminated => {}
    }
}
