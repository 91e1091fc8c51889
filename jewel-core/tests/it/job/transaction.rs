//! Jobs whose commit is their end: effect and outcome are both there or neither is.

use jewel_core::job::{Job, JobError};
use jewel_core::{Tx, job, jobs};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::world::{World, enqueue, quick, until_finished, within};

/// An effect to have once.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
struct Effect {
    number: i64,
    fails: bool,
}

/// Writes it down, at the first attempt or the second.
#[job(queue = effects, retry(3, 1ms..2ms))]
async fn effect(effect: Effect, job: &mut Job, tx: &mut Tx) -> Result<i64, JobError> {
    sqlx::query("insert into effect (number) values ($1)")
        .bind(effect.number)
        .execute(&mut *tx)
        .await?;
    if effect.fails && job.attempt() == 1 {
        return Err(JobError::retry("after the effect"));
    }
    if effect.number < 0 {
        // As if this worker had been taken for dead.
        sqlx::query("delete from jewel.lease where $1 = any(ids)")
            .bind(job.id())
            .execute(&job.db().clone())
            .await?;
    }
    Ok(effect.number)
}

#[tokio::test(flavor = "multi_thread")]
async fn effect_and_end_are_one_commit() {
    let world = World::new().await;
    world.sql("create table public.effect (number bigint not null)").await;
    world.sql("grant all on public.effect to jewel_app").await;
    let worker = world.work_for(jobs![effect], quick());
    world.declared("effect").await;
    let jobs = (0..100).map(|number| Effect { number, fails: number % 10 == 0 }).collect();
    enqueue(&world, jobs).await;
    until_finished(&world, 100).await;
    assert_eq!(world.count("select count(*) from public.effect").await, 100);
    assert_eq!(world.count("select count(distinct number) from public.effect").await, 100);
    assert_eq!(world.count("select count(*) from jewel.failure").await, 10);
    let results = "select count(*) from jewel.finished f join public.effect e \
                   on f.result = to_jsonb(e.number)";
    assert_eq!(world.count(results).await, 100);
    worker.stop().await;
    world.conserved().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_effect_without_a_lease_does_not_happen() {
    let world = World::new().await;
    world.sql("create table public.effect (number bigint not null)").await;
    world.sql("grant all on public.effect to jewel_app").await;
    let worker = world.work_for(jobs![effect], quick());
    world.declared("effect").await;
    let id = enqueue(&world, vec![Effect { number: -1, fails: false }]).await[0].0;
    let taken = format!("select count(*) from jewel.place where job_id = {id}");
    let lost = async { while world.count(sqlx::AssertSqlSafe(taken.clone())).await != 0 {} };
    within("the loss of the lease", lost).await;
    worker.stop().await;
    assert_eq!(world.count("select count(*) from public.effect").await, 0);
    assert_eq!(world.count("select count(*) from jewel.finished").await, 0);
}
