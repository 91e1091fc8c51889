//! What an application says of parts that do not fit together.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::key;
use super::serve::Ground;
use crate::app::{App, Auth, Error, Module};
use crate::config::Sources;
use crate::crypto::{KeyRing, MasterKey};
use crate::job::{Dead, JobError};
use crate::secret::Secret;
use crate::{Problem, endpoints, get, job, jobs, output};

static NONE: sqlx::migrate::Migrator = sqlx::migrate::Migrator::DEFAULT;

#[derive(Debug, thiserror::Error, Problem)]
enum Never {}

#[output]
struct Thing {
    id: u32,
}

/// One.
#[get("/v1/things/{thing}", access(public))]
async fn one(thing: crate::Path<u32>) -> Result<Thing, Never> {
    Ok(Thing { id: thing.0 })
}

/// The same route again.
#[get("/v1/things/{id}", access(public))]
async fn again(id: crate::Path<u32>) -> Result<Thing, Never> {
    Ok(Thing { id: id.0 })
}

fn conflicts(app: &App) -> Vec<String> {
    match app.check() {
        Err(Error::Conflicts(conflicts)) => conflicts,
        other => panic!("{other:?}"),
    }
}

#[test]
fn all_conflicts_are_told_at_once_with_their_places() {
    let app = App::new("test", "1.0.0")
        .module(Module::new("things", "Things.").endpoints(endpoints![one, again]))
        .module(Module::new("things", "Things.").endpoints(endpoints![one]));
    let told = conflicts(&app);
    let has = |text: &str| assert!(told.iter().any(|c| c.contains(text)), "{text}: {told:#?}");
    has("the route `GET /v1/things/{}` is there 3 times");
    has("the operation `things.one` is there 2 times");
    has("what follows `/v1/things/` is called `{thing}`");
    assert!(told.iter().all(|c| c.contains("tests.rs:")), "{told:#?}");
}

#[test]
fn parts_that_fit_are_a_manifest() {
    let things = Module::new("things", "Things.").endpoints(endpoints![one]);
    let manifest = App::new("test", "1.0.0").module(things).manifest().unwrap();
    assert_eq!(manifest.operations[0].id, "things.one");
    assert_eq!(manifest.operations[0].parameters[0].name, "thing");
    assert!(manifest.schemas.contains_key("Thing"), "{:?}", manifest.schemas);
}

/// What is enqueued.
#[derive(Debug, Default, Serialize, Deserialize, JsonSchema)]
struct Letter {
    to: u32,
}

/// The same to others.
#[derive(Debug, Default, Serialize, Deserialize, JsonSchema)]
struct Parcel {
    to: u32,
}

/// One at a time.
#[job(queue = mail, limit(1, per = to))]
async fn letter(letter: Letter) -> Result<u32, JobError> {
    Ok(letter.to)
}

/// Two at a time, at a time that there is not.
#[job(queue = mail, limit(2, per = to), schedule("61 4 * * *", zone = "Europe/Berlin"))]
async fn parcel(parcel: Parcel) -> Result<u32, JobError> {
    Ok(parcel.to)
}

#[test]
fn jobs_of_one_queue_say_the_same_and_schedules_make_sense() {
    let app = App::new("test", "1.0.0")
        .migrations(&NONE)
        .module(Module::new("mail", "Mail.").jobs(jobs![letter, parcel]));
    let told = conflicts(&app);
    assert_eq!(told.len(), 2, "{told:#?}");
    assert!(told[0].contains("the queue `mail` has the limits of `letter` at"), "{told:#?}");
    assert!(told[0].contains("others of `parcel` at"), "{told:#?}");
    assert!(told[1].contains("`parcel`: the schedule `61 4 * * *`"), "{told:#?}");
}

/// One at a time, in secret.
#[job(queue = mail, limit(1, per = to), encrypted)]
async fn telegram(telegram: Telegram) -> Result<u32, JobError> {
    Ok(telegram.to)
}

/// What nobody else reads.
#[derive(Debug, Default, Serialize, Deserialize, JsonSchema)]
struct Telegram {
    to: u32,
}

#[test]
fn encrypted_jobs_are_not_counted_together_with_others() {
    let mail = Module::new("mail", "Mail.").jobs(jobs![letter, telegram]);
    let app = App::new("test", "1.0.0").migrations(&NONE).module(mail);
    let told = conflicts(&app);
    assert_eq!(told.len(), 1, "{told:#?}");
    assert!(told[0].contains("the queue `mail` is limited by a field"), "{told:#?}");
    let alone = Module::new("mail", "Mail.").jobs(jobs![telegram]);
    let manifest = App::new("test", "1.0.0").migrations(&NONE).module(alone).manifest().unwrap();
    assert!(manifest.jobs[0].encrypted);
}

/// Told of what did not arrive.
#[job(queue = complaints)]
async fn complain(_dead: Dead) -> Result<(), JobError> {
    Ok(())
}

/// Does not arrive.
#[job(on_dead = complain, encrypted)]
async fn lose(_postcard: Postcard) -> Result<(), JobError> {
    Ok(())
}

/// What everybody reads.
#[derive(Debug, Default, Serialize, Deserialize, JsonSchema)]
struct Postcard {}

#[test]
fn who_is_told_of_a_death_is_there_and_hides_what_is_hidden() {
    let of = |jobs| {
        App::new("test", "1.0.0").migrations(&NONE).module(Module::new("m", "M.").jobs(jobs))
    };
    let told = conflicts(&of(jobs![lose]));
    assert_eq!(told.len(), 1, "{told:#?}");
    assert!(told[0].contains("`lose`: its `on_dead` names `complain`, which no"), "{told:#?}");
    let told = conflicts(&of(jobs![lose, complain]));
    assert_eq!(told.len(), 1, "{told:#?}");
    assert!(told[0].contains("`lose` is encrypted, and `complain` at"), "{told:#?}");
}

#[test]
fn production_names_every_default_that_it_refuses() {
    let app = App::new("test", "1.0.0").migrations(&NONE);
    let ground = |set: &[&str], development| {
        let set = set.iter().map(|&text| text.to_owned()).collect();
        let (settings, own) = (app.load)(&Sources { set, ..Sources::default() }).unwrap();
        Ground { settings, own, development }
    };
    let refused = ground(&[], false).check(&app).unwrap_err().to_string();
    for name in ["DATABASE_URL", "JEWEL_AUTH__KEY", "JEWEL_BLOB__FOLDER", "--dev"] {
        assert!(refused.contains(name), "{name}: {refused}");
    }
    ground(&[], true).check(&app).unwrap();
    let key = MasterKey::random().to_secret();
    let key = format!("auth.key={}", key.expose());
    let set = ["db.url=postgres://db/app", &key, "blob.folder=/srv/blob"];
    ground(&set, false).check(&app).unwrap();
}

#[test]
fn a_key_is_made_once_for_nobody_else_and_for_no_repository() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("home/key");
    assert!(key::ring_if_any(&Auth::default(), &file).unwrap().is_none(), "looking makes none");
    let first = key::ring(&Auth::default(), &file).unwrap();
    let again = key::ring_if_any(&Auth::default(), &file).unwrap().unwrap();
    assert_eq!(first.current(), again.current());
    assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(fs::read_to_string(file.with_file_name(".gitignore")).unwrap(), "*\n");
}

#[test]
fn former_keys_come_from_a_list_and_are_no_defaults() {
    let [a, b, c] = [(); 3].map(|()| MasterKey::random().to_secret().expose().to_owned());
    let auth = |variables: &[(&str, &str)]| {
        let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        let variables = variables.iter().map(owned).collect();
        let app = App::new("test", "1.0.0");
        (app.load)(&Sources { variables, ..Sources::default() }).map(|(settings, _)| settings.auth)
    };
    let nowhere = Path::new("/nowhere/key");
    let list = format!("{b}, {a}");
    let all = auth(&[("JEWEL_AUTH__KEY", &c), ("JEWEL_AUTH__FORMER_KEYS", &list)]).unwrap();
    let ring = key::ring(&all, nowhere).unwrap();
    let id = |key: &str| KeyRing::from(MasterKey::parse(&Secret::new(key)).unwrap()).current();
    assert_eq!(ring.current(), id(&c));
    assert_eq!(ring.former().collect::<Vec<_>>(), [id(&b), id(&a)]);

    let wrong = auth(&[("JEWEL_AUTH__KEY", &c), ("JEWEL_AUTH__FORMER_KEYS", &format!("{b},x"))]);
    let told = key::ring(&wrong.unwrap(), nowhere).unwrap_err().to_string();
    assert!(told.contains("`auth.former_keys`, number 2: the key is not 32 bytes"), "{told}");
    assert!(key::ring_if_any(&all, nowhere).unwrap().is_some());
    let told = auth(&[("JEWEL_AUTH__FORMER_KEYS", "[\"hunter2")]).unwrap_err().to_string();
    assert!(told.contains("this secret is not of the right type"), "{told}");
    assert!(!told.contains("hunter2"), "{told}");
    let file = tempfile::NamedTempFile::new().unwrap();
    fs::write(file.path(), "[auth]\nformer_keys = \"hunter2\"\n").unwrap();
    let sources = Sources { file: Some(file.path().to_owned()), ..Sources::default() };
    let told = (App::new("test", "1.0.0").load)(&sources).map(|_| ()).unwrap_err().to_string();
    assert!(told.contains("auth.former_keys") && !told.contains("hunter2"), "{told}");
}
