//! From the enqueuer's commit to the handler's first line, at a steady rate.
//!
//! The commit counts from when its enqueuer hears of it; a handler that was quicker waited for
//! nothing. Enqueuers keep to their schedule however long things take.

use std::collections::HashMap;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::oneshot;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, sleep_until};

use super::jewel::{self, Tally};
use super::lab::{Fault, Lab, Result};

/// What is not counted: connections are made. In seconds.
const WARM: usize = 1;
/// The slots of the worker, which hardly fill at these rates.
const SLOTS: u16 = 20;
/// How long the last jobs may take to begin.
const BOUND: Duration = Duration::from_secs(10);

/// In milliseconds.
pub struct Waits {
    pub p50: f64,
    pub p99: f64,
}

/// Where the jobs come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum From {
    /// The process of the worker.
    Here,
    /// Another one.
    Apart,
}

/// Runs a worker while jobs are enqueued at a rate.
pub fn measure(lab: &Lab, from: From, rate: usize, seconds: usize) -> Result<Waits> {
    let url = lab.fresh_jewel()?;
    lab.tidy(&url)?;
    let tally = Tally::new(rate * seconds, true);
    let committed = lab.on(run(&url, from, rate, seconds, &tally))?;
    let mut waits = Vec::with_capacity(committed.len());
    for number in rate * WARM..rate * seconds {
        let committed = committed.get(&number).ok_or("a job was not enqueued")?;
        let begun = tally.begun(number).ok_or("a job did not begin in time")?;
        waits.push(begun.saturating_sub(*committed) as f64 / 1000.0);
    }
    waits.sort_by(f64::total_cmp);
    let at = |share: f64| waits.get((waits.len() as f64 * share) as usize).copied();
    let waits = at(0.5).zip(at(0.99)).map(|(p50, p99)| Waits { p50, p99 });
    waits.ok_or_else(|| "too few jobs".into())
}

type Committed = HashMap<usize, u64>;

async fn run(
    url: &str,
    from: From,
    rate: usize,
    seconds: usize,
    tally: &Arc<Tally>,
) -> Result<Committed> {
    let jobs = jewel::queue(url)?;
    let ears = jewel::ears(&jobs);
    let (stop, stopped) = oneshot::channel::<()>();
    let worker = jewel::worker(url, SLOTS, tally)?;
    let worker = tokio::spawn(worker.serve(async {
        let _ = stopped.await;
    }));
    sleep(Duration::from_millis(500)).await; // it has nothing to do yet
    let committed = match from {
        From::Here => send(url, rate, seconds).await?,
        From::Apart => {
            let url = url.to_owned();
            tokio::task::spawn_blocking(move || other_process(&url, rate, seconds)).await??
        }
    };
    let _ = tokio::time::timeout(BOUND, tally.over()).await;
    let _ = stop.send(());
    worker.await??;
    ears.abort();
    Ok(committed)
}

/// Enqueues at a rate; when each commit was heard of.
async fn send(url: &str, rate: usize, seconds: usize) -> Result<Committed> {
    let db = jewel::app(url)?;
    let mut sending = JoinSet::new();
    let begun = Instant::now();
    for number in 0..rate * seconds {
        sleep_until(begun + Duration::from_secs(1) * number as u32 / rate as u32).await;
        let db = db.clone();
        sending.spawn(async move {
            jewel::enqueue(&db, number).await?;
            Ok::<_, jewel_core::db::Error>((number, jewel::micros()))
        });
    }
    let mut committed = Committed::new();
    while let Some(sent) = sending.join_next().await {
        let (number, at) = sent??;
        committed.insert(number, at);
    }
    Ok(committed)
}

/// The same by a process of its own.
fn other_process(url: &str, rate: usize, seconds: usize) -> Result<Committed> {
    let mut command = Command::new(std::env::current_exe()?);
    command.args(["enqueue", url, &rate.to_string(), &seconds.to_string()]);
    let output = command.stderr(Stdio::inherit()).output()?;
    if !output.status.success() {
        return Err("the process that enqueues failed".into());
    }
    let said = String::from_utf8(output.stdout)?;
    let pair = |line: &str| {
        let (number, at) = line.split_once(' ')?;
        Some((number.parse().ok()?, at.parse().ok()?))
    };
    Ok(said.lines().filter_map(pair).collect())
}

/// What that process does: enqueues, and tells other processes as every server does.
pub fn child(url: &str, rate: &str, seconds: &str) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let (rate, seconds) = (rate.parse()?, seconds.parse()?);
    let committed = runtime.block_on(async {
        let jobs = jewel::queue(url)?;
        let ears = jewel::ears(&jobs);
        let committed = send(url, rate, seconds).await?;
        sleep(Duration::from_millis(200)).await; // the last ones are told of a little later
        ears.abort();
        Ok::<_, Fault>(committed)
    })?;
    for (number, at) in committed {
        println!("{number} {at}");
    }
    Ok(())
}
