//! What `on_dead` promises: one handler for each death, with all that is known of it, written with
//! the end or not at all; and never one for a handler.

use jewel_core::crypto::{KeyRing, MasterKey};
use jewel_core::job::{
    Args, Cancel, Dead, Definition, Enqueue, Job, JobError, JobId, Place, operator::sealed_key,
};
use jewel_core::{Id, State, job, jobs};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sqlx::AssertSqlSafe;
use tokio::sync::mpsc;

use super::world::{Working, World, enqueue, quick, within};

/// What ails somebody.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
struct Patient {
    ill: Ill,
    name: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
enum Ill {
    Not,
    Always,
    Hopelessly,
    Contagiously,
}

/// What tests see of patients: who is treated, and who died.
#[derive(Debug, Clone)]
struct Ward {
    treated: mpsc::UnboundedSender<JobId>,
    mourned: mpsc::UnboundedSender<(Dead<Patient>, JobId, bool)>,
}

/// Treats somebody.
#[job(queue = ward, retry(2, 1m..1m), on_dead = mourn)]
async fn treat(patient: Patient, job: &mut Job, ward: State<Ward>) -> Result<(), JobError> {
    let _ = ward.treated.send(job.id());
    match patient.ill {
        Ill::Not => Ok(()),
        Ill::Always => Err(JobError::retry("it hurts")),
        Ill::Hopelessly => Err(JobError::give_up("it is too late")),
        Ill::Contagiously => std::future::pending().await,
    }
}

/// Mourns somebody.
#[job(queue = chapel, retry(1), priority = background)]
async fn mourn(dead: Dead<Patient>, job: &mut Job, ward: State<Ward>) -> Result<(), JobError> {
    let spotless = dead.args().is_ok_and(|patient| patient.name != "nobody");
    let _ = ward.mourned.send((dead, job.id(), job.account().is_some()));
    if spotless { Ok(()) } else { Err(JobError::give_up("nobody is missed")) }
}

const WARD: &[Definition] = jobs![treat, mourn];

struct Seen {
    treated: mpsc::UnboundedReceiver<JobId>,
    mourned: mpsc::UnboundedReceiver<(Dead<Patient>, JobId, bool)>,
}

fn work(world: &World) -> (Working, Seen) {
    let (treated, seen) = mpsc::unbounded_channel();
    let (mourned, known) = mpsc::unbounded_channel();
    let working = world.work_with(WARD, quick(), Ward { treated, mourned });
    (working, Seen { treated: seen, mourned: known })
}

fn patient(ill: Ill, name: &str) -> Patient {
    Patient { ill, name: name.to_owned() }
}

async fn one<J: Enqueue + Args>(world: &World, job: J) -> JobId {
    JobId(enqueue(world, vec![job]).await[0].0)
}

/// How many jobs of a kind there are.
async fn count(world: &World, kind: &str) -> i64 {
    let sql = "select count(*) from jewel.job j join jewel.kind k on k.id = j.kind_id";
    world.count(AssertSqlSafe(format!("{sql} where k.name = '{kind}'"))).await
}

#[tokio::test(flavor = "multi_thread")]
async fn each_death_is_told_once_with_all_that_is_known() {
    let world = World::new().await;
    world.jobs.declare(WARD).await.unwrap();
    let (worker, mut seen) = work(&world);
    let healthy = one(&world, patient(Ill::Not, "bea")).await;
    world.at(healthy, Place::Completed).await;
    for (ill, attempts, message) in
        [(Ill::Always, 2, "it hurts"), (Ill::Hopelessly, 1, "it is too late")]
    {
        let mut tx = world.db.begin(Some(Id::new())).await.unwrap();
        let id = patient(ill, "ada").enqueue(&mut tx).await.unwrap().id;
        tx.commit().await.unwrap();
        if attempts > 1 {
            world.at(id, Place::Retrying).await;
            assert_eq!(count(&world, "mourn").await, 0, "it is not dead yet");
        }
        world.hurry().await;
        world.at(id, Place::Dead).await;
        let (dead, handler, has_account) = within("the news", seen.mourned.recv()).await.unwrap();
        assert_eq!((dead.id, dead.state, dead.attempts), (id, Place::Dead, attempts));
        assert_eq!((&*dead.kind, &*dead.queue), ("treat", "ward"));
        assert_eq!((&*dead.reason, &*dead.message), ("error", message));
        assert!(dead.enqueued_at <= dead.died_at);
        assert_eq!(dead.args().unwrap(), patient(ill, "ada"));
        assert!(has_account, "it runs for the account of the one that died");
        world.at(handler, Place::Completed).await;
        let shown = world.jobs.show(handler).await.unwrap().unwrap().standing;
        assert_eq!((&*shown.queue, shown.priority), ("chapel", 2));
        assert_eq!(shown.args["args"], json!(patient(ill, "ada")));
        let of = world.jobs.show(id).await.unwrap().unwrap().standing.meta;
        assert_eq!(shown.meta, of, "and in its trace");
        world.sql("delete from jewel.finished where kind_id <> 0").await;
        world.sql("delete from jewel.job").await;
    }
    worker.stop().await;
    world.conserved().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_kills_its_workers_is_told_of_too() {
    let world = World::new().await;
    world.jobs.declare(WARD).await.unwrap();
    let id = one(&world, patient(Ill::Contagiously, "ada")).await;
    for crash in 1..=3 {
        let (worker, mut seen) = work(&world);
        if crash > 1 {
            world.at(id, Place::Retrying).await;
            world.hurry().await;
        }
        within("the run", seen.treated.recv()).await.unwrap();
        worker.kill().await;
        assert_eq!(count(&world, "mourn").await, 0);
    }
    // Whoever rescues need not have the kinds: what is to be done stands in the database.
    let stranger = world.work_for(&[], quick());
    world.at(id, Place::Poisoned).await;
    stranger.stop().await;
    assert_eq!(count(&world, "mourn").await, 1);
    let (worker, mut seen) = work(&world);
    let (dead, ..) = within("the news", seen.mourned.recv()).await.unwrap();
    assert_eq!((dead.id, dead.state, dead.attempts), (id, Place::Poisoned, 3));
    assert_eq!((&*dead.reason, &*dead.message), ("worker_lost", "worker lost"));
    worker.stop().await;
    world.conserved().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_death_is_another_one_and_an_operators_word_is_none() {
    let world = World::new().await;
    world.jobs.declare(WARD).await.unwrap();
    let waiting = one(&world, patient(Ill::Always, "ada")).await;
    assert_eq!(world.jobs.cancel(waiting).await.unwrap(), Cancel::Cancelled);
    let (worker, mut seen) = work(&world);
    let running = one(&world, patient(Ill::Contagiously, "bea")).await;
    within("the run", seen.treated.recv()).await.unwrap();
    assert_eq!(world.jobs.cancel(running).await.unwrap(), Cancel::Requested);
    world.at(running, Place::Cancelled).await;
    assert_eq!(count(&world, "mourn").await, 0, "who is cancelled is not dead");

    let id = one(&world, patient(Ill::Hopelessly, "cleo")).await;
    world.at(id, Place::Dead).await;
    let (first, ..) = within("the news", seen.mourned.recv()).await.unwrap();
    assert!(world.jobs.retry(id).await.unwrap());
    let (second, ..) = within("the news", seen.mourned.recv()).await.unwrap();
    assert_eq!((first.id, second.id), (id, id));
    assert!(first.died_at < second.died_at);
    world.at(id, Place::Dead).await;
    world.jobs.discard(&[id]).await.unwrap();
    assert_eq!(count(&world, "mourn").await, 2);
    worker.stop().await;
    world.conserved().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_mourns_a_mourner() {
    let world = World::new().await;
    world.jobs.declare(WARD).await.unwrap();
    let (worker, mut seen) = work(&world);
    one(&world, patient(Ill::Hopelessly, "nobody")).await;
    let (_, handler, _) = within("the news", seen.mourned.recv()).await.unwrap();
    world.at(handler, Place::Dead).await;
    assert_eq!(world.count("select count(*) from jewel.job").await, 2);

    // One that died of its arguments is told of like any other: only they cannot be had.
    let id = one(&world, patient(Ill::Not, "ada")).await;
    world.at(id, Place::Completed).await;
    world.sql("update jewel.job set args = '{\"ill\": \"Unheard\"}' where id > 2").await;
    world.jobs.retry(id).await.unwrap();
    world.at(id, Place::Retrying).await;
    world.hurry().await;
    let (dead, ..) = within("the news", seen.mourned.recv()).await.unwrap();
    assert!(dead.message.contains("its arguments cannot be read"), "{dead:?}");
    assert!(dead.args().is_err());
    worker.stop().await;
    world.conserved().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_end_that_is_rolled_back_tells_nobody() {
    let world = World::new().await;
    world.jobs.declare(WARD).await.unwrap();
    let id = one(&world, patient(Ill::Always, "ada")).await;
    let (lease, worker): (_, i64) = ("00000000-0000-4000-8000-000000000001", 1);
    world.sql("select jewel.enlist('test', '1 hour')").await;
    let claim = "select from jewel.claim((select queue_id from jewel.job), 1::smallint, 0, 10, \
        1, array['00000000-0000-4000-8000-000000000001'::uuid])";
    world.sql(claim).await;
    let fail = |tx| async move {
        let mut tx: jewel_core::Tx = tx;
        let refused = sqlx::query(
            "select from jewel.fail($1, array[$2::text::uuid], array[$3::bigint], \
                array[1::smallint], array['it hurts'], array[null::timestamptz])",
        );
        let refused = refused.bind(worker).bind(lease).bind(id).fetch_all(&mut tx).await.unwrap();
        assert!(refused.is_empty());
        tx
    };
    let mourners = "select count(*) from jewel.ready r join jewel.kind k on k.id = r.kind_id \
        where k.name = 'mourn'";
    let mut tx = fail(world.db.begin(None).await.unwrap()).await;
    let there: i64 = sqlx::query_scalar(mourners).fetch_one(&mut tx).await.unwrap();
    assert_eq!(there, 1, "it is there at once, in the same transaction");
    tx.rollback().await.unwrap();
    assert_eq!(world.count(mourners).await, 0);
    world.at(id, Place::Running).await;
    fail(world.db.begin(None).await.unwrap()).await.commit().await.unwrap();
    assert_eq!(world.count(mourners).await, 1);
    world.at(id, Place::Dead).await;
    world.conserved().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_holds_for_a_kind_is_what_was_declared_last() {
    let world = World::new().await;
    world.jobs.declare(WARD).await.unwrap();
    let handlers = "select count(*) from jewel.kind k join jewel.kind d on d.id = \
        k.on_dead_kind_id join jewel.queue q on q.id = k.on_dead_queue_id \
        where (k.name, d.name, q.name, k.on_dead_priority) = ('treat', 'mourn', 'chapel', 2)";
    assert_eq!(world.count(handlers).await, 1);
    // An older version of the program, which knows no handlers, changes nothing of that.
    world.sql("select jewel.declare_kind('treat', '1 day', 'finish', null, false)").await;
    assert_eq!(world.count(handlers).await, 1);
    world.sql("select jewel.declare_on_dead('treat', null, null, null)").await;
    assert_eq!(world.count(handlers).await, 0);
    let (worker, _seen) = work(&world);
    within("the worker", async { while world.count(handlers).await == 0 {} }).await;
    worker.stop().await;
}

/// A secret illness.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
struct Secret {
    word: String,
}

/// Keeps it.
#[job(queue = ward, retry(1), encrypted, on_dead = confess)]
async fn keep(_secret: Secret) -> Result<(), JobError> {
    Err(JobError::give_up("it was too heavy"))
}

/// Hears it.
#[job(queue = chapel, retry(1), encrypted)]
async fn confess(dead: Dead) -> Result<Value, JobError> {
    Ok(dead.args()?)
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_sealed_stays_so_until_its_handler_runs() {
    let mut world = World::new().await;
    let keys = KeyRing::from(MasterKey::random());
    world.rekey(Some(keys.clone()));
    world.jobs.declare(jobs![keep, confess]).await.unwrap();
    one(&world, Secret { word: "hunter2".to_owned() }).await;
    let worker = world.work_for(jobs![keep], quick());
    let waits = async { while count(&world, "confess").await == 0 {} };
    within("the handler", waits).await;
    worker.stop().await;
    let plain = "select count(*) from jewel.job j where j::text like '%hunter2%'";
    assert_eq!(world.count(plain).await, 0);
    let handler = JobId(world.count("select max(id) from jewel.job").await);
    let shown = world.jobs.show(handler).await.unwrap().unwrap();
    assert_eq!(sealed_key(&shown.standing.args["args"]), Some(keys.current()));

    // Without the key it waits, like what it is about.
    world.rekey(Some(KeyRing::from(MasterKey::random())));
    let worker = world.work_for(jobs![keep, confess], quick());
    world.at(handler, Place::Scheduled).await;
    worker.stop().await;
    world.rekey(Some(keys));
    world.hurry().await;
    let worker = world.work_for(jobs![keep, confess], quick());
    let status = world.at(handler, Place::Completed).await;
    assert_eq!(status.result, Some(json!({"word": "hunter2"})));
    worker.stop().await;
    assert_eq!(
        world.count("select count(*) from jewel.finished f where f::text like '%hunter2%'").await,
        0
    );
}
