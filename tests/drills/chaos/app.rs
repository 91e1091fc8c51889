//! The application whose workers are killed: five kinds of jobs, each of which writes down what the
//! verdict is about.

use jewel_core::job::{Args, Enqueue, Job, JobError, Options};
use jewel_core::{App, Module, Tx, db, job, jobs};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sqlx::migrate::Migrator;

pub static MIGRATIONS: Migrator = sqlx::migrate!("drills/chaos/migrations");

/// The argument that kills whoever reads it.
const DEADLY: i64 = -1;

/// An order, by its number.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
pub struct Plain {
    n: i64,
}

/// Writes down that it began, and nothing else; one of them kills its process.
#[job(queue = plain, retry(1000, 50ms..1s), timeout = 10s)]
pub async fn plain(order: Plain, job: &mut Job) -> Result<(), JobError> {
    if order.n == DEADLY {
        std::process::abort();
    }
    begin(job, "plain").await
}

/// An order, by its number.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
pub struct Booked {
    n: i64,
}

/// Has its effect in the transaction that is its end.
#[job(queue = booked, retry(1000, 50ms..1s), timeout = 10s)]
pub async fn booked(order: Booked, job: &mut Job, tx: &mut Tx) -> Result<(), JobError> {
    sqlx::query("insert into effect (n, job) values ($1, $2)")
        .bind(order.n)
        .bind(job.id().0)
        .execute(&mut *tx)
        .await?;
    Ok(())
}

/// An order, by its number.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
pub struct Lonely {
    n: i64,
}

/// Runs alone in the whole cluster: says when it began and when it ended.
#[job(queue = lonely, retry(1000, 50ms..1s), timeout = 10s, limit(1))]
pub async fn lonely(_order: Lonely, job: &mut Job) -> Result<(), JobError> {
    begin(job, "lonely").await?;
    sqlx::query(
        "update run set ended = clock_timestamp() \
         where job = $1 and process = $2 and ended is null",
    )
    .bind(job.id().0)
    .bind(process())
    .execute(job.db())
    .await?;
    Ok(())
}

/// An order whose group is wanted once at a time.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
pub struct Once {
    group: i64,
}

/// Of each group one at a time is enqueued.
#[job(queue = once, retry(1000, 50ms..1s), timeout = 10s, unique(group))]
pub async fn once(_order: Once, job: &mut Job) -> Result<(), JobError> {
    begin(job, "once").await
}

/// What the clock enqueues.
#[derive(Debug, Default, Serialize, Deserialize, JsonSchema)]
pub struct Tick {}

/// Writes down its time.
#[job(queue = ticks, retry(1000, 50ms..1s), timeout = 10s,
      schedule("* * * * *", zone = "UTC", missed = all))]
pub async fn tick(_tick: Tick, job: &mut Job, tx: &mut Tx) -> Result<(), JobError> {
    let at = job.tick().ok_or(JobError::give_up("it has no time"))?;
    sqlx::query("insert into tick (at, job) values ($1, $2)")
        .bind(at)
        .bind(job.id().0)
        .execute(&mut *tx)
        .await?;
    Ok(())
}

pub fn app() -> App {
    let module = Module::new("chaos", "Writes down what it does.");
    App::new("chaos", "1.0.0")
        .migrations(&MIGRATIONS)
        .module(module.jobs(jobs![plain, booked, lonely, once, tick]))
}

async fn begin(job: &Job, kind: &str) -> Result<(), JobError> {
    sqlx::query("insert into run (job, kind, process) values ($1, $2, $3)")
        .bind(job.id().0)
        .bind(kind)
        .bind(process())
        .execute(job.db())
        .await?;
    Ok(())
}

fn process() -> i32 {
    std::process::id().cast_signed()
}

/// Orders `count` jobs, from number `first` on: of every 50 one is lonely, 4 are wanted once, 15
/// have their effect in their transaction.
pub async fn order(tx: &mut Tx, first: i64, count: i64) -> Result<(), db::Error> {
    let (mut plain, mut booked, mut lonely, mut once) = (vec![], vec![], vec![], vec![]);
    for n in first..first + count {
        match n % 50 {
            0 => lonely.push(n),
            1..=4 => once.push(n),
            5..=19 => booked.push(n),
            _ => plain.push(n),
        }
    }
    put(tx, "plain", &plain, |n| Plain { n }).await?;
    put(tx, "booked", &booked, |n| Booked { n }).await?;
    put(tx, "lonely", &lonely, |n| Lonely { n }).await?;
    put(tx, "once", &once, |n| Once { group: n % 7 }).await
}

/// Orders the job that kills whoever reads it.
pub async fn order_deadly(tx: &mut Tx) -> Result<i64, db::Error> {
    Ok(Plain { n: DEADLY }.enqueue(tx).await?.id.0)
}

async fn put<J: Enqueue + Args>(
    tx: &mut Tx,
    kind: &str,
    numbers: &[i64],
    job: impl Fn(i64) -> J,
) -> Result<(), db::Error> {
    let jobs = numbers.iter().map(|n| job(*n)).collect();
    let tickets = J::enqueue_many(jobs, Options::default(), tx).await?;
    let ids: Vec<i64> = tickets.iter().map(|ticket| ticket.id.0).collect();
    sqlx::query(
        "insert into orders (n, kind, job) \
         select n, $3, job from unnest($1::bigint[], $2::bigint[]) t (n, job)",
    )
    .bind(numbers)
    .bind(ids)
    .bind(kind)
    .execute(&mut *tx)
    .await?;
    Ok(())
}
