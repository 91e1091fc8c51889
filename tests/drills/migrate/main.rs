//! Drill `migrate`: a table with many rows that is written all the time gets a `not null`, a
//! reference, a rule and an index, by a generated migration. No writer may be logged as waiting
//! for the migration, and the longest write is told.
//!
//! `cargo xtask drill migrate`: a million rows, 200 writes a second. As a test, with no arguments,
//! some thousands of rows.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::str::FromStr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use jewel_core::db::{self, Cluster, Embedded};
use jewel_core::entity::{Folder, Scratch, Stated, check, generate};
use jewel_core::manifest::entity::{Column, Entity, Foreign, Index, Rule};
use sqlx::migrate::Migrator;
use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, PgConnection};
use tokio::task::JoinSet;
use tokio::time::{interval, sleep};

type Fault = Box<dyn Error + Send + Sync>;
type Result<T, E = Fault> = std::result::Result<T, E>;

const WRITERS: u64 = 4;
/// Each writes so often: 200 writes a second in all.
const PAUSE: Duration = Duration::from_millis(20);
/// How long is written before and after.
const AROUND: Duration = Duration::from_secs(1);
/// After this time PostgreSQL logs that somebody waits.
const PATIENCE: &str = "100ms";

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    if words.iter().any(|word| word == "--list") {
        // As test runners ask.
        if !words.iter().any(|word| word == "--ignored") {
            println!("short: test");
        }
        return ExitCode::SUCCESS;
    }
    let rows = words.iter().position(|word| word == "--rows");
    let rows = rows.and_then(|at| words.get(at + 1)?.parse().ok()).unwrap_or(20_000);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let json = words.iter().any(|word| word == "--json");
    match runtime.map_err(Fault::from).and_then(|runtime| runtime.block_on(rehearse(rows, json))) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

/// The tables, before and after.
fn stated(after: bool) -> Stated {
    let column = |name: &str, ty: &str| Column {
        name: name.to_owned(),
        r#type: ty.to_owned(),
        ..Column::default()
    };
    let key = || Column { key: true, ..column("id", "bigint") };
    let makers = Entity { table: "makers".to_owned(), columns: vec![key()], ..Entity::default() };
    let mut piece = Entity {
        table: "pieces".to_owned(),
        columns: vec![
            key(),
            Column { null: !after, ..column("title", "text") },
            Column { null: true, ..column("maker", "bigint") },
            column("weight", "integer"),
        ],
        ..Entity::default()
    };
    if after {
        piece.columns[1].rules.push(Rule::Length { min: Some(1), max: Some(60) });
        piece.columns[2].references = Some(Foreign {
            columns: vec!["maker".to_owned()],
            table: "makers".to_owned(),
            ..Foreign::default()
        });
        piece.indexes.push(Index { parts: vec!["weight".to_owned()], ..Index::default() });
    }
    Stated { entities: vec![makers, piece], dropped: Vec::new() }
}

async fn rehearse(rows: u64, json: bool) -> Result<bool> {
    let home = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("drill-migrate");
    let _ = std::fs::remove_dir_all(home.join("app"));
    let cluster = Cluster::project(&home);
    let server = Embedded::start(&cluster)?;
    let log = server.folder().join("postgres.log");
    let url = database(&server).await?;
    let folder = Folder::new(home.join("app"));
    let mut scratch = Scratch::new(None).await?;
    generate(&stated(false), &folder, "pieces", &mut scratch).await?;
    db::migrate(&url, Some(&migrator(&home).await?)).await?;
    fill(&url, rows).await?;
    generate(&stated(true), &folder, "stricter", &mut scratch).await?;
    check(&stated(true), &folder, &mut scratch).await?;
    scratch.close().await?;

    let begin = std::fs::metadata(&log)?.len();
    let work = Arc::new(Work::default());
    let mut writers = JoinSet::new();
    for number in 0..WRITERS {
        writers.spawn(write(url.clone(), number, rows, Arc::clone(&work)));
    }
    sleep(AROUND).await;
    let migrator = migrator(&home).await?;
    let begun = Instant::now();
    db::migrate(&url, Some(&migrator)).await?;
    let took = begun.elapsed();
    sleep(AROUND).await;
    work.over.store(true, Ordering::Relaxed);
    let mut processes = Vec::new();
    while let Some(writer) = writers.join_next().await {
        processes.push(writer??);
    }
    let waited = waits(&log, begin, &processes)?;
    let done = work.writes.load(Ordering::Relaxed);
    let longest = work.longest.load(Ordering::Relaxed);
    let seconds = took.as_secs_f64();
    let pass = waited.is_empty() && done > 0;
    for line in &waited {
        eprintln!("BROKEN: {line}");
    }
    if json {
        println!(
            "{{\"rows\":{rows},\"writes\":{done},\"longest_write_ms\":{longest},\
             \"migration_s\":{seconds:.2},\"waits\":{},\"pass\":{pass}}}",
            waited.len()
        );
    } else {
        println!(
            "result: rows={rows} writes={done} longest_write_ms={longest} \
             migration_s={seconds:.2} waits={} pass={pass}",
            waited.len()
        );
    }
    Embedded::stop_cluster(&cluster)?;
    Ok(pass)
}

/// A database whose server logs who waits.
async fn database(server: &Embedded) -> Result<String> {
    let root = PgConnectOptions::from_str(&server.url("postgres"))?.disable_statement_logging();
    let mut root = PgConnection::connect_with(&root).await?;
    for sql in [
        "drop database if exists migrate with (force)".to_owned(),
        "create database migrate".to_owned(),
        "alter system set log_lock_waits = on".to_owned(),
        format!("alter system set deadlock_timeout = '{PATIENCE}'"),
        "select pg_reload_conf()".to_owned(),
    ] {
        sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut root).await?;
    }
    root.close().await?;
    Ok(server.url("migrate"))
}

async fn migrator(home: &Path) -> Result<Migrator> {
    Ok(Migrator::new(home.join("app/migrations").as_path()).await?)
}

async fn fill(url: &str, rows: u64) -> Result<()> {
    let mut owner = db::owner(url).await?;
    for sql in [
        "insert into makers select generate_series(0, 99)".to_owned(),
        format!(
            "insert into pieces select n, 'piece ' || n, n % 100, n % 1000 \
             from generate_series(0, {rows} - 1) n"
        ),
    ] {
        sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut owner).await?;
    }
    owner.close().await?;
    Ok(())
}

#[derive(Default)]
struct Work {
    writes: AtomicU64,
    /// In milliseconds.
    longest: AtomicU64,
    over: AtomicBool,
}

/// Changes rows of its own share; the process of its connection.
async fn write(url: String, number: u64, rows: u64, work: Arc<Work>) -> Result<i32> {
    let mut owner = db::owner(&url).await?;
    let process: i32 = sqlx::query_scalar("select pg_backend_pid()").fetch_one(&mut owner).await?;
    let (mut tick, share) = (interval(PAUSE), rows / WRITERS);
    let mut at = 0_u64;
    while !work.over.load(Ordering::Relaxed) {
        tick.tick().await;
        at = (at + 7919) % share.max(1);
        let id = i64::try_from(number * share + at)?;
        let begun = Instant::now();
        sqlx::query("update pieces set weight = weight + 1, maker = $1 % 100 where id = $1")
            .bind(id)
            .execute(&mut owner)
            .await?;
        let took = u64::try_from(begun.elapsed().as_millis())?;
        work.longest.fetch_max(took, Ordering::Relaxed);
        work.writes.fetch_add(1, Ordering::Relaxed);
    }
    owner.close().await?;
    Ok(process)
}

/// What the server logged about writers that wait, since the log was so long.
fn waits(log: &Path, begin: u64, writers: &[i32]) -> Result<Vec<String>> {
    let text = std::fs::read(log)?;
    let since = text.get(usize::try_from(begin)?..).unwrap_or_default();
    let text = String::from_utf8_lossy(since);
    let waiting = |line: &&str| {
        writers.iter().any(|process| line.contains(&format!("process {process} still waiting")))
    };
    Ok(text.lines().filter(waiting).map(ToOwned::to_owned).collect())
}
