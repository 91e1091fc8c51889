//! What becomes of a job, by what its attempts do.

use jewel_core::job::{Cancel, Place};
use serde_json::json;

use super::world::{Act, PLAY, World, quick, within};

#[tokio::test(flavor = "multi_thread")]
async fn done_keeps_the_result() {
    let world = World::new().await;
    let worker = world.work(quick());
    let id = world.enqueue(&[Act::Done]).await;
    let status = world.at(id, Place::Completed).await;
    assert_eq!((status.attempt, status.result), (1, Some(json!("done by attempt 1"))));
    worker.stop().await;
    world.conserved().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn failures_are_tried_again_until_they_are_dead() {
    let world = World::new().await;
    let worker = world.work(quick());
    let saved = world.enqueue(&[Act::Fail, Act::Panic, Act::Done]).await;
    let dead = world.enqueue(&[Act::Fail]).await;
    assert_eq!(world.at(saved, Place::Completed).await.attempt, 3);
    assert_eq!(world.at(dead, Place::Dead).await.attempt, 3);
    let failures = [(1, "it failed".to_owned()), (2, "it broke".to_owned())];
    assert_eq!(world.failures(saved).await, failures);
    assert_eq!(world.failures(dead).await.len(), 3);
    worker.stop().await;
    world.conserved().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn giving_up_is_final_at_once() {
    let world = World::new().await;
    let worker = world.work(quick());
    let no_use = world.enqueue(&[Act::GiveUp]).await;
    let nul = world.enqueue(&[Act::Nul]).await;
    assert_eq!(world.at(no_use, Place::Dead).await.attempt, 1);
    assert_eq!(world.failures(no_use).await, [(1, "it is no use".to_owned())]);
    world.at(nul, Place::Dead).await;
    assert!(world.failures(nul).await[0].1.contains("NUL"));
    worker.stop().await;
    world.conserved().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_attempt_that_takes_too_long_is_dropped() {
    let world = World::new().await;
    let worker = world.work(quick());
    let id = world.enqueue(&[Act::Hang, Act::Done]).await;
    assert_eq!(world.at(id, Place::Completed).await.attempt, 2);
    assert_eq!(world.failures(id).await, [(3, "it took longer than 1.5s".to_owned())]);
    worker.stop().await;
    world.conserved().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_snooze_uses_no_attempt() {
    let world = World::new().await;
    let mut runs = world.stage.runs.subscribe();
    let worker = world.work(quick());
    let id = world.enqueue(&[Act::Snooze]).await;
    for _ in 0..5 {
        assert_eq!(within("a run", runs.recv()).await.unwrap().attempt, 1);
    }
    assert!(world.failures(id).await.is_empty());
    worker.stop().await;
    world.conserved().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_running_job_hears_that_it_is_cancelled() {
    let world = World::new().await;
    let mut runs = world.stage.runs.subscribe();
    let worker = world.work(quick());
    for act in [Act::Heed, Act::Hang] {
        let id = world.enqueue(&[act]).await;
        within("the run", runs.recv()).await.unwrap();
        assert_eq!(world.jobs.cancel(id).await.unwrap(), Cancel::Requested);
        world.at(id, Place::Cancelled).await;
        assert_eq!(world.failures(id).await[0].0, 5);
    }
    worker.stop().await;
    world.conserved().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_that_finishes_in_spite_of_being_cancelled_is_completed() {
    let world = World::new().await;
    let mut runs = world.stage.runs.subscribe();
    let mut settings = quick();
    settings.stop_grace = settings.drain_timeout;
    let worker = world.work(settings);
    let id = world.enqueue(&[Act::Gate]).await;
    within("the run", runs.recv()).await.unwrap();
    assert_eq!(world.jobs.cancel(id).await.unwrap(), Cancel::Requested);
    world.stage.gate.notify_one();
    world.at(id, Place::Completed).await;
    worker.stop().await;
    world.conserved().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kind_that_nobody_knows_waits_for_somebody_who_does() {
    let world = World::new().await;
    let id = world.enqueue(&[Act::Done]).await;
    world.sql("insert into jewel.kind (name) values ('other')").await;
    let other = "update jewel.ready set kind_id = (select id from jewel.kind where name = 'other')";
    world.sql(other).await;
    let worker = world.work_for(&[PLAY], quick());
    assert_eq!(world.at(id, Place::Scheduled).await.attempt, 0);
    assert!(world.failures(id).await.is_empty());
    worker.stop().await;
    world.conserved().await;
}
