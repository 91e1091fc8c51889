//! What an application says of parts that do not fit together.

use crate::app::{App, Error, Module};
use crate::{Problem, endpoints, get, output};

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
