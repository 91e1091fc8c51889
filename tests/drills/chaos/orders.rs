//! Who orders: small bulks in transactions of their own, each of which also writes down what it
//! ordered, so that an answer which got lost leaves no doubt.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU32, Ordering};
use std::time::Duration;

use jewel_core::config::Span;
use jewel_core::db::{self, Db};
use sqlx::PgPool;
use tokio::time::sleep;

use super::{Result, app};

/// Jobs of one transaction.
const BULK: i64 = 50;
/// No more is ordered while so many wait.
const FULL: i64 = 3_000;
const AGAIN: Duration = Duration::from_millis(100);

/// What was ordered so far.
#[derive(Debug, Default)]
pub struct Ordered {
    pub jobs: AtomicI64,
    pub failures: AtomicU32,
    next: AtomicI64,
}

impl Ordered {
    /// So many were ordered before.
    pub fn after(count: i64) -> Self {
        let (jobs, next) = (AtomicI64::new(count), AtomicI64::new(count));
        Self { jobs, failures: AtomicU32::new(0), next }
    }
}

/// Orders until `enough` says so.
pub async fn serve(
    url: String,
    pool: PgPool,
    ordered: Arc<Ordered>,
    enough: impl Fn(i64) -> bool,
) -> Result<()> {
    let db = db(&url)?;
    loop {
        if enough(ordered.jobs.load(Ordering::Relaxed)) {
            return Ok(());
        }
        if !has_room(&pool).await {
            sleep(AGAIN).await;
            continue;
        }
        let first = ordered.next.fetch_add(BULK, Ordering::Relaxed);
        if let Err(error) = order(&db, first).await {
            tell(&ordered, &error);
            sleep(AGAIN).await;
        }
        count(&pool, &ordered).await;
    }
}

/// Orders good jobs and, amid them, the one that kills whoever reads it; its number.
pub async fn with_a_deadly_one(url: &str, count: i64) -> Result<i64> {
    let db = db(url)?;
    let mut deadly = 0;
    for first in (0..count).step_by(BULK as usize) {
        let mut tx = db.begin(None).await?;
        app::order(&mut tx, first, BULK.min(count - first)).await?;
        if first == count / 2 / BULK * BULK {
            deadly = app::order_deadly(&mut tx).await?;
        }
        tx.commit().await?;
    }
    Ok(deadly)
}

fn db(url: &str) -> Result<Db> {
    let acquire_timeout = Span::from_secs(10);
    let settings = db::Settings { connections: 4, acquire_timeout, ..db::Settings::default() };
    Ok(Db::new(url, "chaos orders", &settings)?)
}

async fn order(db: &Db, first: i64) -> Result<(), db::Error> {
    let mut tx = db.begin(None).await?;
    app::order(&mut tx, first, BULK).await?;
    tx.commit().await
}

/// A connection that is cut is no surprise here; anything else is told.
fn tell(ordered: &Ordered, error: &db::Error) {
    ordered.failures.fetch_add(1, Ordering::Relaxed);
    let state = error.sqlstate();
    let expected = state.as_deref().is_none_or(|state| matches!(&state[..2], "57" | "08"));
    if !expected {
        eprintln!("an order failed: {error} ({state:?})");
    }
}

async fn has_room(pool: &PgPool) -> bool {
    let waiting = "select (select count(*) from (select from jewel.ready limit 10000) r) \
        + (select count(*) from (select from jewel.lane limit 10000) l)";
    sqlx::query_scalar::<_, i64>(waiting).fetch_one(pool).await.is_ok_and(|waiting| waiting < FULL)
}

async fn count(pool: &PgPool, ordered: &Ordered) {
    let counted = sqlx::query_scalar("select count(*) from orders").fetch_one(pool).await;
    if let Ok(jobs) = counted {
        ordered.jobs.store(jobs, Ordering::Relaxed);
    }
}
