//! The queue's own checks: silent where all is well, and each finds what it is for.

use std::time::Duration;

use jewel_core::job::operator::{Finding, Level, Program};

use super::world::{Act, World, quick};

const PROGRAM: Program<'static> =
    Program { kinds: &["play"], queues: &["stage"], encrypted: &[], patience: None };

async fn check(world: &World) -> Vec<Finding> {
    world.jobs.check(PROGRAM, |_, _| {}).await
}

/// Some finding of this check is that bad and says this.
fn told(findings: &[Finding], check: &str, level: Level, said: &str) {
    let is = |one: &Finding| one.check == check && one.level == level && one.said.contains(said);
    assert!(findings.iter().any(is), "{check} {level:?} `{said}`: {findings:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_healthy_queue_has_no_findings() {
    let world = World::new().await;
    let worker = world.work(quick());
    let id = world.enqueue(&[Act::Done]).await;
    world.at(id, jewel_core::job::Place::Completed).await;
    let findings = check(&world).await;
    assert!(findings.iter().all(|one| one.level == Level::Ok), "{findings:#?}");
    assert!(findings.iter().all(|one| one.advice.is_none()), "{findings:#?}");
    let mut checks: Vec<&str> = findings.iter().map(|one| one.check).collect();
    checks.dedup();
    assert_eq!(checks.len(), 10, "{findings:#?}");
    worker.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn jobs_that_are_nowhere_twice_or_nothing_break_the_law() {
    let world = World::new().await;
    for _ in 0..3 {
        world.enqueue(&[Act::Done]).await;
    }
    world.sql("delete from jewel.ready where job_id = 1").await;
    world
        .sql(
            "insert into jewel.scheduled (job_id, run_at, kind_id, queue_id, priority) \
         values (2, now(), 1, 1, 1), (77, now(), 1, 1, 1)",
        )
        .await;
    let findings = check(&world).await;
    told(&findings, "conservation", Level::Fail, "1 job is in no place: 1");
    told(&findings, "conservation", Level::Fail, "1 job is in several places: 2 (");
    told(&findings, "conservation", Level::Fail, "a place names no job: 77 (scheduled)");

    // What it advises puts the lost one back.
    world.sql("delete from jewel.scheduled").await;
    world
        .sql(
            "insert into jewel.finished (id, outcome, kind_id, queue_id, attempt) \
         select id, 2, kind_id, queue_id, 0 from jewel.job where id in (1)",
        )
        .await;
    told(&check(&world).await, "conservation", Level::Ok, "every job");
    world.conserved().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_law_is_checked_in_parts_down_to_the_first_job() {
    let world = World::new().await;
    world.enqueue(&[Act::Done]).await;
    world.sql("select setval('jewel.job_seq', 3500000)").await;
    world.enqueue(&[Act::Done]).await;
    let mut parts = Vec::new();
    let findings = world.jobs.check(PROGRAM, |done, all| parts.push((done, all))).await;
    told(&findings, "conservation", Level::Ok, "every job is in exactly one place");
    let all = 3_500_001;
    assert_eq!(parts, [(1_000_000, all), (2_000_000, all), (3_000_000, all), (all, all)]);

    world.sql("delete from jewel.ready where job_id = 1").await;
    told(&check(&world).await, "conservation", Level::Fail, "in no place: 1");
    let hasty = Program { patience: Some(Duration::ZERO), ..PROGRAM };
    let findings = world.jobs.check(hasty, |_, _| {}).await;
    told(&findings, "conservation", Level::Ok, "every job from 2500002 on");
    assert!(findings[0].advice.as_ref().unwrap().contains("--full"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_does_not_move_is_told() {
    let world = World::new().await;
    for _ in 0..3 {
        world.enqueue(&[Act::Done]).await;
    }
    world.sql("update jewel.job set created_at = now() - interval '5 minutes'").await;
    let findings = check(&world).await;
    told(&findings, "workers", Level::Fail, "the first of 3 jobs in queue `stage`");
    let advice = findings.iter().find(|one| one.check == "workers").unwrap().advice.as_ref();
    assert!(advice.unwrap().contains("no worker lives"));

    world
        .sql("insert into jewel.worker (name, expires_at) values ('one', now() + interval '1 d')")
        .await;
    told(&check(&world).await, "workers", Level::Warn, "the first of 3 jobs");
    world
        .sql(
            "with w as (insert into jewel.worker (name, expires_at) \
            values ('lost', now() - interval '1 hour') returning id), \
         r as (delete from jewel.ready where job_id = 1 returning *) \
         insert into jewel.lease (id, worker_id, claimed_at, queue_id, priority, ids, kinds, \
            attempts, crashes, flags) \
         select gen_random_uuid(), w.id, now(), 1, 1, '{1}', '{1}', '{1}', '{0}', '{0}' from w, r",
        )
        .await;
    told(&check(&world).await, "leases", Level::Fail, "1 job is held by a dead worker");
    assert!(world.jobs.pause("stage").await.unwrap());
    let findings = check(&world).await;
    told(&findings, "workers", Level::Ok, "1 lives");
    told(&findings, "paused", Level::Info, "queue `stage`, for 0s; 2 jobs wait");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_run_is_told() {
    let world = World::new().await;
    let parent = world.enqueue(&[Act::Done]).await;
    world.jobs.cancel(parent).await.unwrap();
    world
        .sql(
            "select jewel.enqueue_child(jewel.kind_id('other'), jewel.queue_id('elsewhere'), \
            1::smallint, null, '{}', null, array[1::bigint])",
        )
        .await;
    world.sql("insert into jewel.unique_lock (key, job_id) values ('k', 1), ('l', 55)").await;
    world.sql("insert into jewel.unique_lock (key, job_id, until) values ('m', 56, now())").await;
    world
        .sql(
            "insert into jewel.finished (id, outcome, kind_id, queue_id, attempt) \
         values (20000000, 2, 1, 1, 1)",
        )
        .await;
    world
        .sql("insert into jewel.job (id, kind_id, queue_id, args) values (20000000, 1, 1, '{}')")
        .await;
    let findings = check(&world).await;
    told(&findings, "blocked", Level::Warn, "1 job waits for one that ended badly: 2");
    told(&findings, "kinds", Level::Warn, "1 job is of kind `other`");
    told(&findings, "kinds", Level::Warn, "1 job is in queue `elsewhere`");
    told(&findings, "locks", Level::Fail, "2 jobs hold unique keys");
    told(&findings, "locks", Level::Fail, ": 1, 55");
    told(&findings, "partitions", Level::Warn, "`jewel.job_default` has rows of jobs 20000000");
    told(&findings, "partitions", Level::Warn, "`jewel.finished_default`");
    told(&findings, "dead", Level::Info, "1 job died in the last day, the last: 20000000");
    assert!(!findings.iter().any(|one| one.said.contains("failure_default")), "{findings:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_check_that_fails_is_a_finding() {
    let world = World::new().await;
    world.sql("drop view jewel.conservation").await;
    world.sql("drop function jewel.unconserved").await;
    let findings = check(&world).await;
    told(&findings, "conservation", Level::Fail, "it could not be checked");
    assert!(findings[0].advice.as_ref().unwrap().contains("migrate"), "{findings:#?}");
    told(&findings, "locks", Level::Ok, "");
}
