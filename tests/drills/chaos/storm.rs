//! What is done to workers and to PostgreSQL, at random, until it is enough.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use rand::RngExt;
use sqlx::PgPool;
use tokio::time::sleep;

use super::crew::{Crew, LEASE, signal};
use super::server::Server;
use super::{Result, Stamp, now};

/// How often each thing was done.
#[derive(Debug, Default)]
pub struct Tally {
    pub kills: AtomicU32,
    pub pauses: AtomicU32,
    pub restarts: AtomicU32,
    pub crashes: AtomicU32,
    pub cuts: AtomicU32,
}

/// Kills, pauses and restarts workers for ever.
pub async fn workers(crew: Arc<Crew>, pool: PgPool, tally: Arc<Tally>) -> Result<()> {
    loop {
        sleep(between(400, 1500)).await;
        let at = rand::rng().random_range(0..usize::MAX);
        let Some(process) = crew.process(at) else { continue };
        let what = rand::rng().random_range(0..10);
        match what {
            0..5 => {
                tally.kills.fetch_add(1, Ordering::Relaxed);
                signal("KILL", process)?;
            }
            5..8 => {
                // The rolling restart of a deployment.
                tally.restarts.fetch_add(1, Ordering::Relaxed);
                signal("TERM", process)?;
            }
            _ => {
                tally.pauses.fetch_add(1, Ordering::Relaxed);
                let began = now();
                signal("STOP", process)?;
                sleep(LEASE * 2).await;
                signal("CONT", process)?;
                note(&pool, "pause", Some(process), began, now()).await?;
            }
        }
    }
}

/// Knocks PostgreSQL over every now and then, for ever.
pub async fn server(server: Arc<Server>, pool: PgPool, tally: Arc<Tally>) -> Result<()> {
    loop {
        sleep(between(6_000, 14_000)).await;
        let (began, ended) = server.crash().await?;
        tally.crashes.fetch_add(1, Ordering::Relaxed);
        note(&pool, "crash", None, began, ended).await?;
    }
}

/// Cuts five connections of workers each second, for ever.
pub async fn connections(pool: PgPool, tally: Arc<Tally>) -> Result<()> {
    loop {
        sleep(Duration::from_millis(200)).await;
        // It fails while the server is away.
        let cut = sqlx::query(
            "select pg_terminate_backend(pid) from ( \
                select pid from pg_stat_activity \
                where datname = current_database() and application_name like 'chaos%' \
                order by random() limit 1) t",
        );
        if let Ok(done) = cut.execute(&pool).await {
            tally.cuts.fetch_add(u32::try_from(done.rows_affected())?, Ordering::Relaxed);
        }
    }
}

fn between(least: u64, most: u64) -> Duration {
    Duration::from_millis(rand::rng().random_range(least..most))
}

/// Writes down what was done, for what it may explain.
async fn note(
    pool: &PgPool,
    what: &str,
    process: Option<u32>,
    began: Stamp,
    ended: Stamp,
) -> Result<()> {
    loop {
        let insert = sqlx::query("insert into blow values ($1, $2, $3, $4)")
            .bind(what)
            .bind(process.map(u32::cast_signed))
            .bind(began)
            .bind(ended);
        if insert.execute(pool).await.is_ok() {
            return Ok(());
        }
        sleep(Duration::from_millis(100)).await;
    }
}
