//! A database of the test's own, a job that does as its arguments say, and workers for it.
//!
//! Nothing sleeps: what is awaited is awaited by name, and [`within`] bounds it.

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use jewel_core::config::Span;
use jewel_core::crypto::KeyRing;
use jewel_core::db::{self, Cluster, Db, Embedded};
use jewel_core::job::{
    Alone, Args, Declared, Definition, Enqueue, Job, JobError, JobId, Jobs, KEEP, Limits, Place,
    Priority, Retry, Settings, Status, Task, Worker,
};
use jewel_core::manifest::Source;
use jewel_core::state::{Missing, State, States};
use jewel_core::trace::TraceParent;
use jewel_core::{Account, Id};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sqlx::postgres::PgListener;
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use tokio::sync::{Mutex, Notify, broadcast, oneshot};
use tokio::task::JoinHandle;

/// What one attempt does.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub(super) enum Act {
    Done,
    Fail,
    GiveUp,
    Panic,
    Snooze,
    /// Never returns by itself, and takes no notice of a wish that it stop.
    Hang,
    /// Waits until it is told to stop, and then fails.
    Heed,
    /// Waits until the stage's gate is opened.
    Gate,
    /// Says how far it is, then waits for the gate.
    Report(u8),
    /// Returns a result that cannot be kept.
    Nul,
}

/// The acts of a job's attempts, in order; the last one is for all that follow.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub(super) struct Play {
    pub(super) acts: Vec<Act>,
}

/// One attempt, as it looked from inside.
#[derive(Debug, Clone)]
pub(super) struct Run {
    pub(super) id: JobId,
    pub(super) attempt: u16,
    pub(super) account: Option<Id<Account>>,
    pub(super) trace: TraceParent,
}

/// Where jobs are played: what tests see of them.
#[derive(Clone)]
pub(super) struct Stage {
    pub(super) runs: broadcast::Sender<Run>,
    pub(super) gate: Arc<Notify>,
}

struct Player;

impl Task for Player {
    type Args = Play;
    type Head = State<Stage>;
    type Out = Result<String, JobError>;
    type Within = Alone;

    const DECLARED: Declared = Play::DECLARED;

    fn head(states: &States) -> Result<Self::Head, Missing> {
        states.get()
    }

    async fn call(play: Play, job: &mut Job, _: &mut Alone, stage: State<Stage>) -> Self::Out {
        let (id, attempt) = (job.id(), job.attempt());
        let (account, trace) = (job.account(), job.trace());
        let _ = stage.runs.send(Run { id, attempt, account, trace });
        let turn = usize::from(attempt).min(play.acts.len()) - 1;
        match &play.acts[turn] {
            Act::Done => {}
            Act::Fail => return Err(JobError::retry("it failed")),
            Act::GiveUp => return Err(JobError::give_up("it is no use")),
            Act::Panic => panic!("it broke"),
            Act::Snooze => return Err(JobError::snooze(Duration::from_millis(1))),
            Act::Hang => std::future::pending().await,
            Act::Heed => {
                job.cancelled().await;
                return Err(JobError::retry("told to stop"));
            }
            Act::Gate => stage.gate.notified().await,
            Act::Report(percent) => {
                job.progress(*percent, "on its way");
                stage.gate.notified().await;
            }
            Act::Nul => return Ok("\0".to_owned()),
        }
        Ok(format!("done by attempt {attempt}"))
    }
}

impl Enqueue for Play {
    const DECLARED: Declared = Declared {
        name: "play",
        module: module_path!(),
        source: Source { file: file!(), line: line!() },
        summary: "Does as its arguments say.",
        description: "",
        queue: "stage",
        priority: Priority::Normal,
        retry: Retry { attempts: 3, min: Duration::from_millis(2), max: Duration::from_millis(4) },
        timeout: Duration::from_millis(1500),
        keep: KEEP,
        unique: None,
        limits: Limits::NONE,
        schedule: None,
        batch: 1,
        encrypted: false,
        on_dead: None,
        buries: false,
        arguments: &[],
    };
}

pub(super) const PLAY: Definition = Definition::of::<Player>();

/// How long anything may take.
const BOUND: Duration = Duration::from_secs(30);

/// Awaits something that must come.
pub(super) async fn within<T>(what: &str, future: impl Future<Output = T>) -> T {
    let Ok(value) = tokio::time::timeout(BOUND, future).await else {
        panic!("waited in vain for {what}");
    };
    value
}

/// One test's database and what runs on it.
pub(super) struct World {
    pub(super) db: Db,
    pub(super) jobs: Jobs,
    pub(super) stage: Stage,
    owner: Mutex<PgConnection>,
    url: String,
    ears: JoinHandle<()>,
}

/// A worker that was started.
pub(super) struct Working {
    stop: Option<oneshot::Sender<()>>,
    task: JoinHandle<Result<(), db::Error>>,
}

/// Quick in everything that a test would have to wait for.
pub(super) fn quick() -> Settings {
    let settings = r#"{"concurrency": 4, "poll_interval": "20ms", "lease_ttl": "600ms",
        "drain_timeout": "10s", "stop_grace": "100ms"}"#;
    serde_json::from_str(settings).unwrap()
}

impl World {
    pub(super) async fn new() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let server = tokio::task::spawn_blocking(|| {
            Embedded::start(&Cluster::tests_of_this_build()).unwrap()
        });
        let server = server.await.unwrap();
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("job_{}_{number}", std::process::id());
        let mut root = PgConnection::connect(&server.url("postgres")).await.unwrap();
        if number == 0 {
            sweep(&mut root).await;
        }
        let create = format!("create database {name}");
        sqlx::query(AssertSqlSafe(create)).execute(&mut root).await.unwrap();
        let url = server.url(&name);
        db::migrate(&url, None).await.unwrap();
        let owner = Mutex::new(PgConnection::connect(&url).await.unwrap());
        let jobs = Jobs::new(pooled(&url, "test queue", None, 4));
        Self {
            db: pooled(&url, "test", None, 10),
            ears: listening(&jobs),
            jobs,
            stage: Stage { runs: broadcast::Sender::new(4096), gate: Arc::default() },
            owner,
            url,
        }
    }

    /// Takes other keys, or none, as a restart with other settings would.
    pub(super) fn rekey(&mut self, keys: Option<KeyRing>) {
        self.db = pooled(&self.url, "test", keys.clone(), 10);
        self.jobs = Jobs::new(pooled(&self.url, "test queue", keys, 4));
        std::mem::replace(&mut self.ears, listening(&self.jobs)).abort();
    }

    /// Starts a worker.
    pub(super) fn work(&self, settings: Settings) -> Working {
        self.work_for(&[PLAY], settings)
    }

    pub(super) fn work_for(&self, definitions: &[Definition], settings: Settings) -> Working {
        self.work_with(definitions, settings, ())
    }

    /// Starts a worker whose jobs take `state`.
    pub(super) fn work_with(
        &self,
        definitions: &[Definition],
        settings: Settings,
        state: impl Send + Sync + 'static,
    ) -> Working {
        let jobs = Jobs::new(pooled(&self.url, "test worker", self.db.keys().cloned(), 4));
        let mut states = States::default();
        states.insert(self.stage.clone());
        states.insert(state);
        let worker = Worker::new(jobs, self.db.clone(), states, definitions, settings);
        let (stop, stopped) = oneshot::channel();
        let shutdown = async {
            let _ = stopped.await;
        };
        let task = tokio::spawn(async move {
            let served = worker.serve(shutdown).await;
            // Whoever waits for what it should do would not hear of it.
            served.inspect_err(|error| eprintln!("the worker ended: {error:?}"))
        });
        Working { stop: Some(stop), task }
    }

    /// Enqueues a job for nobody and commits.
    pub(super) async fn enqueue(&self, acts: &[Act]) -> JobId {
        let mut tx = self.db.begin(None).await.unwrap();
        let ticket = Play { acts: acts.to_vec() }.enqueue(&mut tx).await.unwrap();
        tx.commit().await.unwrap();
        ticket.id
    }

    /// Waits until the job is in a place of this kind.
    pub(super) async fn until(
        &self,
        id: JobId,
        what: &str,
        is: impl Fn(&Status) -> bool,
    ) -> Status {
        let found = async {
            let mut follow = self.jobs.follow(id).await.unwrap().expect("there is such a job");
            loop {
                let status = follow.next().await.expect("it is not over before that");
                if is(&status) {
                    return status;
                }
            }
        };
        within(what, found).await
    }

    pub(super) async fn at(&self, id: JobId, place: Place) -> Status {
        self.until(id, &format!("{place:?}"), |status| status.place == place).await
    }

    /// Makes what waits for its time due.
    pub(super) async fn hurry(&self) {
        self.sql("update jewel.scheduled set run_at = now() - interval '1 second'").await;
    }

    /// Listens as another process would.
    pub(super) async fn listen(&self) -> PgListener {
        let mut listener = PgListener::connect(&self.url).await.unwrap();
        listener.listen("jewel").await.unwrap();
        listener
    }

    /// Waits until a listener hears this; what was told before may come late.
    pub(super) async fn hears(listener: &mut PgListener, payload: &str) {
        let heard = async { while listener.recv().await.unwrap().payload() != payload {} };
        within(payload, heard).await;
    }

    /// Runs statements as the owner of the tables.
    pub(super) async fn sql(&self, sql: &'static str) {
        sqlx::raw_sql(sql).execute(&mut *self.owner.lock().await).await.unwrap();
    }

    /// Waits until what holds for a kind is known.
    pub(super) async fn declared(&self, kind: &str) {
        let known = async {
            let sql = "select exists (select from jewel.kind where name = $1)";
            let mut owner = self.owner.lock().await;
            while !sqlx::query_scalar::<_, bool>(sql)
                .bind(kind)
                .fetch_one(&mut *owner)
                .await
                .unwrap()
            {}
        };
        within("the kind", known).await;
    }

    /// One number, as the owner of the tables.
    pub(super) async fn count(&self, sql: impl sqlx::SqlSafeStr) -> i64 {
        sqlx::query_scalar(sql).fetch_one(&mut *self.owner.lock().await).await.unwrap()
    }

    /// The reasons and texts of a job's failures, in order.
    pub(super) async fn failures(&self, id: JobId) -> Vec<(i16, String)> {
        sqlx::query_as("select reason, message from jewel.failure where job_id = $1 order by at")
            .bind(id)
            .fetch_all(&mut *self.owner.lock().await)
            .await
            .unwrap()
    }

    /// Every job is in exactly one place, and every place names a job.
    pub(super) async fn conserved(&self) {
        let broken = "select count(*) from jewel.conservation where places <> 1 or not has_job";
        assert_eq!(self.count(broken).await, 0, "jobs that are not in exactly one place");
    }
}

impl Working {
    /// Tells it to stop and waits until it has.
    pub(super) async fn stop(mut self) {
        self.tell();
        self.stopped().await;
    }

    pub(super) fn tell(&mut self) {
        if let Some(stop) = self.stop.take() {
            let _ = stop.send(());
        }
    }

    pub(super) async fn stopped(self) {
        within("the worker's end", self.task).await.unwrap().unwrap();
    }

    /// Ends it as a crash would.
    pub(super) async fn kill(self) {
        self.task.abort();
        let _ = self.task.await;
    }
}

/// Enqueues jobs in one transaction: their ids, and whether each was there already.
pub(super) async fn enqueue<J: Enqueue + Args>(world: &World, jobs: Vec<J>) -> Vec<(i64, bool)> {
    let mut tx = world.db.begin(None).await.unwrap();
    let mut tickets = Vec::new();
    for job in jobs {
        let ticket = job.enqueue(&mut tx).await.unwrap();
        tickets.push((ticket.id.0, ticket.duplicate));
    }
    tx.commit().await.unwrap();
    tickets
}

/// Waits until so many jobs have done their work.
pub(super) async fn until_finished(world: &World, count: i64) {
    let finished = async {
        while world.count("select count(*) from jewel.finished where outcome = 1").await < count {
            tokio::task::yield_now().await;
        }
    };
    within("the jobs' end", finished).await;
}

/// Drops the databases of runs that are over.
async fn sweep(root: &mut PgConnection) {
    let all = "select datname from pg_database where datname like 'job\\_%'";
    for name in sqlx::query_scalar::<_, String>(all).fetch_all(&mut *root).await.unwrap() {
        let owner = name.split('_').nth(1).unwrap_or_default();
        if !std::path::Path::new("/proc").join(owner).exists() {
            let drop = format!("drop database if exists {name} with (force)");
            // Another run may do the same.
            let _ = sqlx::query(AssertSqlSafe(drop)).execute(&mut *root).await;
        }
    }
}

/// A small pool that has patience: a test machine may be busy with others.
fn pooled(url: &str, name: &str, keys: Option<KeyRing>, connections: u32) -> Db {
    let acquire_timeout = Span::from_secs(20);
    let settings = db::Settings { connections, acquire_timeout, ..db::Settings::default() };
    keys.into_iter().fold(Db::new(url, name, &settings).unwrap(), Db::with_keys)
}

/// Hears what is told of jobs.
fn listening(jobs: &Jobs) -> JoinHandle<()> {
    let ears = jobs.clone();
    tokio::spawn(async move { ears.serve(std::future::pending()).await })
}
