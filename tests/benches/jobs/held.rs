//! Claims at a steady thousand jobs a second while a snapshot is held open, so that no dead row can
//! be removed: how many shared buffers one touches, in the end against the beginning.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use jewel_core::job::{Enqueue, Options};
use sqlx::postgres::PgConnection;
use sqlx::{Connection, Row};
use tokio::sync::oneshot;
use tokio::time::{Instant, sleep, sleep_until};

use super::figures::{Figures, Report};
use super::jewel::{self, Load, Tally};
use super::lab::{Lab, Result};

/// So many transactions of so many jobs each second. They are far enough apart to be claimed one by
/// one, however busy the machine is: a claim of more jobs touches more buffers.
const COMMITS: u32 = 10;
const JOBS: usize = 100;
/// What is looked at in the beginning and in the end.
const WINDOW: Duration = Duration::from_secs(20);
/// Before that, with the snapshot open already: connections are made, plans are chosen.
const WARM: Duration = Duration::from_secs(5);
/// By how much the buffers of a claim may grow.
const GROWTH: f64 = 0.2;
const SLOTS: u16 = 100;

const CLAIMS: &str = "
select coalesce(sum(calls), 0)::float8,
  coalesce(sum(shared_blks_hit + shared_blks_read), 0)::float8,
  coalesce(sum(rows), 0)::float8,
  coalesce(sum(total_exec_time), 0)::float8
from pg_stat_statements where query ~ 'from jewel\\.claim\\('";

/// What the claims so far came to.
#[derive(Debug, Clone, Copy)]
struct Claims {
    calls: f64,
    buffers: f64,
    jobs: f64,
    ms: f64,
}

pub fn run(lab: &mut Lab, minutes: u64) -> Result<Report> {
    let root = lab.url("postgres");
    lab.execute(&root, "alter system set shared_preload_libraries = 'pg_stat_statements'")?;
    lab.restart()?;
    let url = lab.fresh_jewel()?;
    lab.execute(&url, "create extension pg_stat_statements")?;
    eprintln!("a snapshot is held for {minutes} min at {} jobs/s", COMMITS as usize * JOBS);
    let mut figures = Figures::default();
    lab.on(held(&url, Duration::from_mins(minutes), &mut figures))?;
    let growth = figures.median("buffers_last").zip(figures.median("buffers_first"));
    let growth = growth.map(|(last, first)| last / first - 1.0);
    if let Some(growth) = growth {
        figures.add("growth", growth);
    }
    let dead = "select n_dead_tup from pg_stat_user_tables where relid = 'jewel.ready'::regclass";
    figures.add("dead_rows", lab.number(&url, dead)? as f64);
    let told = ["buffers_first", "buffers_last", "growth", "claim_ms_first", "claim_ms_last"];
    let told = [&told[..], &["jobs_per_claim_first", "jobs_per_claim_last", "dead_rows"]].concat();
    let holds = growth.map(|growth| growth <= GROWTH);
    Ok(figures.report(&told).gate("a claim touches at most 20 % more buffers", holds))
}

async fn held(url: &str, time: Duration, figures: &mut Figures) -> Result<()> {
    let mut holder = PgConnection::connect(url).await?;
    sqlx::raw_sql("begin isolation level repeatable read; select txid_current()")
        .execute(&mut holder)
        .await?;
    let tally = Tally::new(usize::MAX, false);
    let jobs = jewel::queue(url)?;
    let ears = jewel::ears(&jobs);
    let (stop, stopped) = oneshot::channel::<()>();
    let worker = jewel::worker(url, SLOTS, &tally)?;
    let worker = tokio::spawn(worker.serve(async {
        let _ = stopped.await;
    }));
    let over = Arc::new(AtomicBool::new(false));
    let filling = tokio::spawn(fill(url.to_owned(), Arc::clone(&over)));
    let mut eye = PgConnection::connect(url).await?;
    sleep(WARM).await;
    let first = window(&mut eye, figures, "first").await?;
    sleep(time.saturating_sub(WINDOW * 2)).await;
    let last = window(&mut eye, figures, "last").await?;
    over.store(true, Ordering::Relaxed);
    filling.await??;
    let _ = stop.send(());
    worker.await??;
    ears.abort();
    holder.close().await?;
    if first.calls < 1.0 || last.calls < 1.0 {
        return Err("no claim was counted".into());
    }
    Ok(())
}

/// Looks at the claims of a while.
async fn window(eye: &mut PgConnection, figures: &mut Figures, name: &str) -> Result<Claims> {
    let before = claims(eye).await?;
    sleep(WINDOW).await;
    let after = claims(eye).await?;
    let seen = Claims {
        calls: after.calls - before.calls,
        buffers: after.buffers - before.buffers,
        jobs: after.jobs - before.jobs,
        ms: after.ms - before.ms,
    };
    figures.add(&format!("buffers_{name}"), seen.buffers / seen.calls);
    figures.add(&format!("jobs_per_claim_{name}"), seen.jobs / seen.calls);
    figures.add(&format!("claim_ms_{name}"), seen.ms / seen.calls);
    Ok(seen)
}

async fn claims(eye: &mut PgConnection) -> Result<Claims> {
    let row = sqlx::query(CLAIMS).fetch_one(eye).await?;
    Ok(Claims {
        calls: row.try_get(0)?,
        buffers: row.try_get(1)?,
        jobs: row.try_get(2)?,
        ms: row.try_get(3)?,
    })
}

/// Enqueues at a steady rate until it is over.
async fn fill(url: String, over: Arc<AtomicBool>) -> Result<()> {
    let db = jewel::app(&url)?;
    let begun = Instant::now();
    let mut turn = 0;
    while !over.load(Ordering::Relaxed) {
        sleep_until(begun + Duration::from_secs(1) * turn / COMMITS).await;
        turn += 1;
        let jobs = (0..JOBS).map(Load::new).collect();
        let mut tx = db.begin(None).await?;
        Enqueue::enqueue_many(jobs, Options::default(), &mut tx).await?;
        tx.commit().await?;
    }
    Ok(())
}
