//! What `encrypted` promises: nobody reads the arguments and the result in the database, nothing is
//! lost while a key is missing, and a rotation changes nothing else.

use std::time::Duration;

use jewel_core::crypto::{KeyRing, MasterKey, SealError};
use jewel_core::job::operator::{Filter, Level, Program, sealed_key};
use jewel_core::job::{Closed, Definition, Enqueue, Job, JobError, JobId, Place};
use jewel_core::{State, job, jobs};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sqlx::AssertSqlSafe;
use tokio::sync::mpsc;

use super::world::{Working, World, enqueue, quick, within};

/// A word that stands nowhere else.
const WORD: &str = "hunter2-by-the-pond";

/// A secret for somebody.
#[derive(Debug, Default, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
struct Secret {
    to: u32,
    word: String,
}

/// Where secrets are told.
type Ear = mpsc::UnboundedSender<Secret>;

/// Tells a secret, and returns it.
#[job(queue = secrets, retry(2, 1ms..2ms), encrypted, limit(1, per = to), unique(to))]
async fn tell(secret: Secret, job: &mut Job, ear: State<Ear>) -> Result<Secret, JobError> {
    let _ = ear.send(secret.clone());
    match secret.word.as_str() {
        "" => Err(JobError::give_up("there is nothing to tell")),
        _ if job.is_last_attempt() => Err(JobError::retry("nobody listens")),
        _ => Ok(secret),
    }
}

/// The same fields, for another job.
#[derive(Debug, Default, Clone, Serialize, Deserialize, JsonSchema)]
struct Rumour {
    to: u32,
    word: String,
}

/// Spreads it.
#[job(queue = rumours, retry(1), encrypted)]
async fn spread(rumour: Rumour) -> Result<usize, JobError> {
    Ok(rumour.word.len())
}

/// What everybody may know.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
struct Gossip {
    to: u32,
}

/// Tells it to everybody.
#[job(queue = gossip, limit(1, per = to), unique(to))]
async fn gossip(_gossip: Gossip) -> Result<(), JobError> {
    Ok(())
}

/// What nobody hides.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
struct Open(Value);

/// Returns what it takes.
#[job(queue = open, retry(1))]
async fn echo(open: Open) -> Result<Value, JobError> {
    Ok(open.0)
}

const ALL: &[Definition] = jobs![tell, spread, gossip, echo];

fn secret(to: u32) -> Secret {
    Secret { to, word: WORD.to_owned() }
}

/// A world whose jobs are sealed by these keys.
async fn keyed(keys: KeyRing) -> World {
    let mut world = World::new().await;
    world.rekey(Some(keys));
    world
}

fn work(world: &World) -> (Working, mpsc::UnboundedReceiver<Secret>) {
    let (ear, heard) = mpsc::unbounded_channel();
    (world.work_with(ALL, quick(), ear), heard)
}

async fn one<J: Enqueue + jewel_core::job::Args>(world: &World, job: J) -> JobId {
    JobId(enqueue(world, vec![job]).await[0].0)
}

/// How many rows of the queue's tables have a text anywhere.
async fn found(world: &World, text: &str) -> i64 {
    let mut count = 0;
    for table in ["job", "finished", "failure", "progress", "cron", "unique_lock"] {
        let sql = format!("select count(*) from jewel.{table} t where t::text like '%{text}%'");
        count += world.count(AssertSqlSafe(sql)).await;
    }
    count
}

/// Waits until the job was put off, its attempt handed back.
async fn put_off(world: &World, id: JobId) {
    let parked = async {
        let sql =
            format!("select count(*) from jewel.scheduled where job_id = {id} and run_at > now()");
        while world.count(AssertSqlSafe(sql.clone())).await == 0 {}
    };
    within("the job to be put off", parked).await;
    let status = world.jobs.status(id).await.unwrap().unwrap();
    assert_eq!((status.place, status.attempt), (Place::Scheduled, 0));
    assert!(world.failures(id).await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_secret_is_nowhere_in_the_database_and_comes_back_whole() {
    let world = keyed(KeyRing::from(MasterKey::random())).await;
    let id = one(&world, secret(1)).await;
    assert_eq!(world.count("select count(*) from jewel.job where args ? '$sealed'").await, 1);
    assert_eq!(found(&world, WORD).await, 0);
    let (worker, mut heard) = work(&world);
    assert_eq!(within("the word", heard.recv()).await, Some(secret(1)));
    let status = world.at(id, Place::Completed).await;
    assert_eq!(status.result, Some(json!(secret(1))), "who asks for the result has it");
    assert_eq!(found(&world, WORD).await, 0);
    assert_eq!(
        world.count("select count(*) from jewel.finished where result ? '$sealed'").await,
        1
    );

    // Arguments that cannot be read are quoted nowhere either.
    let strange = json!({"to": WORD, "word": 1}).to_string();
    let keys = world.db.keys().unwrap();
    let sealed = keys.seal("jewel job arguments", "tell", strange.as_bytes()).unwrap();
    let other = one(&world, secret(2)).await;
    world.at(other, Place::Completed).await;
    worker.stop().await;
    let mend = "update jewel.job set args = jsonb_build_object('$sealed', $1::text) where id = $2";
    sqlx::query(mend).bind(sealed).bind(other).execute(&world.db).await.unwrap();
    assert!(world.jobs.retry(other).await.unwrap());
    let (worker, _heard) = work(&world);
    world.at(other, Place::Dead).await;
    let failures = world.failures(other).await;
    assert!(failures[0].1.contains("cannot be read: see line 1, column"), "{failures:?}");
    assert_eq!(found(&world, WORD).await, 0);
    worker.stop().await;
    world.conserved().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_former_key_opens_what_it_sealed_and_a_missing_one_is_waited_for() {
    let (old, new) = (MasterKey::random(), MasterKey::random());
    let mut world = keyed(KeyRing::from(old.clone())).await;
    let first = one(&world, secret(1)).await;

    // The old key was forgotten: the job waits, and no attempt of it is used up.
    world.rekey(Some(KeyRing::from(new.clone())));
    let (worker, mut heard) = work(&world);
    put_off(&world, first).await;
    let fresh = one(&world, secret(2)).await;
    assert_eq!(within("the word", heard.recv()).await, Some(secret(2)));
    world.at(fresh, Place::Completed).await;
    worker.stop().await;
    let report = world.jobs.check(program(), |_, _| {}).await;
    let keys = report.iter().find(|finding| finding.check == "keys").unwrap();
    assert_eq!(keys.level, Level::Fail, "{keys:?}");
    assert!(keys.said.starts_with("1 job that is to run is sealed under the key"), "{keys:?}");

    // It is back: the job runs, by its first attempt.
    world.rekey(Some(KeyRing::new(new.clone(), [old])));
    let report = world.jobs.check(program(), |_, _| {}).await;
    let keys = report.iter().find(|finding| finding.check == "keys").unwrap();
    assert!(keys.said.contains("is sealed under the former key"), "{keys:?}");
    world.hurry().await;
    let (worker, mut heard) = work(&world);
    assert_eq!(within("the word", heard.recv()).await, Some(secret(1)));
    let status = world.at(first, Place::Completed).await;
    assert_eq!((status.attempt, status.result), (1, Some(json!(secret(1)))));
    worker.stop().await;
    let report = world.jobs.check(program(), |_, _| {}).await;
    let keys = report.iter().find(|finding| finding.check == "keys").unwrap();
    assert!(keys.said.starts_with("nothing that is to run is sealed"), "{keys:?}");
    assert_eq!(keys.level, Level::Info);

    // What was kept under a key that is gone is not told, and nothing else is lost by that.
    world.rekey(Some(KeyRing::from(MasterKey::random())));
    let status = world.jobs.status(first).await.unwrap().unwrap();
    assert_eq!((status.place, status.result), (Place::Completed, None));
    world.conserved().await;
}

fn program() -> Program<'static> {
    Program { encrypted: &["tell", "spread"], ..Program::default() }
}

#[tokio::test(flavor = "multi_thread")]
async fn without_keys_nothing_is_enqueued_and_nothing_run() {
    let keys = KeyRing::from(MasterKey::random());
    let mut world = keyed(keys.clone()).await;
    let id = one(&world, secret(1)).await;
    world.rekey(None);
    let mut tx = world.db.begin(None).await.unwrap();
    let told = secret(2).enqueue(&mut tx).await.unwrap_err().to_string();
    assert!(told.contains("the job `tell` is encrypted"), "{told}");
    assert!(told.contains("`Db::with_keys`"), "{told}");
    drop(tx);
    let (worker, _heard) = work(&world);
    put_off(&world, id).await;

    // Nor what was enqueued before its kind was encrypted: its result would be open.
    world.sql("update jewel.job set args = '{\"to\": 1, \"word\": \"old\"}'").await;
    world.hurry().await;
    put_off(&world, id).await;
    worker.stop().await;
    world.rekey(Some(keys));
    world.hurry().await;
    let (worker, _heard) = work(&world);
    let status = world.at(id, Place::Completed).await;
    assert_eq!(status.result, Some(json!({"to": 1, "word": "old"})));
    assert_eq!(
        world.count("select count(*) from jewel.finished where result ? '$sealed'").await,
        1
    );
    worker.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_altered_or_moved_is_refused() {
    let world = keyed(KeyRing::from(MasterKey::random())).await;
    let told = one(&world, secret(1)).await;
    let moved = one(&world, Rumour { to: 1, word: "nothing".to_owned() }).await;
    let altered = one(&world, secret(2)).await;
    world
        .sql("update jewel.job set args = (select args from jewel.job where id = 1) where id = 2")
        .await;
    world
        .sql(
            "update jewel.job set args = jsonb_build_object('$sealed', \
                left(args->>'$sealed', 20) || reverse(substr(args->>'$sealed', 21))) where id = 3",
        )
        .await;
    assert_eq!([told, moved, altered], [1, 2, 3].map(JobId));
    let (worker, mut heard) = work(&world);
    for id in [moved, altered] {
        world.at(id, Place::Dead).await;
        let failures = world.failures(id).await;
        assert_eq!(failures.len(), 1, "no other attempt is made: {failures:?}");
    }
    assert!(world.failures(moved).await[0].1.contains("sealed as something else"));
    world.at(told, Place::Completed).await;
    assert_eq!(heard.recv().await, Some(secret(1)));

    // A result is its job's alone.
    let other = one(&world, secret(3)).await;
    world.at(other, Place::Completed).await;
    let swap = format!(
        "update jewel.finished set result = (select result from jewel.finished where id = 1) \
         where id = {other}"
    );
    sqlx::query(AssertSqlSafe(swap)).execute(&world.db).await.unwrap();
    assert_eq!(world.jobs.status(other).await.unwrap().unwrap().result, None);
    worker.stop().await;
    world.conserved().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_tell_nothing_and_stay_equal_across_a_rotation() {
    let (old, new) = (MasterKey::random(), MasterKey::random());
    let mut world = keyed(KeyRing::from(old.clone())).await;
    world.jobs.declare(ALL).await.unwrap();
    let first = enqueue(&world, vec![secret(1)]).await[0];
    world.rekey(Some(KeyRing::new(new, [old])));
    let again = enqueue(&world, vec![secret(1)]).await[0];
    assert_eq!(again, (first.0, true), "it is the same one after the rotation");
    let other = enqueue(&world, vec![secret(2)]).await[0];
    assert!(!other.1);
    assert_eq!(world.count("select count(distinct lane_key) from jewel.lane").await, 2);

    // Who knows how keys are made and tries all values finds none of them, but those of others.
    enqueue(&world, vec![Gossip { to: 1 }]).await;
    let guessed = |kind: &str| {
        format!(
            "select count(*) from jewel.job j join jewel.kind k on k.id = j.kind_id, \
                generate_series(0, 100) n \
             where k.name = '{kind}' and (j.unique_key = sha256(k.name::bytea || '\\x00' \
                    || ('[' || n || ']')::bytea) \
                or int8send(j.lane_key) = substring(sha256('lane'::bytea || '\\x00' \
                    || n::text::bytea) from 1 for 8))"
        )
    };
    assert_eq!(world.count(AssertSqlSafe(guessed("gossip"))).await, 1);
    assert_eq!(world.count(AssertSqlSafe(guessed("tell"))).await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn operators_see_what_is_sealed_only_where_they_ask_for_it() {
    let keys = KeyRing::from(MasterKey::random());
    let mut world = keyed(keys.clone()).await;
    let id = one(&world, Secret { to: 1, word: String::new() }).await;
    let (worker, _heard) = work(&world);
    world.at(id, Place::Dead).await;
    worker.stop().await;
    let dead =
        Filter { kinds: vec!["tell".to_owned()], states: vec![Place::Dead], ..Filter::default() };
    assert_eq!(world.jobs.list(&dead, 5).await.unwrap().len(), 1);

    // Better arguments are sealed like the ones they replace.
    assert_eq!(world.jobs.mend(id, &json!(secret(1))).await.unwrap(), None);
    assert_eq!(found(&world, WORD).await, 0);
    let (worker, _heard) = work(&world);
    world.at(id, Place::Completed).await;
    worker.stop().await;
    let shown = world.jobs.show(id).await.unwrap().unwrap();
    assert_eq!(sealed_key(&shown.standing.args), Some(keys.current()));
    assert!(sealed_key(shown.standing.result.as_ref().unwrap()).is_some());
    let revealed = world.jobs.reveal(shown.clone()).unwrap();
    assert_eq!(revealed.standing.args, json!(secret(1)));
    assert_eq!(revealed.standing.result, Some(json!(secret(1))));

    let sealed = world.jobs.mend(id, &shown.standing.args).await.unwrap_err().to_string();
    assert!(sealed.contains("the arguments are sealed"), "{sealed}");
    world.rekey(None);
    let lacks = Closed::Seal(SealError::NoKey(keys.current()));
    assert_eq!(world.jobs.reveal(shown.clone()), Err(lacks));
    let refused = world.jobs.mend(id, &json!(secret(1))).await.unwrap_err().to_string();
    assert!(refused.contains("`Db::with_keys`"), "{refused}");
    assert_eq!(world.jobs.show(id).await.unwrap().unwrap(), shown, "nothing has happened");
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_else_writes_what_looks_sealed() {
    let world = keyed(KeyRing::from(MasterKey::random())).await;
    let sealed = json!({"$sealed": "v1.00ff00ff00ff00ff.AAAA"});
    let mut tx = world.db.begin(None).await.unwrap();
    let told = Open(sealed.clone()).enqueue(&mut tx).await.unwrap_err().to_string();
    assert!(told.contains("`$sealed` alone, which is reserved"), "{told}");
    drop(tx);
    let (worker, _heard) = work(&world);
    let more = json!({"$sealed": "v1", "and": 1});
    let id = one(&world, Open(more.clone())).await;
    assert_eq!(world.at(id, Place::Completed).await.result, Some(more));
    worker.stop().await;
}

/// A secret that the clock makes.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
struct Nightly {
    word: String,
}

impl Default for Nightly {
    fn default() -> Self {
        Self { word: WORD.to_owned() }
    }
}

/// Tells it at night.
#[job(queue = secrets_at_night, schedule = "0 3 * * *", encrypted)]
async fn nightly(nightly: Nightly) -> Result<String, JobError> {
    Ok(nightly.word)
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_clock_enqueues_is_sealed_too() {
    let mut world = keyed(KeyRing::from(MasterKey::random())).await;
    world.jobs.declare(jobs![nightly]).await.unwrap();
    assert_eq!(world.count("select count(*) from jewel.cron where args ? '$sealed'").await, 1);
    let id = world.jobs.run_schedule("nightly").await.unwrap().unwrap();
    let worker = world.work_for(jobs![nightly], quick());
    assert_eq!(world.at(id, Place::Completed).await.result, Some(json!(WORD)));
    assert_eq!(found(&world, WORD).await, 0);
    worker.stop().await;
    world.rekey(None);
    let told = world.jobs.declare(jobs![nightly]).await.unwrap_err().to_string();
    assert!(told.contains("the schedule of the encrypted job `nightly`"), "{told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn many_are_sealed_one_by_one() {
    let world = keyed(KeyRing::from(MasterKey::random())).await;
    let mut tx = world.db.begin(None).await.unwrap();
    let jobs = (0..50).map(secret).collect();
    let options = jewel_core::job::Options::default().after(Duration::from_hours(1));
    let tickets = Secret::enqueue_many(jobs, options, &mut tx).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(tickets.len(), 50);
    assert_eq!(world.count("select count(distinct args) from jewel.job").await, 50);
    assert_eq!(found(&world, WORD).await, 0);
}
