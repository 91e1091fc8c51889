//! Tells the database what the annotations say of kinds, queues and schedules. Only statements.

use std::time::Duration;

use super::OnDead;
use super::declared::{Limits, Priority, Schedule, Until};
use super::schedule::Tick;
use crate::clock::Timestamp;
use crate::db::{self, Db};

type Result<T> = std::result::Result<T, db::Error>;

/// What is to hold for a kind.
#[derive(Debug)]
pub(super) struct KindPolicy<'a> {
    pub(super) name: &'a str,
    pub(super) keep: Duration,
    pub(super) unique: Option<Until>,
    pub(super) solo: bool,
    pub(super) on_dead: Option<OnDead>,
}

/// Makes kinds known; their ids, in order.
pub(super) async fn kinds(db: &Db, kinds: &[KindPolicy<'_>]) -> Result<Vec<i32>> {
    let names: Vec<&str> = kinds.iter().map(|kind| kind.name).collect();
    let keeps: Vec<f64> = kinds.iter().map(|kind| kind.keep.as_secs_f64()).collect();
    let (mut untils, mut ttls) = (Vec::new(), Vec::new());
    for kind in kinds {
        let (until, ttl) = match kind.unique {
            None | Some(Until::Finish) => ("finish", None),
            Some(Until::Start) => ("start", None),
            Some(Until::After(ttl)) => ("ttl", Some(ttl.as_secs_f64())),
        };
        untils.push(until);
        ttls.push(ttl);
    }
    let solos: Vec<bool> = kinds.iter().map(|kind| kind.solo).collect();
    let ids = sqlx::query_scalar(
        "select id from ( \
            select at, jewel.declare_kind(name, make_interval(secs => keep), until, \
                make_interval(secs => ttl), solo) id \
            from (select * from unnest($1::text[], $2::float8[], $3::text[], $4::float8[], \
                $5::bool[]) with ordinality k (name, keep, until, ttl, solo, at) \
                order by name) k) d order by at",
    )
    .bind(names)
    .bind(keeps)
    .bind(untils)
    .bind(ttls)
    .bind(solos)
    .fetch_all(db)
    .await?;
    on_dead(db, kinds).await?;
    Ok(ids)
}

/// Makes known what is enqueued when jobs of these kinds die.
async fn on_dead(db: &Db, kinds: &[KindPolicy<'_>]) -> Result<()> {
    let names: Vec<&str> = kinds.iter().map(|kind| kind.name).collect();
    let handlers = || kinds.iter().map(|kind| kind.on_dead);
    let jobs: Vec<_> = handlers().map(|handler| handler.map(|handler| handler.kind)).collect();
    let queues: Vec<_> = handlers().map(|handler| handler.map(|handler| handler.queue)).collect();
    let priorities: Vec<_> =
        handlers().map(|handler| handler.map(|handler| handler.priority.number())).collect();
    sqlx::query(
        "select jewel.declare_on_dead(name, handler, queue, priority) \
         from (select * from unnest($1::text[], $2::text[], $3::text[], $4::smallint[]) \
            k (name, handler, queue, priority) order by name) k",
    )
    .bind(names)
    .bind(jobs)
    .bind(queues)
    .bind(priorities)
    .fetch_all(db)
    .await?;
    Ok(())
}

/// Makes queues known, by name; their ids, in order.
pub(super) async fn queues(db: &Db, queues: &[(&str, Limits)]) -> Result<Vec<i16>> {
    let count = |count: u32| i32::try_from(count).unwrap_or(i32::MAX);
    let names: Vec<&str> = queues.iter().map(|(name, _)| *name).collect();
    let limits = || queues.iter().map(|(_, limits)| limits);
    let keys: Vec<_> = limits().map(|l| l.key.map(|(most, _)| count(most))).collect();
    let alls: Vec<_> = limits().map(|l| l.queue.map(count)).collect();
    let everys: Vec<_> = limits().map(|l| l.rate.map(|r| r.every().as_secs_f64())).collect();
    let bursts: Vec<_> = limits().map(|l| l.rate.map(|r| count(r.burst))).collect();
    Ok(sqlx::query_scalar(
        "select jewel.declare_queue(name, per_key, at_once, make_interval(secs => every), burst) \
         from unnest($1::text[], $2::int[], $3::int[], $4::float8[], $5::int[]) with ordinality \
            q (name, per_key, at_once, every, burst, at) order by at",
    )
    .bind(names)
    .bind(keys)
    .bind(alls)
    .bind(everys)
    .bind(bursts)
    .fetch_all(db)
    .await?)
}

/// Moves jobs that wait where their queue no longer looks; how many.
pub(super) async fn align(db: &Db, most: i32) -> Result<i32> {
    Ok(sqlx::query_scalar("select jewel.align($1)").bind(most).fetch_one(db).await?)
}

/// A job that the clock enqueues.
#[derive(Debug)]
pub(super) struct Scheduled<'a> {
    pub(super) kind: &'a str,
    pub(super) queue: &'a str,
    pub(super) priority: Priority,
    pub(super) schedule: Schedule,
    pub(super) args: String,
    /// When it is due first, where it is new.
    pub(super) first: Timestamp,
}

/// Makes a schedule known.
pub(super) async fn schedule(db: &Db, job: &Scheduled<'_>) -> Result<()> {
    sqlx::query("select jewel.declare_cron($1, $2, $3, $4, $5, $6::text::jsonb, $7)")
        .bind(job.kind)
        .bind(job.queue)
        .bind(job.priority.number())
        .bind(job.schedule.pattern)
        .bind(job.schedule.zone)
        .bind(&job.args)
        .bind(job.first)
        .execute(db)
        .await?;
    Ok(())
}

/// The planned times that are over, by the database's clock, of these schedules; and that clock.
pub(super) async fn due(db: &Db, names: &[&str]) -> Result<Vec<(String, Timestamp, Timestamp)>> {
    Ok(sqlx::query_as(
        "select name, next_at, now() from jewel.cron \
         where name = any($1) and paused_at is null and next_at <= now()",
    )
    .bind(names)
    .fetch_all(db)
    .await?)
}

/// Makes a job of a planned time, if nobody has yet.
pub(super) async fn fire(db: &Db, name: &str, tick: Tick) -> Result<Option<i64>> {
    Ok(sqlx::query_scalar("select jewel.cron_fire($1, $2, $3, $4, $5)")
        .bind(name)
        .bind(tick.planned)
        .bind(tick.next)
        .bind(tick.at)
        .bind(tick.wanted)
        .fetch_one(db)
        .await?)
}
