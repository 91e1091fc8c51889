//! What the words of `#[job]` promise of many jobs: limits, rates, uniqueness, schedules.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use jewel_core::job::{Cancel, Job, JobError, JobId, Place};
use jewel_core::{State, job, jobs};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tokio::sync::Semaphore;

use super::world::{Act, World, enqueue, quick, until_finished, within};

/// Counts how many of each name are inside at once, and lets them out one by one.
#[derive(Debug, Clone)]
struct House {
    inside: Arc<Mutex<HashMap<String, (usize, usize)>>>,
    door: Arc<Semaphore>,
}

impl House {
    fn new(open: bool) -> Self {
        let house = Self { inside: Arc::default(), door: Arc::new(Semaphore::new(0)) };
        if open {
            house.open();
        }
        house
    }

    fn enter(&self, name: &str) {
        let mut inside = self.inside.lock().unwrap();
        let (now, most) = inside.entry(name.to_owned()).or_default();
        *now += 1;
        *most = (*most).max(*now);
    }

    async fn visit(&self, names: &[&str]) {
        for name in names {
            self.enter(name);
        }
        self.door.acquire().await.unwrap().forget();
        // Others may begin meanwhile, if anything lets them.
        for _ in 0..20 {
            tokio::task::yield_now().await;
        }
        for name in names {
            self.inside.lock().unwrap().get_mut(*name).unwrap().0 -= 1;
        }
    }

    fn open(&self) {
        self.door.add_permits(1000);
    }

    fn most(&self, name: &str) -> usize {
        self.inside.lock().unwrap().get(name).map_or(0, |(_, most)| *most)
    }
}

/// A visit to the house.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
struct Visit {
    tenant: String,
}

/// Visits: one of a tenant, three in all.
#[job(queue = visits, limit(1, per = tenant), limit(3))]
async fn visit(visit: Visit, house: State<House>) -> Result<(), JobError> {
    house.visit(&[&visit.tenant, "all"]).await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_limit_holds_over_all_workers() {
    let world = World::new().await;
    let house = House::new(false);
    let of = |tenant: &str| Visit { tenant: tenant.to_owned() };
    let mut visits = vec![of("ada"); 20];
    visits.extend(["bea", "cleo", "dora", "emma"].map(of).into_iter().cycle().take(40));
    let workers = [0, 1].map(|_| world.work_with(jobs![visit], quick(), house.clone()));
    enqueue(&world, visits).await;
    let full = async {
        while house.most("all") < 3 {
            tokio::task::yield_now().await;
        }
    };
    within("a full house", full).await;
    house.open();
    until_finished(&world, 60).await;
    for tenant in ["ada", "bea", "cleo", "dora", "emma"] {
        assert_eq!(house.most(tenant), 1, "{tenant}");
    }
    assert_eq!(house.most("all"), 3);
    for worker in workers {
        worker.stop().await;
    }
    world.conserved().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tenant_with_a_long_queue_does_not_keep_others_waiting() {
    let world = World::new().await;
    let house = House::new(false);
    let worker = world.work_with(jobs![visit], quick(), house.clone());
    let long = vec![Visit { tenant: "ada".to_owned() }; 500];
    enqueue(&world, long).await;
    let last = enqueue(&world, vec![Visit { tenant: "bea".to_owned() }]).await[0].0;
    world.at(JobId(last), Place::Running).await;
    house.open();
    worker.stop().await;
    world.conserved().await;
}

/// A visit by whoever.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
struct Crowd {}

/// Two in one process.
#[job(queue = crowds, limit(2, per = process))]
async fn crowd(_crowd: Crowd, house: State<House>) -> Result<(), JobError> {
    house.visit(&["all"]).await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_limit_per_process_is_each_workers_own() {
    let world = World::new().await;
    let (one, two) = (House::new(false), House::new(false));
    let workers = [&one, &two].map(|house| world.work_with(jobs![crowd], quick(), house.clone()));
    enqueue(&world, vec![Crowd {}; 60]).await;
    let full = async {
        while one.most("all") < 2 || two.most("all") < 2 {
            tokio::task::yield_now().await;
        }
    };
    within("two full houses", full).await;
    one.open();
    two.open();
    until_finished(&world, 60).await;
    assert_eq!((one.most("all"), two.most("all")), (2, 2));
    for worker in workers {
        worker.stop().await;
    }
    world.conserved().await;
}

/// A call that is made at a rate.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
struct Call {}

/// Calls, one each 50 ms.
#[job(queue = calls, rate(20 / second, burst = 1))]
async fn call(_call: Call) -> Result<(), JobError> {
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rate_is_kept_by_the_databases_clock() {
    let world = World::new().await;
    let workers = [0, 1].map(|_| world.work_for(jobs![call], quick()));
    enqueue(&world, vec![Call {}; 6]).await;
    until_finished(&world, 6).await;
    let millis = world
        .count(
            // A run may begin long after it was let in: the first one is known to be no older than
            // its job.
            "select (extract(epoch from max(f.started_at) - min(j.created_at)) * 1000)::bigint \
             from jewel.finished f join jewel.job j using (id)",
        )
        .await;
    assert!(millis >= 249, "the sixth call began after {millis} ms");
    for worker in workers {
        worker.stop().await;
    }
    world.conserved().await;
}

/// A report on something.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
struct Report {
    shop: u32,
    note: String,
}

/// One at a time for each shop.
#[job(queue = reports, unique(shop))]
async fn report(report: Report) -> Result<String, JobError> {
    Ok(report.note)
}

/// The same, until it begins.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
struct Refresh {
    shop: u32,
}

/// One waits while another runs.
#[job(queue = reports, unique(until = start))]
async fn refresh(_refresh: Refresh, house: State<House>) -> Result<(), JobError> {
    house.visit(&["refresh"]).await;
    Ok(())
}

/// The same, for a time.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
struct Digest {
    shop: u32,
}

/// Once an hour, whatever becomes of it.
#[job(queue = reports, unique(shop, until = 1h))]
async fn digest(_digest: Digest) -> Result<(), JobError> {
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_unique_job_is_the_only_one_until_it_is_over() {
    let world = World::new().await;
    let on = |shop, note: &str| Report { shop, note: note.to_owned() };
    let both = enqueue(&world, vec![on(1, "first"), on(2, "other"), on(1, "second")]).await;
    let first = both[0];
    assert_eq!((first.1, both[1].1), (false, false));
    assert_eq!(both[2], (first.0, true), "it is the one that is there");
    let worker = world.work_for(jobs![report], quick());
    until_finished(&world, 2).await;
    let again = enqueue(&world, vec![on(1, "third")]).await[0];
    assert!(!again.1 && again.0 != first.0, "the first one is over");
    until_finished(&world, 3).await;
    worker.stop().await;
    assert_eq!(world.count("select count(*) from jewel.unique_lock").await, 0);
    world.conserved().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_unique_job_whose_rival_ends_at_that_moment_is_enqueued() {
    let world = Arc::new(World::new().await);
    let first = enqueue(&world, vec![Report { shop: 1, note: "first".to_owned() }]).await[0];
    // Whoever tries for a key waits, after the try, until the test lets go of a lock.
    world
        .sql(
            "create function hold() returns trigger language plpgsql as $$ begin \
                perform pg_advisory_xact_lock(42); return null; end $$; \
             create trigger hold after insert on jewel.unique_lock execute function hold(); \
             grant execute on function hold() to jewel_app; \
             select pg_advisory_lock(42)",
        )
        .await;
    let other = Arc::clone(&world);
    let second = tokio::spawn(async move {
        enqueue(&other, vec![Report { shop: 1, note: "second".to_owned() }]).await[0]
    });
    let tries = async {
        let waits = "select count(*) from pg_locks where locktype = 'advisory' and not granted";
        while world.count(waits).await == 0 {}
    };
    within("the second's try", tries).await;
    assert_eq!(world.jobs.cancel(JobId(first.0)).await.unwrap(), Cancel::Cancelled);
    world.sql("select pg_advisory_unlock(42)").await;
    let second = within("the second", second).await.unwrap();
    assert!(!second.1 && second.0 != first.0, "nothing stands in its way any more");
    world.conserved().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn uniqueness_ends_with_the_start_or_with_its_time() {
    let world = World::new().await;
    let house = House::new(false);
    let worker = world.work_with(jobs![refresh, digest], quick(), house.clone());
    world.declared("digest").await;
    let first = enqueue(&world, vec![Refresh { shop: 1 }]).await[0];
    world.at(JobId(first.0), Place::Running).await;
    let second = enqueue(&world, vec![Refresh { shop: 1 }, Refresh { shop: 2 }]).await;
    assert!(second.iter().all(|(_, duplicate)| !duplicate), "the first one has begun");
    house.door.add_permits(3);

    let digest = enqueue(&world, vec![Digest { shop: 1 }]).await[0];
    world.at(JobId(digest.0), Place::Completed).await;
    let again = enqueue(&world, vec![Digest { shop: 1 }]).await[0];
    assert_eq!(again, (digest.0, true), "its hour is not over");
    world.sql("update jewel.unique_lock set until = now() where until is not null").await;
    assert!(!enqueue(&world, vec![Digest { shop: 1 }]).await[0].1);
    worker.stop().await;
    world.conserved().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_rate_lets_one_begin_at_once() {
    let world = World::new().await;
    let refused = "do $$ declare \
            q smallint := jewel.declare_queue('rated', null, null, '1 second', 1); \
            w bigint := jewel.enlist('rated', '1 hour'); \
            refused int := 0; \
        begin \
            perform jewel.enqueue('rated', 'rated', 1::smallint, null, null, null, null, \
                array_fill('{}'::jsonb, array[500]), null); \
            for n in 1..400 loop \
                update jewel.queue set rate_tat = null where id = q; \
                perform jewel.claim_keyed(q, 0, 10, w, array[gen_random_uuid()]); \
                if not found then refused := refused + 1; end if; \
            end loop; \
            assert refused = 0, refused || ' of 400 were refused'; \
        end $$";
    world.sql(refused).await;
}

/// A word to nobody.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
struct Whisper {}

/// Nobody needs to know.
#[job(queue = whispers, keep = none, retry(2, 1ms..2ms))]
async fn whisper(_whisper: Whisper, job: &mut Job) -> Result<(), JobError> {
    if job.is_last_attempt() { Ok(()) } else { Err(JobError::retry("too loud")) }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_to_be_kept_is_gone_once_it_is_done() {
    let world = World::new().await;
    let worker = world.work_for(jobs![whisper], quick());
    world.declared("whisper").await;
    let id = JobId(enqueue(&world, vec![Whisper {}]).await[0].0);
    let gone = async { while world.jobs.status(id).await.unwrap().is_some() {} };
    within("its end", gone).await;
    worker.stop().await;
    assert_eq!(world.count("select count(*) from jewel.job").await, 0);
    assert_eq!(world.count("select count(*) from jewel.failure").await, 0);
    assert_eq!(world.count("select count(*) from jewel.finished").await, 0);
    world.conserved().await;
}

/// What is done by the clock.
#[derive(Debug, Default, Serialize, Deserialize, JsonSchema)]
struct Nightly {}

/// Every night.
#[job(queue = nights, priority = background, schedule("0 4 * * *", zone = "Europe/Berlin"))]
async fn nightly(_nightly: Nightly, job: &mut Job) -> Result<String, JobError> {
    let tick = job.tick().ok_or_else(|| JobError::give_up("no tick"))?;
    Ok(tick.to_rfc3339())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_planned_time_makes_one_job_however_many_watch_the_clock() {
    let world = World::new().await;
    let workers = [0, 1, 2].map(|_| world.work_for(jobs![nightly], quick()));
    world.declared("nightly").await;
    let planned = "select count(*) from jewel.cron where next_at > now() and next_at < now() + \
                   interval '25 hours' and expr = '0 4 * * *' and tz = 'Europe/Berlin'";
    within("the plan", async { while world.count(planned).await == 0 {} }).await;
    world.sql("update jewel.cron set next_at = '2026-01-15T03:00:00Z'").await;
    until_finished(&world, 1).await;
    for worker in workers {
        worker.stop().await;
    }
    assert_eq!(world.count("select count(*) from jewel.job").await, 1);
    let priority = "select priority::bigint from jewel.job";
    assert_eq!(world.count(priority).await, 2);
    let tick = "select (result #>> '{}')::timestamptz > now() - interval '25 hours' \
                from jewel.finished";
    let told = format!("select count(*) from ({tick}) t (last) where last");
    assert_eq!(world.count(sqlx::AssertSqlSafe(told)).await, 1, "the last of the missed ones");
    world.conserved().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_queue_that_gets_a_limit_takes_its_waiting_jobs_along() {
    let world = World::new().await;
    // As an older version of the program enqueued it, which knew of no limit.
    let old = world.enqueue(&[Act::Done]).await;
    world
        .sql(
            "update jewel.ready set queue_id = jewel.queue_id('visits'), \
                kind_id = jewel.kind_id('visit')",
        )
        .await;
    world.sql("update jewel.job set args = '{\"tenant\": \"ada\"}'").await;
    let worker = world.work_with(jobs![visit], quick(), House::new(true));
    world.at(old, Place::Completed).await;
    worker.stop().await;
    // And the other way round.
    world.declared("visit").await;
    let new = enqueue(&world, vec![Visit { tenant: "ada".to_owned() }]).await[0].0;
    assert_eq!(world.count("select count(*) from jewel.lane").await, 1);
    world.sql("update jewel.queue set keyed = false").await;
    assert_eq!(world.count("select jewel.align(10)::bigint").await, 1);
    assert_eq!(world.count("select count(*) from jewel.ready").await, 1);
    world.at(JobId(new), Place::Ready).await;
    world.conserved().await;
}
