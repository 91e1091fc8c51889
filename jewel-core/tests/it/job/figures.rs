//! What is known of a run afterwards, and what is counted.

use jewel_core::job::Place;
use jewel_core::observe;

use super::world::{Act, World, quick};

#[tokio::test(flavor = "multi_thread")]
async fn a_run_began_when_its_function_was_called() {
    let world = World::new().await;
    let worker = world.work(quick());
    let long = "update jewel.lease set claimed_at = claimed_at - interval '1 hour'";
    let now = "select count(*) from jewel.finished where started_at > now() - interval '1 minute'";
    let done = world.enqueue(&[Act::Gate]).await;
    world.at(done, Place::Running).await;
    // It was claimed long ago, and waited for a slot since.
    world.sql(long).await;
    world.stage.gate.notify_one();
    world.at(done, Place::Completed).await;
    assert_eq!(world.count(now).await, 1);

    let cancelled = world.enqueue(&[Act::Heed]).await;
    world.at(cancelled, Place::Running).await;
    world.sql(long).await;
    world.jobs.cancel(cancelled).await.unwrap();
    world.at(cancelled, Place::Cancelled).await;
    assert_eq!(world.count(now).await, 2);
    worker.stop().await;
    world.conserved().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn each_kind_is_counted_by_its_queue() {
    let meter = observe::meter();
    let world = World::new().await;
    let worker = world.work(quick());
    let id = world.enqueue(&[Act::Fail, Act::Done]).await;
    world.at(id, Place::Retrying).await;
    world.hurry().await;
    world.at(id, Place::Completed).await;
    worker.stop().await;
    let text = meter.render();
    let of = |name: &str, more: &str| {
        let line = format!("{name}{{kind=\"play\",queue=\"stage\"{more}}} ");
        let line = text.lines().find_map(|text| text.strip_prefix(&*line));
        line.and_then(|value| value.parse::<f64>().ok()).unwrap_or(-1.0)
    };
    assert!(of("jewel_job_started_total", "") >= 2.0);
    assert!(of("jewel_job_finished_total", ",outcome=\"completed\"") >= 1.0);
    assert!(of("jewel_job_finished_total", ",outcome=\"retried\"") >= 1.0);
    assert!(of("jewel_job_duration_seconds_count", "") >= 2.0);
    assert!(of("jewel_job_wait_seconds_count", "") >= 1.0);
    assert!(of("jewel_job_running", "") >= 0.0);
}
