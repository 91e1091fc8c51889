//! One tenant's long queue in a keyed queue: nobody else waits for it, and no claim reads it.

use std::collections::BTreeSet;

use sqlx::types::Uuid;

use super::world::World;

const SLOTS: usize = 10;
const LONG: i64 = 100_000;

/// The tenants' keys: one has all the work, the others come before and behind it.
const GREEDY: i64 = 0;
const OTHERS: [i64; 2] = [-7, 7];

/// Enqueues so many jobs of one tenant.
async fn enqueue(world: &World, key: i64, count: i64) {
    let sql = "select count(*) from jewel.enqueue('visit', 'visits', 1::smallint, null, null, \
                   array_fill($1, array[$2::int]), null, \
                   array_fill('{}'::jsonb, array[$2::int]), null)";
    let enqueued: i64 =
        sqlx::query_scalar(sql).bind(key).bind(count as i32).fetch_one(&world.db).await.unwrap();
    assert_eq!(enqueued, count);
}

/// Claims as many as there are slots, behind a tenant: the jobs and their tenants, in order, and
/// how many waiting jobs were looked at for it.
async fn claim(world: &World, worker: i64, after: i64) -> (Vec<(Uuid, i64, i64)>, i64) {
    let mut tx = world.db.begin(None).await.unwrap();
    let leases: Vec<Uuid> = (0..SLOTS).map(|_| Uuid::new_v4()).collect();
    let claimed = sqlx::query_as(
        "select lease, job_id, lane_key from jewel.claim_keyed( \
            jewel.queue_id('visits'), $1, $2, $3, $4) order by lane_key, job_id",
    )
    .bind(after)
    .bind(SLOTS as i32)
    .bind(worker)
    .bind(leases)
    .fetch_all(&mut tx)
    .await
    .unwrap();
    let visited = sqlx::query_scalar(
        "select (seq_tup_read + idx_tup_fetch)::bigint from pg_stat_xact_user_tables \
         where relid = 'jewel.lane'::regclass",
    )
    .fetch_one(&mut tx)
    .await
    .unwrap();
    tx.commit().await.unwrap();
    (claimed, visited)
}

async fn complete(world: &World, worker: i64, claimed: Vec<(Uuid, i64, i64)>) {
    let (leases, ids): (Vec<_>, Vec<_>) =
        claimed.into_iter().map(|(lease, id, _)| (lease, id)).unzip();
    sqlx::query("select from jewel.complete($1, $2, $3, null)")
        .bind(worker)
        .bind::<Vec<Uuid>>(leases)
        .bind::<Vec<i64>>(ids)
        .execute(&world.db)
        .await
        .unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tenant_with_a_hundred_thousand_jobs_keeps_nobody_waiting() {
    let world = World::new().await;
    world.sql("select jewel.declare_queue('visits', 10, null, null, null)").await;
    enqueue(&world, GREEDY, LONG).await;
    for other in OTHERS {
        enqueue(&world, other, 1).await;
    }
    let worker: i64 = sqlx::query_scalar("select jewel.enlist('worker', '1 hour')")
        .fetch_one(&world.db)
        .await
        .unwrap();
    // One who has all the slots already is the worst that others can meet.
    let (mut cursor, mut claims, mut missing) = (GREEDY - 1, 0, BTreeSet::from(OTHERS));
    while !missing.is_empty() {
        let (claimed, visited) = claim(&world, worker, cursor).await;
        assert_eq!(claimed.len(), SLOTS);
        let few = SLOTS as i64..100;
        assert!(few.contains(&visited), "a claim of {SLOTS} looked at {visited} waiting jobs");
        claims += claimed.len();
        cursor = claimed.last().unwrap().2;
        missing.retain(|key| claimed.iter().all(|(.., claimed)| claimed != key));
        complete(&world, worker, claimed).await;
    }
    assert!(claims <= 2 * SLOTS, "{claims} jobs began before the other tenants' first ones");
    world.conserved().await;
}
