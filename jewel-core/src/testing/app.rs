//! An application under test: assembled like the real one, on a database of its own.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::time::{Instant, sleep};

use super::leftovers::Leftovers;
use super::{Client, TestDb, must};
use crate::app::{App, Assembled, Environment, Settings};
use crate::blob::Blob;
use crate::clock::Clock;
use crate::config::Sources;
use crate::crypto::{KeyRing, MasterKey, Tokens};
use crate::http;
use crate::id::Id;
use crate::job::{Args, Enqueue};
use crate::manifest::entity::Entity;
use crate::observe;
use crate::state::State;
use crate::tenant::{Account, User};

/// How long jobs may take in all before a test gives up.
const PATIENCE: Duration = Duration::from_mins(1);
/// How often it is looked whether jobs are done.
const LOOK: Duration = Duration::from_millis(5);

/// An application under test.
pub struct TestApp {
    assembled: Assembled,
    settings: Settings,
    pub(super) entities: Vec<Entity>,
    db: TestDb,
    clock: Clock,
    /// Microseconds of the turned clock that scheduled jobs have been told of.
    turned: AtomicI64,
    leftovers: Leftovers,
    _folder: TempDir,
    stop: watch::Sender<bool>,
}

impl TestApp {
    /// Starts an application with its default settings.
    ///
    /// # Panics
    /// Where it does not start.
    pub async fn start(app: App) -> Self {
        Self::with(app, &[]).await
    }

    /// Starts an application with settings, each as `http.in_flight=2`.
    ///
    /// # Panics
    /// Where it does not start.
    pub async fn with(app: App, set: &[&str]) -> Self {
        observe::log_for_tests();
        let set = set.iter().map(|&text| text.to_owned()).collect();
        let sources = Sources { set, ..Sources::default() };
        let (settings, own) = must("the settings", app.load(&sources));
        let db = TestDb::new(app.own_migrations()).await;
        let folder = must("a folder", tempfile::tempdir());
        let clock = Clock::default();
        let environment = Environment {
            settings: settings.clone(),
            own,
            db_url: Some(db.url().to_owned()),
            blob: must("the object store", Blob::folder(folder.path())),
            keys: KeyRing::from(MasterKey::random()),
            clock: clock.clone(),
        };
        let entities = must("the manifest", app.manifest()).entities;
        let assembled = must("the application", app.assemble(environment));
        let (stop, stopped) = watch::channel(false);
        if let Some(jobs) = assembled.jobs.clone() {
            must("the jobs", jobs.declare(&assembled.definitions).await);
            let mut stopped = stopped;
            tokio::spawn(async move {
                jobs.serve(async { _ = stopped.wait_for(|stop| *stop).await }).await;
            });
        }
        let turned = AtomicI64::new(0);
        let leftovers = Leftovers::default();
        Self { assembled, settings, entities, db, clock, turned, leftovers, _folder: folder, stop }
    }

    /// A client without credentials, at 127.0.0.1.
    pub fn client(&self) -> Client {
        Client {
            router: self.assembled.router.clone(),
            token: None,
            peer: IpAddr::V4(Ipv4Addr::LOCALHOST),
        }
    }

    /// A client with an access token of this person, acting for this account.
    ///
    /// # Panics
    /// Where no token can be made.
    pub fn user(&self, user: Id<User>, account: Id<Account>) -> Client {
        let tokens: State<Tokens> = self.state();
        let (token, _) = must("a token", tokens.issue(user, account));
        self.client().bearer(token)
    }

    /// The database.
    pub fn db(&self) -> &TestDb {
        &self.db
    }

    /// A piece of the application's state.
    ///
    /// # Panics
    /// Where it has none of this type.
    pub fn state<T: Send + Sync + 'static>(&self) -> State<T> {
        must("the state", self.assembled.context.states.get::<T>())
    }

    /// The application's clock: turned, it turns tokens, links, limits, and when jobs are due.
    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// Works on jobs until none is ready or running. What is due later waits, until the clock is
    /// turned.
    ///
    /// # Panics
    /// Where jobs go on for more than a minute.
    pub async fn work(&self) {
        self.tell_turned().await;
        let Some(worker) = self.assembled.worker(&self.settings.jobs) else { return };
        let (tell, mut told) = watch::channel(false);
        let working = tokio::spawn(worker.serve(async move {
            _ = told.wait_for(|told| *told).await;
        }));
        let begun = Instant::now();
        while self.busy().await {
            assert!(begun.elapsed() < PATIENCE, "jobs are still running after {PATIENCE:?}");
            sleep(LOOK).await;
        }
        tell.send_replace(true);
        must("the worker", must("the worker", working.await));
    }

    /// The jobs of a kind that are not over, by their arguments, in the order in which they were
    /// enqueued. A test that has looked at a kind may leave jobs of it behind.
    ///
    /// # Panics
    /// Where they cannot be read.
    pub async fn enqueued<J: Enqueue + Args>(&self) -> Vec<J> {
        let kind = J::DECLARED.name;
        self.leftovers.allow(kind);
        let mut owner = self.db.owner().await;
        let sql = "select j.args::text from jewel.job j join jewel.kind k on k.id = j.kind_id \
            where k.name = $1 and not exists (select from jewel.finished f where f.id = j.id) \
            order by j.id";
        let found = sqlx::query_scalar::<_, String>(sql).bind(kind).fetch_all(&mut owner).await;
        let read = |args: &String| must("the arguments", J::read(args));
        must("looking at jobs", found).iter().map(read).collect()
    }

    /// Whether a job is ready, due or running.
    async fn busy(&self) -> bool {
        let mut owner = self.db.owner().await;
        let sql = "select exists (select from jewel.ready) or exists (select from jewel.lane) \
            or exists (select from jewel.lease) \
            or exists (select from jewel.scheduled where run_at <= now())";
        must("looking at jobs", sqlx::query_scalar(sql).fetch_one(&mut owner).await)
    }

    /// The queue goes by the database's clock: what the test's was turned by, waiting jobs are
    /// moved by.
    async fn tell_turned(&self) {
        let ahead = self.clock.ahead();
        let more = ahead - self.turned.swap(ahead, Ordering::Relaxed);
        let mut owner = self.db.owner().await;
        let sql = "update jewel.scheduled set run_at = run_at - $1 * interval '1 microsecond'";
        let moved = sqlx::query(sql).bind(more).execute(&mut owner).await;
        must("moving scheduled jobs", moved);
    }

    /// How many requests are being answered.
    pub fn in_flight(&self) -> u32 {
        self.assembled.slots.taken()
    }

    /// Listens on a real socket, for what must go over one; until the test ends.
    ///
    /// # Panics
    /// Where there is no free port.
    pub async fn listen(&self) -> SocketAddr {
        let listener = must("a port", TcpListener::bind("127.0.0.1:0").await);
        let address = must("its address", listener.local_addr());
        let (router, settings) = (self.assembled.router.clone(), self.settings.http.clone());
        let stop = self.stop.subscribe();
        tokio::spawn(async move { http::serve(listener, router, &settings, stop).await });
        address
    }
}

/// A test ends well only where it leaves no job behind: one that is ready or runs, or that failed
/// and is to be tried again. What was enqueued for later is no such job.
impl Drop for TestApp {
    fn drop(&mut self) {
        self.stop.send_replace(true);
        if self.assembled.jobs.is_some() && !std::thread::panicking() {
            self.leftovers.check(&self.db);
        }
    }
}

impl std::fmt::Debug for TestApp {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TestApp").field("db", &self.db).finish_non_exhaustive()
    }
}
