//! Drill `chaos-jobs`: workers as real processes, killed, paused, cut off and restarted, on a
//! PostgreSQL that is knocked over, while jobs are ordered; then the books are checked.
//!
//! First one job among many good ones kills every process that runs it: it alone must end
//! poisoned. Then the storm: of three workers, one with a clock an hour ahead, a random one is sent
//! SIGKILL, SIGTERM, or SIGSTOP and SIGCONT when its lease is long over; every worker keeps a
//! schedule that is hours behind; connections are cut five times a second; PostgreSQL is stopped at
//! once every ten seconds. When it is calm again every claim of `verdict` must hold, and `jobs
//! doctor` must find nothing.
//!
//! `cargo xtask drill chaos-jobs [--minutes N]`: at least so long, and at least 50 000 jobs. As a
//! test, with no arguments, some seconds of it.

mod app;
mod crew;
mod orders;
mod server;
mod storm;
mod verdict;

use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use jewel_core::clock::Timestamp as Stamp;
use sqlx::PgPool;
use tokio::task::JoinSet;
use tokio::time::sleep;

use self::crew::{Crew, Orders};
use self::orders::Ordered;
use self::server::Server;
use self::storm::Tally;

type Fault = Box<dyn Error + Send + Sync>;
type Result<T, E = Fault> = std::result::Result<T, E>;

const WORKERS: usize = 3;
const LOOK: Duration = Duration::from_millis(200);
const TELL: Duration = Duration::from_secs(5);
/// How long it may take until all is quiet: longer is a bug.
const CALM: Duration = Duration::from_mins(5);

/// How much of it.
#[derive(Debug, Clone, Copy)]
struct Plan {
    /// Good jobs beside the deadly one.
    good: i64,
    /// Of the storm, at least.
    time: Duration,
    jobs: i64,
    json: bool,
}

const SHORT: Plan = Plan { good: 1_000, time: Duration::from_secs(20), jobs: 2_000, json: false };
const FULL: Plan = Plan { good: 10_000, time: Duration::from_mins(3), jobs: 50_000, json: false };

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    if let Some(&("serve" | "jobs")) = words.first() {
        return jewel_core::main(app::app());
    }
    if words.contains(&"--list") {
        // As test runners ask.
        if !words.contains(&"--ignored") {
            println!("short: test");
        }
        return ExitCode::SUCCESS;
    }
    match plan(&words).and_then(rehearse) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Only `--minutes` asks for the whole; what else test runners say is no matter.
fn plan(words: &[&str]) -> Result<Plan> {
    let Some(at) = words.iter().position(|word| *word == "--minutes") else { return Ok(SHORT) };
    let minutes = words.get(at + 1).and_then(|word| word.parse().ok());
    let minutes = minutes.ok_or("`--minutes` takes a whole number")?;
    if crew::faketime().is_none() {
        return Err("one worker's clock is to be an hour ahead, by libfaketime, which is not \
                    installed: `apt-get install libfaketime`"
            .into());
    }
    Ok(Plan { time: Duration::from_mins(minutes), json: words.contains(&"--json"), ..FULL })
}

fn rehearse(plan: Plan) -> Result<bool> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let folder = folder()?;
        let server = Arc::new(Server::start(&folder).await?);
        let orders = Orders { url: server.url().to_owned(), folder: folder.clone() };
        let pool = server.pool()?;
        let culprit = culprit(plan, &orders, &pool).await?;
        let outcome = storm(plan, &orders, &server, &pool, culprit).await?;
        pool.close().await;
        let broken = outcome.iter().any(|figure| figure.broken);
        close(plan, &outcome, !broken);
        if broken {
            eprintln!("what is left to be looked at: {} and {}", folder.display(), orders.url);
        } else if let Some(server) = Arc::into_inner(server) {
            server.remove()?;
        }
        Ok(!broken)
    })
}

/// One job that kills its process, amid many good ones: whether it alone is set aside.
async fn culprit(plan: Plan, orders: &Orders, pool: &PgPool) -> Result<bool> {
    eprintln!("one job among {} good ones kills whoever runs it", plan.good);
    let deadly = orders::with_a_deadly_one(&orders.url, plan.good).await?;
    let crew = Crew::start(WORKERS, orders);
    calm(pool).await?;
    let starts = crew.starts();
    crew.stop().await;
    let bad = "select array_agg(id) from jewel.finished where outcome <> 1";
    let bad: Option<Vec<i64>> = sqlx::query_scalar(bad).fetch_one(pool).await?;
    let alone = bad.as_deref() == Some(&[deadly]);
    eprintln!("{starts} processes were started; set aside: {bad:?}, the culprit is {deadly}");
    Ok(alone)
}

async fn storm(
    plan: Plan,
    orders: &Orders,
    server: &Arc<Server>,
    pool: &PgPool,
    culprit: bool,
) -> Result<Vec<Figure>> {
    let (ordered, tally) = (Arc::new(Ordered::after(plan.good)), Arc::new(Tally::default()));
    // Hours of a schedule are to be made up for, by whoever is quicker: it begins anew.
    let behind = "with before as (delete from tick) \
        update jewel.cron set next_at = date_trunc('minute', now()) - interval '3 hours'";
    sqlx::query(behind).execute(pool).await?;
    let crew = Arc::new(Crew::start(WORKERS, orders));
    let mut agents = JoinSet::new();
    agents.spawn(storm::workers(Arc::clone(&crew), pool.clone(), Arc::clone(&tally)));
    agents.spawn(storm::server(Arc::clone(server), pool.clone(), Arc::clone(&tally)));
    agents.spawn(storm::connections(pool.clone(), Arc::clone(&tally)));
    let begun = Instant::now();
    let enough = move |jobs| begun.elapsed() >= plan.time && jobs >= plan.good + plan.jobs;
    let ordering = orders::serve(orders.url.clone(), pool.clone(), Arc::clone(&ordered), enough);
    tokio::select! {
        done = ordering => done?,
        Some(done) = agents.join_next() => {
            done??;
            return Err("the storm ended by itself".into());
        }
        () = tell(&ordered, &tally, begun) => {}
    }
    agents.shutdown().await;
    // Whoever was being paused, or whose server was just away.
    for at in 0..WORKERS {
        if let Some(process) = crew.process(at) {
            crew::signal("CONT", process)?;
        }
    }
    server.ensure().await?;
    eprintln!("the storm is over after {} s", begun.elapsed().as_secs());
    calm(pool).await?;
    let starts = crew.starts();
    if let Some(crew) = Arc::into_inner(crew) {
        crew.stop().await;
    }
    figures(orders, pool, &ordered, &tally, starts, culprit).await
}

async fn figures(
    orders: &Orders,
    pool: &PgPool,
    ordered: &Ordered,
    tally: &Tally,
    starts: u32,
    culprit: bool,
) -> Result<Vec<Figure>> {
    let count = |name, value: u32| Figure { name, value: i64::from(value), broken: false };
    let runs = "select (count(*) - count(distinct job))::bigint from run";
    let again: i64 = sqlx::query_scalar(runs).fetch_one(pool).await?;
    let lost = "select count(*) from jewel.failure where reason = 4";
    let lost: i64 = sqlx::query_scalar(lost).fetch_one(pool).await?;
    let mut figures = vec![
        Figure { name: "jobs", value: ordered.jobs.load(Ordering::Relaxed), broken: false },
        count("kills", tally.kills.load(Ordering::Relaxed)),
        count("pauses", tally.pauses.load(Ordering::Relaxed)),
        count("restarts", tally.restarts.load(Ordering::Relaxed)),
        count("crashes", tally.crashes.load(Ordering::Relaxed)),
        count("cuts", tally.cuts.load(Ordering::Relaxed)),
        count("processes", starts),
        count("orders_refused", ordered.failures.load(Ordering::Relaxed)),
        Figure { name: "attempts_lost", value: lost, broken: false },
        Figure { name: "runs_again", value: again, broken: false },
        Figure { name: "culprit_alone", value: i64::from(culprit), broken: !culprit },
    ];
    let claims = verdict::judge(pool).await?;
    figures.extend(claims.into_iter().map(|(name, value)| Figure {
        name,
        value,
        broken: value != 0,
    }));
    let healthy = doctor(orders)?;
    figures.push(Figure { name: "doctor", value: i64::from(healthy), broken: !healthy });
    Ok(figures)
}

/// A figure of the closing line, and whether it must not be as it is.
#[derive(Debug)]
struct Figure {
    name: &'static str,
    value: i64,
    broken: bool,
}

fn close(plan: Plan, figures: &[Figure], holds: bool) {
    for figure in figures.iter().filter(|figure| figure.broken) {
        eprintln!("BROKEN: {}={}", figure.name, figure.value);
    }
    let skewed = crew::faketime().is_some();
    if plan.json {
        let fields: Vec<_> =
            figures.iter().map(|f| format!("\"{}\":{}", f.name, f.value)).collect();
        println!("{{{},\"clock_off\":{skewed},\"pass\":{holds}}}", fields.join(","));
    } else {
        let fields: Vec<_> = figures.iter().map(|f| format!("{}={}", f.name, f.value)).collect();
        println!("result: {} clock_off={skewed} pass={holds}", fields.join(" "));
    }
}

/// What an operator would ask.
fn doctor(orders: &Orders) -> Result<bool> {
    let mut command = std::process::Command::new(std::env::current_exe()?);
    command.args(["jobs", "doctor", "--full"]).current_dir(&orders.folder);
    let output = command.env("DATABASE_URL", &orders.url).output()?;
    let said = String::from_utf8_lossy(&output.stdout);
    if !output.status.success() {
        eprintln!("{said}{}", String::from_utf8_lossy(&output.stderr));
    }
    Ok(output.status.success())
}

/// Waits until no job is anywhere but at its end.
async fn calm(pool: &PgPool) -> Result<()> {
    let begun = Instant::now();
    let mut told = Instant::now();
    loop {
        let open = "select (select count(*) from jewel.ready) + (select count(*) from jewel.lane) \
            + (select count(*) from jewel.scheduled) \
            + (select coalesce(sum(cardinality(ids)), 0) from jewel.lease)::bigint";
        let open: i64 = sqlx::query_scalar(open).fetch_one(pool).await?;
        if open == 0 {
            return Ok(());
        }
        if begun.elapsed() > CALM {
            return Err(format!("{open} jobs are still open after {} s", CALM.as_secs()).into());
        }
        if told.elapsed() > TELL {
            told = Instant::now();
            eprintln!("  {open} jobs are open");
        }
        sleep(LOOK).await;
    }
}

/// Says how far it is, for ever.
async fn tell(ordered: &Ordered, tally: &Tally, begun: Instant) {
    loop {
        sleep(TELL).await;
        eprintln!(
            "  {:>4} s: {} jobs ordered; {} kills, {} pauses, {} restarts, {} crashes of \
             PostgreSQL, {} connections cut",
            begun.elapsed().as_secs(),
            ordered.jobs.load(Ordering::Relaxed),
            tally.kills.load(Ordering::Relaxed),
            tally.pauses.load(Ordering::Relaxed),
            tally.restarts.load(Ordering::Relaxed),
            tally.crashes.load(Ordering::Relaxed),
            tally.cuts.load(Ordering::Relaxed),
        );
    }
}

/// The clock of this machine, which PostgreSQL has too.
fn now() -> Stamp {
    std::time::SystemTime::now().into()
}

/// In cargo's target folder, emptied.
fn folder() -> Result<PathBuf> {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("drill-chaos");
    let _ = std::fs::remove_dir_all(folder.join("logs"));
    std::fs::create_dir_all(&folder)?;
    Ok(folder)
}
