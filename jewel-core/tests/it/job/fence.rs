//! One outcome per job: whoever settles after the lease is gone is refused. These tests speak SQL,
//! as a worker does whose process was stopped for too long.

use jewel_core::job::{JobId, Place};
use sqlx::types::Uuid;

use super::world::{Act, World, quick};

/// Claims everything as a worker of its own, which is dead a moment later.
async fn claim_and_die(world: &World) -> (i64, Vec<Uuid>, Vec<i64>) {
    let worker: i64 = sqlx::query_scalar("select jewel.enlist('zombie', '1 minute')")
        .fetch_one(&world.db)
        .await
        .unwrap();
    let rows: Vec<(Uuid, i64)> = sqlx::query_as(
        "select lease, job_id from jewel.claim( \
            (select id from jewel.queue where name = 'stage'), 1::smallint, 0, 10, $1, \
            array[gen_random_uuid()])",
    )
    .bind(worker)
    .fetch_all(&world.db)
    .await
    .unwrap();
    sqlx::query("select jewel.leave($1)").bind(worker).execute(&world.db).await.unwrap();
    let (leases, ids) = rows.into_iter().unzip();
    (worker, leases, ids)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_outcome_that_comes_too_late_is_refused() {
    let world = World::new().await;
    let id = world.enqueue(&[Act::Done]).await;
    let (zombie, leases, ids) = claim_and_die(&world).await;
    assert_eq!(ids, [id.0]);

    let heir = world.work(quick());
    world.at(id, Place::Retrying).await;
    world.hurry().await;
    let done = world.at(id, Place::Completed).await;
    for statement in [
        "select what from jewel.complete($1, $2, $3, array['\"zombie\"']::jsonb[])",
        "select what from jewel.fail($1, $2, $3, array[1::smallint], array['no'], null)",
        "select what from jewel.release($1, $2, $3)",
    ] {
        let answer: Vec<String> = sqlx::query_scalar(statement)
            .bind(zombie)
            .bind(&leases)
            .bind(&ids)
            .fetch_all(&world.db)
            .await
            .unwrap();
        assert_eq!(answer, ["refused"], "{statement}");
    }
    assert_eq!(world.jobs.status(id).await.unwrap(), Some(done));
    heir.stop().await;
    world.conserved().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_dead_neither_claim_nor_come_back() {
    let world = World::new().await;
    world.enqueue(&[Act::Done]).await;
    let (zombie, ..) = claim_and_die(&world).await;
    let second = world.enqueue(&[Act::Done]).await;
    let alive: bool = sqlx::query_scalar("select alive from jewel.beat($1, '1 minute')")
        .bind(zombie)
        .fetch_one(&world.db)
        .await
        .unwrap();
    assert!(!alive);
    let claimed: Vec<i64> = sqlx::query_scalar(
        "select job_id from jewel.claim( \
            (select id from jewel.queue where name = 'stage'), 1::smallint, 0, 10, $1, \
            array[gen_random_uuid()])",
    )
    .bind(zombie)
    .fetch_all(&world.db)
    .await
    .unwrap();
    assert!(claimed.is_empty());
    assert_eq!(world.jobs.status(second).await.unwrap().unwrap().place, Place::Ready);
    world.conserved().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_claim_whose_answer_was_lost_is_handed_back() {
    let world = World::new().await;
    let mut runs = world.stage.runs.subscribe();
    let worker = world.work(quick());
    let first = world.enqueue(&[Act::Done]).await;
    world.at(first, Place::Completed).await;
    // In the worker's name, and nobody tells it: as when the connection broke in between.
    let mut tx = world.db.begin(None).await.unwrap();
    let lost: i64 = sqlx::query_scalar(
        "with j as (select id from jewel.enqueue( \
            'play', 'stage', 1::smallint, '1 hour', null, array[null]::bigint[], \
            array[null]::bytea[], array['{\"acts\":[\"Done\"]}']::jsonb[], null)) select id from j",
    )
    .fetch_one(&mut tx)
    .await
    .unwrap();
    sqlx::query(
        "with s as (delete from jewel.scheduled where job_id = $1 returning *) \
         insert into jewel.lease (id, worker_id, claimed_at, queue_id, priority, ids, kinds, \
            attempts, crashes, flags) \
         select gen_random_uuid(), (select max(id) from jewel.worker), now(), queue_id, priority, \
            array[job_id], array[kind_id], array[1::smallint], array[crashes], array[flags] from s",
    )
    .bind(lost)
    .execute(&mut tx)
    .await
    .unwrap();
    tx.commit().await.unwrap();
    assert_eq!(world.at(JobId(lost), Place::Completed).await.attempt, 1);
    drop(runs.recv().await);
    worker.stop().await;
    world.conserved().await;
}
