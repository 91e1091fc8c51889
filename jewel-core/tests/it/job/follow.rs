//! What those see who follow a job.

use jewel_core::job::{Place, Progress};

use super::world::{Act, World, quick};

#[tokio::test(flavor = "multi_thread")]
async fn progress_reaches_whoever_follows_and_is_forgotten_at_the_end() {
    let world = World::new().await;
    let worker = world.work(quick());
    let id = world.enqueue(&[Act::Report(40)]).await;
    let status = world.until(id, "progress", |status| status.progress.is_some()).await;
    let step = "on its way".to_owned();
    assert_eq!(status.progress, Some(Progress { percent: 40, step }));
    world.stage.gate.notify_one();
    assert_eq!(world.at(id, Place::Completed).await.progress, None);
    worker.stop().await;
    assert_eq!(world.count("select count(*) from jewel.progress").await, 0);
    world.conserved().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_story_ends_with_the_final_place() {
    let world = World::new().await;
    let id = world.enqueue(&[Act::Done]).await;
    let mut follow = world.jobs.follow(id).await.unwrap().unwrap();
    assert_eq!(follow.next().await.unwrap().place, Place::Ready);
    let worker = world.work(quick());
    while let Some(status) = follow.next().await {
        if status.place.is_final() {
            assert_eq!(status.place, Place::Completed);
            assert_eq!(follow.next().await, None);
        }
    }
    worker.stop().await;
    assert!(world.jobs.follow(jewel_core::job::JobId(404)).await.unwrap().is_none());
}
