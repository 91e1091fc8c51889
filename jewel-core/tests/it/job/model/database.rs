//! The queue's functions as they are called, on one connection of the owner's: nothing is decided
//! or checked here.

use chrono::{TimeDelta, Utc};
use jewel_core::db::{Cluster, Embedded};
use sqlx::types::Uuid;
use sqlx::{AssertSqlSafe, Connection, PgConnection};

use super::order::{KINDS, Order, QUEUES, Until};
use super::place::{LAW, PLACES};
use super::queue::How;
use crate::job::world::World;

type Result<T> = std::result::Result<T, sqlx::Error>;

/// A claimed job: lease, id, place in the order or lane, kind, attempt.
pub(super) type Claimed = (Uuid, i64, i64, i32, i16);

pub(super) struct Database(PgConnection);

/// Ids as the database has them: it counts from one.
fn number(index: usize) -> i16 {
    index as i16 + 1
}

impl Database {
    /// The world's database, with the model's kinds and queues.
    pub(super) async fn new(world: &World) -> Result<Self> {
        let name: String =
            sqlx::query_scalar("select current_database()").fetch_one(&world.db).await?;
        let start = || Embedded::start(&Cluster::tests_of_this_build()).unwrap();
        let server = tokio::task::spawn_blocking(start).await.unwrap();
        let mut connection = PgConnection::connect(&server.url(&name)).await?;
        for (at, kind) in KINDS.iter().enumerate() {
            let until = match kind.until {
                Until::Finish => "finish",
                Until::Start => "start",
                Until::Ttl => "ttl",
            };
            let declare = "select jewel.declare_kind('kind ' || $1, make_interval(days => $2), $3, \
                           case when $3 = 'ttl' then interval '1 hour' end, $4)";
            let id: i32 = sqlx::query_scalar(declare)
                .bind(at.to_string())
                .bind(i32::from(kind.kept))
                .bind(until)
                .bind(kind.solo)
                .fetch_one(&mut connection)
                .await?;
            assert_eq!(id, i32::from(number(at)));
        }
        for (at, queue) in QUEUES.iter().enumerate() {
            let declare = "select jewel.declare_queue('queue' || $1, $2, $3, null, null)";
            let id: i16 = sqlx::query_scalar(declare)
                .bind(at.to_string())
                .bind(queue.per_key.map(|limit| limit as i32))
                .bind(queue.at_once.map(|limit| limit as i32))
                .fetch_one(&mut connection)
                .await?;
            assert_eq!(id, number(at));
        }
        Ok(Self(connection))
    }

    /// Empties everything but what was declared.
    pub(super) async fn clear(&mut self) -> Result<()> {
        let clear = "delete from jewel.ready; delete from jewel.lane; delete from jewel.scheduled; \
                     delete from jewel.lease; delete from jewel.finished; \
                     delete from jewel.failure; delete from jewel.job; \
                     delete from jewel.unique_lock; delete from jewel.worker; \
                     update jewel.queue set paused_at = null where paused_at is not null";
        sqlx::raw_sql(clear).execute(&mut self.0).await?;
        Ok(())
    }

    /// Runs a statement of the test's own.
    pub(super) async fn alter(&mut self, sql: String) -> Result<()> {
        sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut self.0).await?;
        Ok(())
    }

    /// A function's text as it is.
    pub(super) async fn definition(&mut self, function: &str) -> Result<String> {
        // Of several with one name the longest does the work; the others call it.
        let sql = "select pg_get_functiondef(oid) from pg_proc \
            where pronamespace = 'jewel'::regnamespace and proname = $1 \
            order by pronargs desc limit 1";
        sqlx::query_scalar(sql).bind(function).fetch_one(&mut self.0).await
    }

    pub(super) async fn enqueue(&mut self, orders: &[Order]) -> Result<Vec<(i64, bool)>> {
        let kinds: Vec<i32> = orders.iter().map(|order| number(order.kind).into()).collect();
        let queues: Vec<i16> = orders.iter().map(|order| number(order.queue)).collect();
        let priorities: Vec<i16> = orders.iter().map(|order| order.priority).collect();
        let at = |order: &Order| Some(Utc::now() + TimeDelta::hours(order.wait?.into()));
        let times: Vec<_> = orders.iter().map(at).collect();
        let lanes: Vec<_> = orders.iter().map(|order| order.key).collect();
        let key = |order: &Order| Some(vec![order.kind as u8, order.unique?]);
        let keys: Vec<_> = orders.iter().map(key).collect();
        sqlx::query_as(
            "select id, duplicate from jewel.enqueue_many($1, $2, $3, $4, $5, $6, \
                array_fill('{}'::jsonb, array[cardinality($1)]), null) order by ord",
        )
        .bind(kinds)
        .bind(queues)
        .bind(priorities)
        .bind(times)
        .bind(lanes)
        .bind(keys)
        .fetch_all(&mut self.0)
        .await
    }

    pub(super) async fn claim(
        &mut self,
        (queue, priority): (usize, i16),
        (after, upto): (i64, Option<i64>),
        most: usize,
        worker: i64,
        leases: &[Uuid],
    ) -> Result<Vec<Claimed>> {
        // Without an end it is called as by workers that know of none.
        let last = if upto.is_some() { ", $7" } else { "" };
        let sql = format!(
            "select lease, job_id, seq, kind_id, attempt \
             from jewel.claim($1, $2, $3, $4, $5, $6{last}) order by seq"
        );
        let query = sqlx::query_as(AssertSqlSafe(sql))
            .bind(number(queue))
            .bind(priority)
            .bind(after)
            .bind(most as i32)
            .bind(worker)
            .bind(leases);
        let query = if upto.is_some() { query.bind(upto) } else { query };
        query.fetch_all(&mut self.0).await
    }

    pub(super) async fn claim_keyed(
        &mut self,
        queue: usize,
        after: i64,
        most: usize,
        worker: i64,
        leases: &[Uuid],
    ) -> Result<Vec<Claimed>> {
        let sql = "select lease, job_id, lane_key, kind_id, attempt \
                   from jewel.claim_keyed($1, $2, $3, $4, $5)";
        sqlx::query_as(sql)
            .bind(number(queue))
            .bind(after)
            .bind(most as i32)
            .bind(worker)
            .bind(leases)
            .fetch_all(&mut self.0)
            .await
    }

    pub(super) async fn claim_suspect(
        &mut self,
        queues: &[usize],
        worker: i64,
        lease: Uuid,
    ) -> Result<Vec<Claimed>> {
        let sql = "select lease, job_id, 0::bigint, kind_id, attempt \
                   from jewel.claim_suspect($1, $2, $3)";
        let queues: Vec<i16> = queues.iter().map(|queue| number(*queue)).collect();
        sqlx::query_as(sql).bind(queues).bind(worker).bind(lease).fetch_all(&mut self.0).await
    }

    /// Settles; what is refused. The result of a job is its id.
    pub(super) async fn settle(
        &mut self,
        how: How,
        worker: i64,
        leases: &[Uuid],
        ids: &[i64],
    ) -> Result<Vec<(Uuid, i64)>> {
        let reason: i16 = match how {
            How::Snooze => 6,
            How::Stopped => 5,
            _ => 1,
        };
        let sql = match how {
            How::Complete => {
                "select lease, job_id from jewel.complete($1, $2, $3, \
                    array(select to_jsonb(id) from unnest($3) with ordinality r (id, at) \
                        order by at)) \
                 where $4 <> 0"
            }
            How::Release => "select lease, job_id from jewel.release($1, $2, $3) where $4 <> 0",
            How::Retry | How::Snooze | How::Stopped => {
                "select lease, job_id from jewel.fail($1, $2, $3, \
                    array_fill($4, array[cardinality($3)]), null, \
                    array_fill(now() + interval '1 hour', array[cardinality($3)]))"
            }
            How::Dead => {
                "select lease, job_id from jewel.fail($1, $2, $3, \
                    array_fill($4, array[cardinality($3)]), null, null)"
            }
        };
        sqlx::query_as(sql)
            .bind(worker)
            .bind(leases)
            .bind(ids)
            .bind(reason)
            .fetch_all(&mut self.0)
            .await
    }

    /// Hands back whole leases; what is refused.
    pub(super) async fn release_all(
        &mut self,
        worker: i64,
        leases: &[Uuid],
    ) -> Result<Vec<(Uuid, i64)>> {
        let sql = "select lease, job_id from jewel.release($1, $2, null)";
        sqlx::query_as(sql).bind(worker).bind(leases).fetch_all(&mut self.0).await
    }

    pub(super) async fn cancel(&mut self, id: i64) -> Result<String> {
        sqlx::query_scalar("select jewel.cancel($1)").bind(id).fetch_one(&mut self.0).await
    }

    pub(super) async fn retry(&mut self, id: i64) -> Result<Option<i64>> {
        let sql = "select jewel.retry(array[$1])";
        sqlx::query_scalar(sql).bind(id).fetch_optional(&mut self.0).await
    }

    pub(super) async fn discard(&mut self, id: i64) -> Result<Option<i64>> {
        let sql = "select jewel.discard(array[$1])";
        sqlx::query_scalar(sql).bind(id).fetch_optional(&mut self.0).await
    }

    /// The last place in the order that was given away.
    pub(super) async fn last(&mut self) -> Result<i64> {
        sqlx::query_scalar("select last_value from jewel.job_seq").fetch_one(&mut self.0).await
    }

    /// Makes a scheduled job due, later than those with lower ranks.
    pub(super) async fn make_due(&mut self, id: i64, rank: i64) -> Result<()> {
        let sql = "update jewel.scheduled \
                   set run_at = timestamptz '2000-01-01' + make_interval(mins => $2) \
                   where job_id = $1";
        sqlx::query(sql).bind(id).bind(rank as i32).execute(&mut self.0).await?;
        Ok(())
    }

    pub(super) async fn promote(&mut self, most: usize) -> Result<i32> {
        let sql = "select jewel.promote($1)";
        sqlx::query_scalar(sql).bind(most as i32).fetch_one(&mut self.0).await
    }

    pub(super) async fn enlist(&mut self) -> Result<i64> {
        let sql = "select jewel.enlist('worker', '1 hour')";
        sqlx::query_scalar(sql).fetch_one(&mut self.0).await
    }

    /// Whether it is alive, what it is to stop, which leases it has held for too long.
    pub(super) async fn beat(&mut self, worker: i64) -> Result<(bool, Vec<i64>, Vec<Uuid>)> {
        let sql = "select alive, cancel_ids, leases from jewel.beat($1, '1 hour')";
        sqlx::query_as(sql).bind(worker).fetch_one(&mut self.0).await
    }

    /// The worker is not heard of in time.
    pub(super) async fn expire(&mut self, worker: i64) -> Result<()> {
        let sql = "update jewel.worker set expires_at = now() - interval '1 second' where id = $1";
        sqlx::query(sql).bind(worker).execute(&mut self.0).await?;
        Ok(())
    }

    pub(super) async fn leave(&mut self, worker: i64) -> Result<()> {
        sqlx::query("select jewel.leave($1)").bind(worker).execute(&mut self.0).await?;
        Ok(())
    }

    pub(super) async fn rescue(&mut self, most: usize, crashes: i16) -> Result<Vec<(i64, bool)>> {
        let sql = "select job_id, poisoned from jewel.rescue($1, $2)";
        sqlx::query_as(sql).bind(most as i32).bind(crashes).fetch_all(&mut self.0).await
    }

    pub(super) async fn pause(&mut self, queue: usize, pause: bool) -> Result<Option<bool>> {
        let sql = if pause { "select jewel.pause($1)" } else { "select jewel.resume($1)" };
        sqlx::query_scalar(sql).bind(format!("queue{queue}")).fetch_one(&mut self.0).await
    }

    /// The time of all keys that have one is over.
    pub(super) async fn outlast_locks(&mut self) -> Result<()> {
        let sql = "update jewel.unique_lock set until = now() where until is not null";
        sqlx::query(sql).execute(&mut self.0).await?;
        Ok(())
    }

    pub(super) async fn places(&mut self) -> Result<Vec<String>> {
        sqlx::query_scalar(PLACES).fetch_all(&mut self.0).await
    }

    pub(super) async fn unlawful(&mut self) -> Result<Vec<String>> {
        sqlx::query_scalar(LAW).fetch_all(&mut self.0).await
    }
}
