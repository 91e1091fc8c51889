//! What happens when a worker dies, or is cut off from the database.

use jewel_core::job::Place;

use super::world::{Act, World, quick, within};

#[tokio::test(flavor = "multi_thread")]
async fn the_jobs_of_a_dead_worker_run_elsewhere() {
    let world = World::new().await;
    let mut runs = world.stage.runs.subscribe();
    let worker = world.work(quick());
    let id = world.enqueue(&[Act::Hang, Act::Done]).await;
    within("the run", runs.recv()).await.unwrap();
    worker.kill().await;
    world.conserved().await;

    let heir = world.work(quick());
    world.at(id, Place::Retrying).await;
    assert_eq!(world.failures(id).await, [(4, "worker lost".to_owned())]);
    world.hurry().await;
    assert_eq!(world.at(id, Place::Completed).await.attempt, 2);
    heir.stop().await;
    world.conserved().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_that_kills_its_workers_is_set_aside() {
    let world = World::new().await;
    let mut runs = world.stage.runs.subscribe();
    let id = world.enqueue(&[Act::Hang]).await;
    for crash in 1..=3 {
        let worker = world.work(quick());
        if crash > 1 {
            world.at(id, Place::Retrying).await;
            world.hurry().await;
        }
        within("the run", runs.recv()).await.unwrap();
        worker.kill().await;
    }
    let worker = world.work(quick());
    world.at(id, Place::Poisoned).await;
    worker.stop().await;
    world.conserved().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_culprit_is_set_aside() {
    let world = World::new().await;
    let mut runs = world.stage.runs.subscribe();
    let culprit = world.enqueue(&[Act::Hang]).await;
    let mut good = Vec::new();
    for _ in 0..3 {
        good.push(world.enqueue(&[Act::Hang, Act::Done]).await);
    }
    // They are all open when the first worker dies.
    let worker = world.work(quick());
    for _ in 0..4 {
        within("a run", runs.recv()).await.unwrap();
    }
    worker.kill().await;
    for _ in 2..=3 {
        let worker = world.work(quick());
        world.at(culprit, Place::Retrying).await;
        world.hurry().await;
        while within("a run", runs.recv()).await.unwrap().id != culprit {}
        // More arrives while the suspect runs; it runs alone, and nothing else is claimed.
        good.push(world.enqueue(&[Act::Done]).await);
        let open = "select coalesce(sum(cardinality(ids)), 0)::bigint from jewel.lease";
        for _ in 0..50 {
            assert_eq!(world.count(open).await, 1, "something runs beside the suspect");
        }
        worker.kill().await;
    }
    let worker = world.work(quick());
    world.at(culprit, Place::Poisoned).await;
    for id in good {
        world.at(id, Place::Completed).await;
        assert!(world.failures(id).await.len() <= 1, "{id} was open in one dying worker at most");
    }
    worker.stop().await;
    world.conserved().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_that_lost_its_lease_stops_its_jobs_and_starts_anew() {
    let world = World::new().await;
    let mut runs = world.stage.runs.subscribe();
    let worker = world.work(quick());
    let id = world.enqueue(&[Act::Heed, Act::Done]).await;
    within("the run", runs.recv()).await.unwrap();
    world.sql("update jewel.worker set dead_at = now()").await;
    world.at(id, Place::Retrying).await;
    world.hurry().await;
    assert_eq!(world.at(id, Place::Completed).await.attempt, 2);
    assert_eq!(world.failures(id).await, [(4, "worker lost".to_owned())]);
    assert_eq!(world.count("select count(*) from jewel.worker").await, 2);
    worker.stop().await;
    world.conserved().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn broken_connections_lose_nothing() {
    let world = World::new().await;
    let worker = world.work(quick());
    let first = world.enqueue(&[Act::Done]).await;
    world.at(first, Place::Completed).await; // from here on it does not give up
    let mut ids = Vec::new();
    for _ in 0..40 {
        ids.push(world.enqueue(&[Act::Fail, Act::Done]).await);
        world
            .sql(
                "select pg_terminate_backend(pid) from pg_stat_activity \
             where datname = current_database() and application_name = 'test worker'",
            )
            .await;
    }
    for id in ids {
        let settled = |place| matches!(place, Place::Completed | Place::Retrying);
        world.until(id, "settled", |status| settled(status.place)).await;
        world.hurry().await;
        world.at(id, Place::Completed).await;
    }
    worker.stop().await;
    world.conserved().await;
}
