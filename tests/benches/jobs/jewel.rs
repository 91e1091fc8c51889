//! Jewel's side: a job that does nothing, how it is enqueued, and a worker that drains it.

use std::future::pending;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use jewel_core::config::Span;
use jewel_core::db::{self, Db};
use jewel_core::job::{Args, Enqueue, Job, JobError, Jobs, Options, Settings, Worker};
use jewel_core::state::{State, States};
use jewel_core::{job, jobs};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tokio::sync::Notify;
use tokio::task::{JoinHandle, JoinSet};

use super::lab::Result;

/// Jobs of one transaction of a bulk.
const BULK: usize = 1000;
/// Bulks that are enqueued at once.
const BULKS: usize = 2;
/// Who enqueues single jobs at once.
const SINGLES: usize = 8;
/// How long a drain may take: longer is a bug.
const BOUND: Duration = Duration::from_mins(10);

/// The arguments: some 230 bytes of JSON.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
pub struct Load {
    number: usize,
    note: String,
}

impl Load {
    pub fn new(number: usize) -> Self {
        Self { number, note: "x".repeat(200) }
    }
}

/// The same for a job of which nothing is kept.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
pub struct Light(Load);

impl Light {
    pub fn new(number: usize) -> Self {
        Self(Load::new(number))
    }
}

/// What the jobs of one run have done.
#[derive(Debug)]
pub struct Tally {
    enough: usize,
    run: AtomicUsize,
    over: Notify,
    /// When the job of each number began, in microseconds since 1970; empty where nobody asks.
    begun: Vec<AtomicU64>,
}

impl Tally {
    pub fn new(enough: usize, timed: bool) -> Arc<Self> {
        let begun = if timed { enough } else { 0 };
        let begun = (0..begun).map(|_| AtomicU64::new(0)).collect();
        Arc::new(Self { enough, run: AtomicUsize::new(0), over: Notify::new(), begun })
    }

    fn mark(&self, number: usize) {
        if let Some(begun) = self.begun.get(number) {
            begun.store(micros(), Ordering::Relaxed);
        }
        if self.run.fetch_add(1, Ordering::Relaxed) + 1 == self.enough {
            self.over.notify_one();
        }
    }

    /// When the job of this number began; `None` where it did not.
    pub fn begun(&self, number: usize) -> Option<u64> {
        let begun = self.begun.get(number)?.load(Ordering::Relaxed);
        (begun > 0).then_some(begun)
    }

    /// Waits until as many jobs have begun as were expected.
    pub async fn over(&self) {
        self.over.notified().await;
    }

    pub fn run(&self) -> usize {
        self.run.load(Ordering::Relaxed)
    }
}

/// Does nothing.
#[job(queue = noop, retry(3, 1s..1m), timeout = 10s)]
pub async fn noop(load: Load, _job: &mut Job, tally: State<Arc<Tally>>) -> Result<(), JobError> {
    tally.mark(load.number);
    Ok(())
}

/// Does nothing and leaves nothing.
#[job(queue = light, keep = none, retry(3, 1s..1m), timeout = 10s)]
pub async fn light(load: Light, _job: &mut Job, tally: State<Arc<Tally>>) -> Result<(), JobError> {
    tally.mark(load.0.number);
    Ok(())
}

/// The machine's clock, which all of its processes share.
pub fn micros() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |now| now.as_micros() as u64)
}

/// A pool as the application has it.
pub fn app(url: &str) -> Result<Db> {
    Ok(Db::new(url, "bench", &settings(10))?)
}

/// The queue's own small pool.
pub fn queue(url: &str) -> Result<Jobs> {
    Ok(Jobs::new(Db::new(url, "bench queue", &settings(4))?))
}

/// A machine that stops for some seconds spoils a figure, but not the run.
fn settings(connections: u32) -> db::Settings {
    db::Settings { connections, acquire_timeout: Span::from_secs(60), ..db::Settings::default() }
}

/// What runs once in every process: hears of jobs and tells of them.
pub fn ears(jobs: &Jobs) -> JoinHandle<()> {
    let jobs = jobs.clone();
    tokio::spawn(async move { jobs.serve(pending()).await })
}

/// Makes the jobs known, as an application does before it enqueues the first.
pub async fn declare(url: &str) -> Result<()> {
    Ok(queue(url)?.declare(jobs![noop, light]).await?)
}

/// Enqueues so many, many at a time; jobs per second.
pub async fn enqueue_bulk<J: Enqueue + Args>(
    url: &str,
    count: usize,
    new: fn(usize) -> J,
) -> Result<f64> {
    let (db, next) = (app(url)?, Arc::new(AtomicUsize::new(0)));
    let begun = Instant::now();
    let bulk = || {
        let (db, next) = (db.clone(), Arc::clone(&next));
        async move {
            loop {
                let first = next.fetch_add(BULK, Ordering::Relaxed);
                if first >= count {
                    return Ok::<_, db::Error>(());
                }
                let jobs = (first..count.min(first + BULK)).map(new).collect();
                let mut tx = db.begin(None).await?;
                Enqueue::enqueue_many(jobs, Options::default(), &mut tx).await?;
                tx.commit().await?;
            }
        }
    };
    all((0..BULKS).map(|_| bulk()).collect()).await?;
    Ok(count as f64 / begun.elapsed().as_secs_f64())
}

/// Enqueues so many, each in a transaction of its own; jobs per second.
pub async fn enqueue_single(url: &str, count: usize) -> Result<f64> {
    let db = app(url)?;
    let begun = Instant::now();
    let share = count / SINGLES;
    let singles = |first: usize| {
        let db = db.clone();
        async move {
            for number in first..first + share {
                enqueue(&db, number).await?;
            }
            Ok::<_, db::Error>(())
        }
    };
    all((0..SINGLES).map(|at| singles(at * share)).collect()).await?;
    Ok((share * SINGLES) as f64 / begun.elapsed().as_secs_f64())
}

/// Enqueues one and commits.
pub async fn enqueue(db: &Db, number: usize) -> Result<(), db::Error> {
    let mut tx = db.begin(None).await?;
    Load::new(number).enqueue(&mut tx).await?;
    tx.commit().await
}

async fn all<F>(tasks: Vec<F>) -> Result<()>
where
    F: Future<Output = Result<(), db::Error>> + Send + 'static,
{
    let mut set: JoinSet<_> = tasks.into_iter().collect();
    while let Some(done) = set.join_next().await {
        done??;
    }
    Ok(())
}

/// A worker with so many slots, all else as it is by default.
pub fn worker(url: &str, concurrency: u16, tally: &Arc<Tally>) -> Result<Worker> {
    let mut states = States::default();
    states.insert(Arc::clone(tally));
    let settings = Settings { concurrency, ..Settings::default() };
    Ok(Worker::new(queue(url)?, app(url)?, states, jobs![noop, light], settings))
}

/// Runs `enough` jobs of those that wait, then settles what was begun; jobs per second.
pub async fn drain(url: &str, concurrency: u16, enough: usize) -> Result<f64> {
    let tally = Tally::new(enough, false);
    let jobs = queue(url)?;
    let ears = ears(&jobs);
    let worker = worker(url, concurrency, &tally)?;
    let over = Arc::clone(&tally);
    let begun = Instant::now();
    // On the runtime's own threads, as in a server, not on the one that waits here.
    let working = tokio::spawn(worker.serve(async move { over.over().await }));
    let served = tokio::time::timeout(BOUND, working).await;
    let took = begun.elapsed().as_secs_f64();
    ears.abort();
    served.map_err(|_| format!("{} of {enough} jobs in {took:.0} s", tally.run()))???;
    Ok(tally.run() as f64 / took)
}
