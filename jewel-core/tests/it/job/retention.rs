//! What is over is forgotten in its time, and room is made ahead of what is to come.

use jewel_core::job::{JobError, JobId, Place};
use jewel_core::{job, jobs};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::world::{Act, World, enqueue, quick, until_finished, within};

/// A note.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
struct Note {
    fails: bool,
}

/// Kept for two days.
#[job(queue = notes, keep = 2d, retry(1))]
async fn note(note: Note) -> Result<(), JobError> {
    if note.fails { Err(JobError::give_up("as it was told")) } else { Ok(()) }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_over_is_forgotten_when_its_time_has_come() {
    let world = World::new().await;
    let worker = world.work_for(jobs![note], quick());
    world.declared("note").await;
    let notes = [false, true, false].map(|fails| Note { fails });
    let tickets = enqueue(&world, notes.to_vec()).await;
    let ids: Vec<JobId> = tickets.into_iter().map(|(id, _)| JobId(id)).collect();
    until_finished(&world, 2).await;
    world.at(ids[1], Place::Dead).await;
    world
        .sql("update jewel.finished set finished_at = now() - interval '3 days' where id < 3")
        .await;
    let forgotten = async { while world.jobs.status(ids[0]).await.unwrap().is_some() {} };
    within("its end", forgotten).await;
    assert_eq!(world.at(ids[1], Place::Dead).await.attempt, 1, "what failed is kept for longer");
    world.at(ids[2], Place::Completed).await;
    world
        .sql("update jewel.finished set finished_at = now() - interval '15 days' where id = 2")
        .await;
    within("its end", async { while world.jobs.status(ids[1]).await.unwrap().is_some() {} }).await;
    worker.stop().await;
    assert_eq!(world.count("select count(*) from jewel.failure").await, 0);
    assert_eq!(world.count("select count(*) from jewel.job").await, 1);
    world.conserved().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn ranges_are_made_ahead_and_dropped_behind() {
    let world = World::new().await;
    let ranges = "select count(*) from jewel.range";
    world.enqueue(&[Act::Done]).await;
    assert_eq!(world.count(ranges).await, 1);
    world.sql("select setval('jewel.job_seq', 6000000)").await;
    let worker = world.work(quick());
    within("the next range", async { while world.count(ranges).await < 2 {} }).await;
    until_finished(&world, 1).await;
    worker.stop().await;

    // The first range is used up; what is in it is young, and then it is not.
    world.sql("select setval('jewel.job_seq', 10000001)").await;
    assert_eq!(world.count("select jewel.retire_old()::bigint").await, 0, "it is young");
    let late = world.enqueue(&[Act::Done]).await;
    let live = world.count("select count(*) from jewel.job_p1").await;
    assert_eq!(live, 1, "{late} is in the range that was made ahead");
    world.sql("update jewel.finished set finished_at = now() - interval '2 days'").await;
    world.sql("update jewel.kind set keep = '1 day'").await;
    assert_eq!(world.count("select jewel.retire_old()::bigint").await, 1);
    assert_eq!(world.count(ranges).await, 1);
    world.conserved().await;
}
