//! What operators see and do: lists, one job in full, counts, another try with better arguments,
//! discarding, pausing.

use std::time::Duration;

use jewel_core::Id;
use jewel_core::job::operator::{Filter, Refusal};
use jewel_core::job::{Enqueue, JobId, Place};
use serde_json::json;

use super::world::{Act, Play, World, quick, within};

fn at(states: &[Place]) -> Filter {
    Filter { states: states.to_vec(), ..Filter::default() }
}

async fn ids(world: &World, filter: &Filter, most: u32) -> Vec<JobId> {
    world.jobs.list(filter, most).await.unwrap().into_iter().map(|found| found.id).collect()
}

/// One job in each of these places: scheduled, ready, running, completed, dead, cancelled.
async fn spread(world: &World) -> [JobId; 6] {
    let mut runs = world.stage.runs.subscribe();
    let worker = world.work(quick());
    let completed = world.enqueue(&[Act::Done]).await;
    let dead = world.enqueue(&[Act::GiveUp]).await;
    world.at(completed, Place::Completed).await;
    world.at(dead, Place::Dead).await;
    while !runs.is_empty() {
        within("a run", runs.recv()).await.unwrap();
    }
    let running = world.enqueue(&[Act::Hang]).await;
    within("the run", runs.recv()).await.unwrap();
    worker.kill().await;
    let ready = world.enqueue(&[Act::Done]).await;
    let cancelled = world.enqueue(&[Act::Done]).await;
    world.jobs.cancel(cancelled).await.unwrap();
    let mut tx = world.db.begin(None).await.unwrap();
    let play = Play { acts: vec![Act::Done] };
    let scheduled = play.enqueue_in(Duration::from_hours(1), &mut tx).await.unwrap().id;
    tx.commit().await.unwrap();
    [scheduled, ready, running, completed, dead, cancelled]
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_is_filtered_by_place_kind_and_queue() {
    let world = World::new().await;
    let [scheduled, ready, running, completed, dead, cancelled] = spread(&world).await;
    let places = [
        (Place::Scheduled, scheduled),
        (Place::Ready, ready),
        (Place::Running, running),
        (Place::Completed, completed),
        (Place::Dead, dead),
        (Place::Cancelled, cancelled),
    ];
    for (place, id) in places {
        let found = world.jobs.list(&at(&[place]), 50).await.unwrap();
        assert_eq!(found.len(), 1, "{place}: {found:?}");
        assert_eq!((found[0].id, found[0].state), (id, place));
        assert_eq!((&*found[0].kind, &*found[0].queue), ("play", "stage"));
    }
    assert_eq!(ids(&world, &at(&[Place::Retrying, Place::Blocked]), 50).await, []);
    assert_eq!(ids(&world, &at(&[Place::Dead, Place::Running]), 50).await, [running, dead]);

    let mut newest: Vec<JobId> = places.iter().map(|(_, id)| *id).collect();
    newest.sort_unstable_by_key(|id| std::cmp::Reverse(*id));
    assert_eq!(ids(&world, &Filter::default(), 50).await, newest);
    assert_eq!(world.jobs.select(&Filter::default()).await.unwrap(), newest);
    let kind = |kind: &str| Filter { kinds: vec![kind.to_owned()], ..Filter::default() };
    assert_eq!(ids(&world, &kind("play"), 50).await, newest);
    assert_eq!(ids(&world, &kind("other"), 50).await, []);
    let queue = |queue: &str| Filter { queues: vec![queue.to_owned()], ..Filter::default() };
    assert_eq!(ids(&world, &queue("stage"), 50).await, newest);
    assert_eq!(ids(&world, &queue("other"), 50).await, []);
    world.conserved().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_goes_on_where_it_ended() {
    let world = World::new().await;
    let mut newest = spread(&world).await;
    newest.sort_unstable_by_key(|id| std::cmp::Reverse(*id));
    let mut filter = Filter::default();
    for page in newest.chunks(2) {
        assert_eq!(ids(&world, &filter, 2).await, page);
        filter.after = page.last().copied();
    }
    assert_eq!(ids(&world, &filter, 2).await, []);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_knows_what_is_recent() {
    let world = World::new().await;
    let all = spread(&world).await;
    let [.., completed, dead, cancelled] = all;
    let recent = Filter { since: Some(Duration::from_hours(1)), ..Filter::default() };
    assert_eq!(ids(&world, &recent, 50).await.len(), all.len());
    world.sql("update jewel.job set created_at = created_at - interval '2 days'").await;
    let bad = [cancelled, dead];
    assert_eq!(ids(&world, &recent, 50).await, bad, "they ended just now");
    world.sql("update jewel.finished set finished_at = finished_at - interval '2 days'").await;
    assert_eq!(ids(&world, &recent, 50).await, []);
    let young = world.enqueue(&[Act::Done]).await;
    assert_eq!(ids(&world, &recent, 50).await, [young]);

    // The oldest are passed over by their numbers: what is young must not be.
    world
        .sql(
            "insert into jewel.job (id, created_at, kind_id, queue_id, args) \
         select 1000 + g, now() - interval '30 days' + g * interval '1 hour', k.id, q.id, '{}' \
         from generate_series(1, 720) g, jewel.kind k, jewel.queue q",
        )
        .await;
    world
        .sql(
            "insert into jewel.finished (id, outcome, kind_id, queue_id, attempt) \
         select id, 1, kind_id, queue_id, 1 from jewel.job where id > 1000",
        )
        .await;
    let filter = Filter { since: Some(Duration::from_mins(150)), ..at(&[Place::Completed]) };
    let found: Vec<i64> = ids(&world, &filter, 50).await.into_iter().map(|id| id.0).collect();
    assert_eq!(found, [1720, 1719, 1718]);
    assert!(!ids(&world, &at(&[Place::Completed]), 1000).await.is_empty());
    assert_ne!(completed, young);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_job_is_shown_in_full() {
    let world = World::new().await;
    let account = Id::new();
    let mut tx = world.db.begin(Some(account)).await.unwrap();
    let play = Play { acts: vec![Act::Fail, Act::Report(40)] };
    let id = play.enqueue(&mut tx).await.unwrap().id;
    tx.commit().await.unwrap();
    let worker = world.work(quick());
    world.until(id, "its progress", |status| status.progress.is_some()).await;

    let detail = world.jobs.show(id).await.unwrap().unwrap();
    let job = &detail.standing;
    assert_eq!((job.state, job.attempt, job.percent), (Some(Place::Running), 2, Some(40)));
    assert_eq!(job.args, json!({"acts": ["Fail", {"Report": 40}]}));
    assert_eq!(job.meta.as_ref().unwrap()["account"], json!(account));
    assert!(job.lease.is_some() && job.started_at.is_some() && job.finished_at.is_none());
    assert!(detail.worker.as_ref().unwrap().alive);
    let failure = &detail.failures[0];
    assert_eq!(detail.failures.len(), 1);
    assert_eq!((&*failure.reason, failure.attempt), ("error", 1));
    assert_eq!(failure.message.as_deref(), Some("it failed"));

    world.stage.gate.notify_one();
    world.at(id, Place::Completed).await;
    let detail = world.jobs.show(id).await.unwrap().unwrap();
    let job = &detail.standing;
    assert_eq!(job.result, Some(json!("done by attempt 2")));
    assert!(job.lease.is_none() && job.percent.is_none() && job.finished_at.is_some());
    assert_eq!(world.jobs.show(JobId(404)).await.unwrap(), None);
    worker.stop().await;
    world.sql("delete from jewel.finished").await;
    let lost = world.jobs.show(id).await.unwrap().unwrap();
    assert_eq!(lost.standing.state, None, "it is in no place");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dead_job_is_mended_and_runs_again() {
    let world = World::new().await;
    let worker = world.work(quick());
    let id = world.enqueue(&[Act::GiveUp]).await;
    world.at(id, Place::Dead).await;
    worker.stop().await;

    let mut other = world.listen().await;
    let better = json!({"acts": ["Done"]});
    assert_eq!(world.jobs.mend(id, &better).await.unwrap(), None);
    let seq = world.count("select seq from jewel.ready").await;
    World::hears(&mut other, &format!("ready stage {seq}")).await;

    let worse = json!({"acts": []});
    let refused = world.jobs.mend(id, &worse).await.unwrap();
    assert_eq!(refused, Some(Refusal::Live(Place::Ready)));
    let unknown = world.jobs.mend(JobId(404), &worse).await.unwrap();
    assert_eq!(unknown, Some(Refusal::Unknown));
    let shown = world.jobs.show(id).await.unwrap().unwrap();
    assert_eq!(shown.standing.args, better, "what waits is not changed");
    assert_eq!(shown.failures.len(), 1, "its past is kept");

    let worker = world.work(quick());
    let status = world.at(id, Place::Completed).await;
    assert_eq!(status.result, Some(json!("done by attempt 1")));
    worker.stop().await;
    world.conserved().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn arguments_that_cannot_be_kept_change_nothing() {
    let world = World::new().await;
    let id = world.enqueue(&[Act::Done]).await;
    world.jobs.cancel(id).await.unwrap();
    let big = json!("x".repeat(jewel_core::job::MAX_ARGS));
    let refused = world.jobs.mend(id, &big).await.unwrap_err();
    assert!(refused.to_string().contains("more than 262144"), "{refused}");
    world.jobs.mend(id, &json!("\0")).await.unwrap_err();
    world.sql("update jewel.job set unique_key = 'k', flags = 1").await;
    world.sql("insert into jewel.unique_lock (key, job_id) values ('k', 99)").await;
    let taken = world.jobs.mend(id, &json!({"acts": []})).await.unwrap();
    assert_eq!(taken, Some(Refusal::KeyTaken));
    let shown = world.jobs.show(id).await.unwrap().unwrap();
    assert_eq!(shown.standing.args, json!({"acts": ["Done"]}));
    assert_eq!(shown.standing.state, Some(Place::Cancelled));
}

#[tokio::test(flavor = "multi_thread")]
async fn many_are_run_again_and_each_refusal_has_its_reason() {
    let world = World::new().await;
    let [_, ready, running, completed, dead, cancelled] = spread(&world).await;
    world.sql("update jewel.job set unique_key = 'k', flags = 1 where id = 1").await;
    world.sql("insert into jewel.unique_lock (key, job_id) values ('k', 99)").await;
    assert_eq!(completed, JobId(1));
    let asked = [dead, cancelled, ready, running, completed, JobId(404)];
    let verdicts = world.jobs.retry_all(&asked).await.unwrap();
    let expected = [
        (dead, None),
        (cancelled, None),
        (ready, Some(Refusal::Live(Place::Ready))),
        (running, Some(Refusal::Live(Place::Running))),
        (completed, Some(Refusal::KeyTaken)),
        (JobId(404), Some(Refusal::Unknown)),
    ];
    assert_eq!(verdicts, expected);
    assert_eq!(ids(&world, &at(&[Place::Ready]), 50).await, [cancelled, ready, dead]);
    world.conserved().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_discarded_leaves_no_trace() {
    let world = World::new().await;
    let [scheduled, _, running, completed, dead, cancelled] = spread(&world).await;
    world.sql("insert into jewel.dep (parent_id, child_id) values (1, 99)").await;
    assert_eq!(completed, JobId(1));
    let asked = [dead, cancelled, scheduled, running, completed, JobId(404)];
    let verdicts = world.jobs.discard(&asked).await.unwrap();
    let expected = [
        (dead, None),
        (cancelled, None),
        (scheduled, Some(Refusal::Live(Place::Scheduled))),
        (running, Some(Refusal::Live(Place::Running))),
        (completed, Some(Refusal::Awaited)),
        (JobId(404), Some(Refusal::Unknown)),
    ];
    assert_eq!(verdicts, expected);
    assert_eq!(world.jobs.show(dead).await.unwrap(), None);
    assert!(world.failures(dead).await.is_empty());
    assert_eq!(world.count("select count(*) from jewel.job").await, 4);
    assert_eq!(world.count("select count(*) from jewel.finished").await, 1);
    world.conserved().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_paused_queue_waits_and_is_woken() {
    let world = World::new().await;
    let id = world.enqueue(&[Act::Done]).await;
    assert!(!world.jobs.pause("stge").await.unwrap());
    assert!(!world.jobs.resume("stge").await.unwrap());
    assert!(world.jobs.pause("stage").await.unwrap());
    let worker = world.work(quick());
    let stats = world.jobs.stats(Duration::from_hours(1)).await.unwrap();
    assert!(stats.queues[0].paused_at.is_some());
    assert_eq!(world.jobs.status(id).await.unwrap().unwrap().place, Place::Ready);
    let mut other = world.listen().await;
    assert!(world.jobs.resume("stage").await.unwrap());
    World::hears(&mut other, "ready stage 0").await;
    world.at(id, Place::Completed).await;
    worker.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_waits_runs_and_ended_badly_is_counted() {
    let world = World::new().await;
    spread(&world).await;
    world.sql("update jewel.job set created_at = now() - interval '5 minutes'").await;
    let stats = world.jobs.stats(Duration::from_hours(1)).await.unwrap();
    let [queue] = &stats.queues[..] else { panic!("{stats:?}") };
    assert_eq!(queue.queue, "stage");
    assert_eq!((queue.ready, queue.scheduled, queue.running), (1, 1, 1));
    assert_eq!((queue.retrying, queue.blocked, queue.paused_at), (0, 0, None));
    let oldest = world.count(
        "select (extract(epoch from now() - oldest_ready_at) between 299 and 400)::int::bigint \
         from jewel.queue_stats()",
    );
    assert_eq!(oldest.await, 1);
    let [kind] = &stats.kinds[..] else { panic!("{stats:?}") };
    assert_eq!((&*kind.kind, kind.ready, kind.running), ("play", 1, 1));
    assert_eq!((kind.dead, kind.cancelled, kind.poisoned), (1, 1, 0));

    world.sql("update jewel.finished set finished_at = now() - interval '2 hours'").await;
    let stats = world.jobs.stats(Duration::from_hours(1)).await.unwrap();
    assert_eq!((stats.kinds[0].dead, stats.kinds[0].cancelled), (0, 0));
    let stats = world.jobs.stats(Duration::from_hours(3)).await.unwrap();
    assert_eq!((stats.kinds[0].dead, stats.kinds[0].cancelled), (1, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_schedule_is_paused_resumed_and_run_now() {
    let world = World::new().await;
    world.sql("select jewel.kind_id('play'), jewel.queue_id('stage')").await;
    world
        .sql(
            "insert into jewel.cron (name, kind_id, queue_id, expr, args, next_at) \
         select 'nightly', k.id, q.id, '0 3 * * *', '{\"acts\": [\"Done\"]}', '2100-01-01' \
         from jewel.kind k, jewel.queue q",
        )
        .await;
    assert!(!world.jobs.pause_schedule("nightli").await.unwrap());
    assert_eq!(world.jobs.run_schedule("nightli").await.unwrap(), None);
    assert!(world.jobs.pause_schedule("nightly").await.unwrap());
    let [nightly] = &world.jobs.schedules().await.unwrap()[..] else { panic!("one") };
    assert_eq!((&*nightly.kind, &*nightly.queue), ("play", "stage"));
    assert_eq!((&*nightly.expression, &*nightly.zone), ("0 3 * * *", "UTC"));
    assert!(nightly.paused_at.is_some());
    assert!(world.jobs.resume_schedule("nightly").await.unwrap());

    let id = world.jobs.run_schedule("nightly").await.unwrap().unwrap();
    let [after] = &world.jobs.schedules().await.unwrap()[..] else { panic!("one") };
    assert_eq!((after.next_at, after.paused_at), (nightly.next_at, None));
    let worker = world.work(quick());
    world.at(id, Place::Completed).await;
    worker.stop().await;
    world.conserved().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_in_a_lane_is_listed_counted_and_told_of() {
    let world = World::new().await;
    let id = world.enqueue(&[Act::Done]).await;
    world.jobs.cancel(id).await.unwrap();
    world.sql("update jewel.queue set keyed = true, key_limit = 1").await;
    world.sql("update jewel.job set lane_key = 5").await;
    let mut other = world.listen().await;
    assert!(world.jobs.retry(id).await.unwrap());
    let seq = world.count("select seq from jewel.lane").await;
    World::hears(&mut other, &format!("ready stage {seq}")).await;
    assert_eq!(ids(&world, &at(&[Place::Ready]), 50).await, [id]);
    let stats = world.jobs.stats(Duration::from_hours(1)).await.unwrap();
    assert_eq!((stats.queues[0].ready, stats.kinds[0].ready), (1, 1));
    assert!(stats.queues[0].oldest_ready_at.is_some());
    let shown = world.jobs.show(id).await.unwrap().unwrap();
    assert_eq!(shown.standing.lane_key, Some(5));
    world.conserved().await;
}
