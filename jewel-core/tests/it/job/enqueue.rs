//! How jobs get in: with the transaction or not at all, and with what they carry.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use jewel_core::job::{Cancel, Enqueue, Options, Place, Priority, traced};
use jewel_core::trace::TraceParent;
use jewel_core::{Clock, Id, db};

use super::world::{Act, Play, World, quick, within};

fn play(acts: &[Act]) -> Play {
    Play { acts: acts.to_vec() }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_transaction_that_is_rolled_back_leaves_nothing() {
    let world = World::new().await;
    let mut tx = world.db.begin(None).await.unwrap();
    let ticket = play(&[Act::Done]).enqueue(&mut tx).await.unwrap();
    assert_eq!(world.jobs.status(ticket.id).await.unwrap(), None, "it is not committed");
    tx.rollback().await.unwrap();
    assert_eq!(world.jobs.status(ticket.id).await.unwrap(), None);
    assert_eq!(world.count("select count(*) from jewel.job").await, 0);
    world.conserved().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn it_carries_the_account_and_the_trace() {
    let world = World::new().await;
    let worker = world.work(quick());
    let mut runs = world.stage.runs.subscribe();
    let (account, trace) = (Id::new(), TraceParent::new());
    traced(trace, async {
        let mut tx = world.db.begin(Some(account)).await.unwrap();
        let _ = play(&[Act::Done]).enqueue(&mut tx).await.unwrap();
        tx.commit().await.unwrap();
    })
    .await;
    let run = within("the run", runs.recv()).await.unwrap();
    assert_eq!(run.account, Some(account));
    assert_eq!(run.trace.trace(), trace.trace());
    worker.stop().await;
    world.conserved().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_delayed_job_waits_and_can_be_cancelled() {
    let world = World::new().await;
    let worker = world.work(quick());
    let mut tx = world.db.begin(None).await.unwrap();
    let hour = Duration::from_hours(1);
    let later = play(&[Act::Done]).enqueue_in(hour, &mut tx).await.unwrap();
    let when = Clock::default().now() + chrono::TimeDelta::days(1);
    let tomorrow = play(&[Act::Done]).enqueue_at(when, &mut tx).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(world.at(later.id, Place::Scheduled).await.attempt, 0);

    assert_eq!(world.jobs.cancel(tomorrow.id).await.unwrap(), Cancel::Cancelled);
    world.at(tomorrow.id, Place::Cancelled).await;
    assert_eq!(world.jobs.cancel(tomorrow.id).await.unwrap(), Cancel::Over);
    world.hurry().await;
    world.at(later.id, Place::Completed).await;
    worker.stop().await;
    world.conserved().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_urgent_run_first() {
    let world = World::new().await;
    let mut runs = world.stage.runs.subscribe();
    let mut tx = world.db.begin(None).await.unwrap();
    let mut order = Vec::new();
    for priority in [Priority::Background, Priority::Normal, Priority::Urgent] {
        let options = Options::default().priority(priority);
        order.insert(0, play(&[Act::Done]).enqueue_with(options, &mut tx).await.unwrap().id);
    }
    tx.commit().await.unwrap();
    let mut settings = quick();
    settings.concurrency = 1;
    let worker = world.work(settings);
    for id in order {
        assert_eq!(within("a run", runs.recv()).await.unwrap().id, id);
    }
    worker.stop().await;
    world.conserved().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn many_run_once_each_in_two_workers() {
    let world = World::new().await;
    let mut runs = world.stage.runs.subscribe();
    let mut tx = world.db.begin(None).await.unwrap();
    let jobs = vec![play(&[Act::Done]); 2500];
    let tickets = Play::enqueue_many(jobs, Options::default(), &mut tx).await.unwrap();
    assert!(tickets.is_sorted_by_key(|ticket| ticket.id));
    tx.commit().await.unwrap();
    let workers = [world.work(quick()), world.work(quick())];
    let mut seen = Vec::new();
    while seen.len() < tickets.len() {
        seen.push(within("a run", runs.recv()).await.unwrap().id);
    }
    for worker in workers {
        worker.stop().await;
    }
    assert!(runs.is_empty(), "a job ran twice");
    seen.sort_unstable();
    assert_eq!(seen, tickets.iter().map(|ticket| ticket.id).collect::<Vec<_>>());
    assert_eq!(world.count("select count(*) from jewel.finished where outcome = 1").await, 2500);
    assert_eq!(world.count("select count(*) from jewel.lease").await, 0);
    world.conserved().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn other_processes_are_told_once_it_is_committed() {
    let world = World::new().await;
    let mut other = world.listen().await;
    let id = world.enqueue(&[Act::Done]).await;
    World::hears(&mut other, &format!("ready stage {id} 1")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_that_is_run_again_is_told_of() {
    let world = World::new().await;
    let id = world.enqueue(&[Act::Done, Act::Done]).await;
    assert!(!world.jobs.retry(id).await.unwrap(), "it waits already");
    let worker = world.work(quick());
    world.at(id, Place::Completed).await;
    worker.stop().await;
    let mut other = world.listen().await;
    assert!(world.jobs.retry(id).await.unwrap());
    let seq = world.count("select seq from jewel.ready").await;
    World::hears(&mut other, &format!("ready stage {seq}")).await;
    world.conserved().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_follows_a_commit_follows_nothing_else() {
    let world = World::new().await;
    let calls = Arc::new(Mutex::new(Vec::new()));
    let begin = async |name: &'static str| {
        let mut tx = world.db.begin(None).await.unwrap();
        for part in [1, 2] {
            let calls = Arc::clone(&calls);
            tx.after_commit(move || calls.lock().unwrap().push((name, part)));
        }
        tx
    };
    begin("undone").await.rollback().await.unwrap();
    drop(begin("dropped").await);
    let mut refused = begin("refused").await;
    sqlx::query("select 1 / 0").execute(&mut refused).await.unwrap_err();
    assert!(matches!(refused.commit().await, Err(db::Error::Aborted)));
    begin("committed").await.commit().await.unwrap();
    assert_eq!(*calls.lock().unwrap(), [("committed", 1), ("committed", 2)]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failed_statement_is_never_committed_over_in_silence() {
    let world = World::new().await;
    let mut tx = world.db.begin(None).await.unwrap();
    let lost = play(&[Act::Done]).enqueue(&mut tx).await.unwrap();
    sqlx::query("select 1 / 0").execute(&mut tx).await.unwrap_err();
    assert!(matches!(tx.commit().await, Err(db::Error::Aborted)));
    assert_eq!(world.jobs.status(lost.id).await.unwrap(), None);

    let mut tx = world.db.begin(None).await.unwrap();
    let kept = play(&[Act::Done]).enqueue(&mut tx).await.unwrap();
    sqlx::query("savepoint attempt").execute(&mut tx).await.unwrap();
    sqlx::query("select 1 / 0").execute(&mut tx).await.unwrap_err();
    sqlx::query("rollback to savepoint attempt").execute(&mut tx).await.unwrap();
    tx.commit().await.unwrap();
    world.at(kept.id, Place::Ready).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn arguments_have_a_limit() {
    #[derive(serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
    struct Big(String);
    impl Enqueue for Big {
        const DECLARED: jewel_core::job::Declared = Play::DECLARED;
    }
    let world = World::new().await;
    let mut tx = world.db.begin(None).await.unwrap();
    let big = Big("x".repeat(jewel_core::job::MAX_ARGS));
    let refused = big.enqueue(&mut tx).await.unwrap_err();
    assert!(refused.to_string().contains("more than 262144"), "{refused}");
}
