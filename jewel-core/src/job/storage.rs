//! Every statement of the queue: one round trip each, all by the functions of schema `jewel`.
//!
//! Nothing is decided here. What the functions promise stands beside them in the migration.

use std::time::{Duration, Instant};

use futures_util::TryStreamExt;
use sqlx::postgres::{PgRow, PgValueFormat};
use sqlx::{Row, ValueRef};
use uuid::Uuid;

use super::cancel::Cancellation;
use super::declared::Priority;
use super::ending::{Bare, Done, Failed};
use super::key::Keys;
use super::meta::Meta;
use super::ticket::{JobId, Ticket};
use crate::clock::Timestamp;
use crate::db::{self, Db, Tx};
use crate::id::Id;
use crate::tenant::Account;
use crate::trace::TraceParent;

type Result<T> = std::result::Result<T, db::Error>;

/// Jobs of one kind that are to be enqueued.
#[derive(Debug, Clone, Copy)]
pub(super) struct Order {
    pub(super) kind: &'static str,
    pub(super) queue: &'static str,
    pub(super) priority: Priority,
    pub(super) wait: Option<Duration>,
    pub(super) at: Option<Timestamp>,
    pub(super) account: Option<Id<Account>>,
    pub(super) trace: TraceParent,
}

/// A job that is to be enqueued.
#[derive(Debug)]
pub(super) struct Body {
    pub(super) args: String,
    pub(super) keys: Keys,
}

pub(super) async fn enqueue(tx: &mut Tx, order: Order, jobs: Vec<Body>) -> Result<Vec<Ticket>> {
    let meta = Meta { account: order.account, traceparent: Some(order.trace), tick: None };
    let meta = serde_json::to_string(&meta).map_err(|error| sqlx::Error::Encode(error.into()))?;
    let (mut args, mut lanes, mut unique) = (Vec::new(), Vec::new(), Vec::new());
    for job in jobs {
        args.push(job.args);
        lanes.push(job.keys.lane);
        unique.push(job.keys.unique);
    }
    let rows: Vec<(i64, bool)> = sqlx::query_as(
        "select id, duplicate from jewel.enqueue($1, $2, $3, make_interval(secs => $4), $5, \
            $6, $7, $8::text[]::jsonb[], $9::text::jsonb) order by ord",
    )
    .bind(order.kind)
    .bind(order.queue)
    .bind(order.priority.number())
    .bind(order.wait.map(|wait| wait.as_secs_f64()))
    .bind(order.at)
    .bind(lanes)
    .bind(unique)
    .bind(args)
    .bind(meta)
    .fetch_all(tx)
    .await?;
    Ok(rows.into_iter().map(|(id, duplicate)| Ticket { id: JobId(id), duplicate }).collect())
}

/// Tells other processes of these queues and priorities, each from a place on, where something
/// waits there.
pub(super) async fn announce(
    db: &Db,
    queues: &[&str],
    priorities: &[i16],
    seqs: &[i64],
) -> Result<()> {
    sqlx::query(
        "select pg_notify('jewel', format('ready %s %s %s', q.name, n.seq, n.priority)) \
         from unnest($1::text[], $2::smallint[], $3::bigint[]) n (name, priority, seq) \
            join jewel.queue q using (name) \
         where exists (select from jewel.ready r where r.queue_id = q.id \
            and r.priority = n.priority and r.seq >= n.seq) \
            or exists (select from jewel.lane l where l.queue_id = q.id)",
    )
    .bind(queues)
    .bind(priorities)
    .bind(seqs)
    .execute(db)
    .await?;
    Ok(())
}

/// A job that this worker has now.
#[derive(Debug)]
pub(super) struct Claimed {
    pub(super) id: JobId,
    pub(super) lease: Uuid,
    pub(super) queue: i16,
    /// Its place in the queue's order, or its lane.
    pub(super) place: i64,
    pub(super) kind: i32,
    pub(super) attempt: u16,
    pub(super) args: String,
    pub(super) meta: Meta,
    /// The seconds for which it had waited, where it was ready when it was enqueued.
    pub(super) waited: Option<f32>,
    /// How it hears that it should stop.
    pub(super) stop: Cancellation,
}

/// What is to be claimed: so many of one queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Ask {
    pub(super) queue: i16,
    pub(super) from: From,
    pub(super) most: usize,
    /// Whether some of its jobs have a lease to themselves.
    pub(super) alone: bool,
}

/// From where on a queue is claimed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum From {
    /// One priority of a plain queue, and where in its order.
    Order(Priority, Window),
    /// A keyed queue, behind a lane.
    Lane(i64),
}

impl From {
    /// Behind which place, in the order where there is one.
    pub(super) fn after(self) -> Option<i64> {
        match self {
            Self::Order(_, window) => Some(window.after),
            Self::Lane(_) => None,
        }
    }
}

/// A stretch of a queue's order: behind one place, up to another or to the end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Window {
    pub(super) after: i64,
    pub(super) upto: Option<i64>,
}

/// Claims, in order.
pub(super) async fn claim(db: &Db, worker: i64, ask: Ask) -> Result<Vec<Claimed>> {
    let most = i32::try_from(ask.most).unwrap_or(i32::MAX);
    // The first is the batch's; each job that has one to itself takes another.
    let more = if ask.alone { ask.most } else { 0 };
    let leases: Vec<Uuid> = (0..=more).map(|_| Uuid::new_v4()).collect();
    let query = match ask.from {
        From::Order(priority, Window { after, upto }) => sqlx::query(
            "select lease, job_id, seq, kind_id, attempt, args, meta, waited \
             from jewel.claim($1, $2, $3, $4, $5, $6, $7)",
        )
        .bind(ask.queue)
        .bind(priority.number())
        .bind(after)
        .bind(most)
        .bind(worker)
        .bind(leases)
        .bind(upto.unwrap_or(i64::MAX)),
        From::Lane(after) => sqlx::query(
            "select lease, job_id, lane_key, kind_id, attempt, args, meta, waited \
             from jewel.claim_keyed($1, $2, $3, $4, $5)",
        )
        .bind(ask.queue)
        .bind(after)
        .bind(most)
        .bind(worker)
        .bind(leases),
    };
    let mut rows = query.fetch(db);
    let mut all = Vec::with_capacity(ask.most);
    while let Some(row) = rows.try_next().await? {
        all.push(claimed(ask.queue, &row)?);
    }
    // They come nearly in order: putting them into it is cheaper here than there.
    all.sort_by_key(|claimed: &Claimed| (claimed.place, claimed.id));
    Ok(all)
}

/// Claims at most one job that may have killed a worker.
pub(super) async fn claim_suspect(db: &Db, worker: i64, queues: &[i16]) -> Result<Vec<Claimed>> {
    let rows = sqlx::query(
        "select lease, job_id, 0::bigint, kind_id, attempt, args, meta, null::real, queue_id \
         from jewel.claim_suspect($1, $2, $3)",
    )
    .bind(queues)
    .bind(worker)
    .bind(Uuid::new_v4())
    .fetch_all(db)
    .await?;
    rows.iter().map(|row| Ok(claimed(row.try_get(8)?, row)?)).collect()
}

fn claimed(queue: i16, row: &PgRow) -> sqlx::Result<Claimed> {
    let meta = json(row, 6)?.and_then(|meta| serde_json::from_str(meta).ok());
    Ok(Claimed {
        id: JobId(row.try_get(1)?),
        lease: row.try_get(0)?,
        queue,
        place: row.try_get(2)?,
        kind: row.try_get(3)?,
        attempt: row.try_get::<i16, _>(4)?.unsigned_abs(),
        args: json(row, 5)?.unwrap_or_default().to_owned(),
        meta: meta.unwrap_or_default(),
        waited: row.try_get(7)?,
        stop: Cancellation::default(),
    })
}

/// The text of a column of type `jsonb`; a cast to `text` would copy it twice more.
fn json(row: &PgRow, at: usize) -> sqlx::Result<Option<&str>> {
    let value = row.try_get_raw(at)?;
    if value.is_null() {
        return Ok(None);
    }
    let bytes = value.as_bytes().map_err(sqlx::Error::Decode)?;
    let text = match value.format() {
        PgValueFormat::Binary => bytes.get(1..).unwrap_or_default(), // behind the version
        PgValueFormat::Text => bytes,
    };
    str::from_utf8(text).map(Some).map_err(|error| sqlx::Error::Decode(error.into()))
}

/// Queue, priority and first `seq` of everything that waits in these queues; a priority of -1 says
/// that suspects wait.
pub(super) async fn waiting(db: &Db, queues: &[i16]) -> Result<Vec<(i16, i16, i64)>> {
    Ok(sqlx::query_as("select queue_id, priority, seq from jewel.waiting($1)")
        .bind(queues)
        .fetch_all(db)
        .await?)
}

/// How many jobs wait in each queue, counted up to `most`; and for how many seconds the first has
/// that may begin.
pub(super) async fn depth(
    db: &Db,
    queues: &[i16],
    most: i32,
) -> Result<Vec<(i16, i64, Option<f32>)>> {
    Ok(sqlx::query_as("select queue_id, jobs, oldest from jewel.depth($1, $2)")
        .bind(queues)
        .bind(most)
        .fetch_all(db)
        .await?)
}

/// How long ago, in milliseconds: the database's clock is not ours.
fn agos(began: &[Instant]) -> Vec<i32> {
    let now = Instant::now();
    let ago = |began| i32::try_from(now.duration_since(began).as_millis()).unwrap_or(i32::MAX);
    began.iter().copied().map(ago).collect()
}

/// Settles jobs that did their work; returns those that were refused.
pub(super) async fn complete(db: &Db, worker: i64, done: &Done) -> Result<Vec<JobId>> {
    let refused: Vec<i64> = sqlx::query_scalar(
        "select job_id from jewel.complete($1, $2, $3, $4::text[]::jsonb[], $5) \
         where what = 'refused'",
    )
    .bind(worker)
    .bind(&done.leases)
    .bind(&done.ids)
    .bind(done.results.iter().any(Option::is_some).then_some(&done.results))
    .bind(agos(&done.began))
    .fetch_all(db)
    .await?;
    Ok(refused.into_iter().map(JobId).collect())
}

/// Settles a job in its own transaction; `false` where another worker has it.
pub(super) async fn complete_within(
    tx: &mut Tx,
    worker: i64,
    lease: Uuid,
    id: JobId,
    began: Instant,
    result: Option<String>,
) -> Result<bool> {
    let refused = sqlx::query(
        "select from jewel.complete($1, array[$2], array[$3], array[$4::text]::jsonb[], $5) \
         where what = 'refused'",
    )
    .bind(worker)
    .bind(lease)
    .bind(id.0)
    .bind(result)
    .bind(agos(&[began]))
    .fetch_optional(tx)
    .await?;
    Ok(refused.is_none())
}

/// Settles jobs that did not; returns those that were refused.
pub(super) async fn fail(db: &Db, worker: i64, failed: &Failed) -> Result<Vec<JobId>> {
    let refused: Vec<i64> = sqlx::query_scalar(
        "select job_id from jewel.fail($1, $2, $3, $4, $5, array( \
            select clock_timestamp() + make_interval(secs => wait) \
            from unnest($6::float8[]) with ordinality w (wait, at) order by at), $7)",
    )
    .bind(worker)
    .bind(&failed.leases)
    .bind(&failed.ids)
    .bind(&failed.reasons)
    .bind(&failed.messages)
    .bind(&failed.waits)
    .bind(agos(&failed.began))
    .fetch_all(db)
    .await?;
    Ok(refused.into_iter().map(JobId).collect())
}

/// Hands jobs back; returns those that were refused.
pub(super) async fn release(db: &Db, worker: i64, released: &Bare) -> Result<Vec<JobId>> {
    let refused: Vec<i64> = sqlx::query_scalar("select job_id from jewel.release($1, $2, $3)")
        .bind(worker)
        .bind(&released.leases)
        .bind(&released.ids)
        .fetch_all(db)
        .await?;
    Ok(refused.into_iter().map(JobId).collect())
}

/// Hands back whole leases.
pub(super) async fn release_all(db: &Db, worker: i64, leases: &[Uuid]) -> Result<()> {
    sqlx::query("select from jewel.release($1, $2, null)")
        .bind(worker)
        .bind(leases)
        .fetch_all(db)
        .await?;
    Ok(())
}

/// A new life of a worker; its number is never used again.
pub(super) async fn enlist(db: &Db, name: &str, ttl: Duration) -> Result<i64> {
    Ok(sqlx::query_scalar("select jewel.enlist($1, make_interval(secs => $2))")
        .bind(name)
        .bind(ttl.as_secs_f64())
        .fetch_one(db)
        .await?)
}

/// The answer to a heartbeat.
#[derive(Debug, sqlx::FromRow)]
pub(super) struct Beat {
    /// Whether the worker still counts as alive; if not, it never will again.
    pub(super) alive: bool,
    /// The jobs that it should stop.
    pub(super) cancel_ids: Vec<i64>,
    /// The leases that it has held for longer than the ttl.
    pub(super) leases: Vec<Uuid>,
}

pub(super) async fn beat(db: &Db, worker: i64, ttl: Duration) -> Result<Beat> {
    Ok(sqlx::query_as(
        "select alive, cancel_ids, leases from jewel.beat($1, make_interval(secs => $2))",
    )
    .bind(worker)
    .bind(ttl.as_secs_f64())
    .fetch_one(db)
    .await?)
}

pub(super) async fn leave(db: &Db, worker: i64) -> Result<()> {
    sqlx::query("select jewel.leave($1)").bind(worker).execute(db).await?;
    Ok(())
}

/// Empties so many leases of dead workers; the jobs, whether each is poisoned, and its kind.
pub(super) async fn rescue(db: &Db, most: i32, max_crashes: i16) -> Result<Vec<(i64, bool, i32)>> {
    let query = "select r.job_id, r.poisoned, j.kind_id \
        from jewel.rescue($1, $2) r join jewel.job j on j.id = r.job_id";
    Ok(sqlx::query_as(query).bind(most).bind(max_crashes).fetch_all(db).await?)
}

/// Makes due jobs ready; how many there were.
pub(super) async fn promote(db: &Db, most: i32) -> Result<i32> {
    Ok(sqlx::query_scalar("select jewel.promote($1)").bind(most).fetch_one(db).await?)
}

/// `cancelled`, `requested`, `not_live` or `busy`.
pub(super) async fn cancel(db: &Db, id: JobId) -> Result<String> {
    Ok(sqlx::query_scalar("select jewel.cancel($1)").bind(id).fetch_one(db).await?)
}

/// Tells all processes something on the queue's channel.
pub(super) async fn notify(db: &Db, payload: &str) -> Result<()> {
    sqlx::query("select pg_notify('jewel', $1)").bind(payload).execute(db).await?;
    Ok(())
}
