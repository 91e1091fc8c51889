//! How a worker ends when it is told to: nothing is lost, no attempt is used up.

use jewel_core::job::Place;

use super::world::{Act, World, quick, within};

#[tokio::test(flavor = "multi_thread")]
async fn what_runs_may_finish() {
    let world = World::new().await;
    let mut runs = world.stage.runs.subscribe();
    let mut worker = world.work(quick());
    let id = world.enqueue(&[Act::Gate]).await;
    within("the run", runs.recv()).await.unwrap();
    worker.tell();
    world.stage.gate.notify_one();
    worker.stopped().await;
    assert_eq!(world.at(id, Place::Completed).await.attempt, 1);
    world.conserved().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_does_not_finish_is_handed_back() {
    let world = World::new().await;
    let mut runs = world.stage.runs.subscribe();
    let mut settings = quick();
    settings.drain_timeout = settings.stop_grace;
    let worker = world.work(settings);
    let ids = [world.enqueue(&[Act::Hang]).await, world.enqueue(&[Act::Heed]).await];
    for _ in ids {
        within("the run", runs.recv()).await.unwrap();
    }
    worker.stop().await;
    for id in ids {
        let status = world.jobs.status(id).await.unwrap().unwrap();
        assert_eq!((status.place, status.attempt), (Place::Ready, 0));
        assert!(world.failures(id).await.is_empty());
    }
    assert_eq!(world.count("select count(*) from jewel.worker where dead_at is null").await, 0);
    world.conserved().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_claimed_ahead_is_handed_back() {
    let world = World::new().await;
    let mut runs = world.stage.runs.subscribe();
    let mut settings = quick();
    settings.concurrency = 1;
    settings.drain_timeout = settings.stop_grace;
    let worker = world.work(settings);
    // A quick one first, so that the worker claims ahead.
    let quick = world.enqueue(&[Act::Done]).await;
    world.at(quick, Place::Completed).await;
    let mut ids = Vec::new();
    for _ in 0..8 {
        ids.push(world.enqueue(&[Act::Hang]).await);
    }
    for _ in 0..2 {
        within("the run", runs.recv()).await.unwrap();
    }
    worker.stop().await;
    for id in ids {
        assert_eq!(world.jobs.status(id).await.unwrap().unwrap().place, Place::Ready);
    }
    world.conserved().await;
}
