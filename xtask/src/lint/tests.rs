//! Each rule over small sources: what it finds, at which line, and what it leaves alone.

use anyhow::Result;

use super::source::Source;
use super::{Finding, annotated, imports, mounted, naming, ranks, rooms, shape, words};
use crate::manifest::Mounted;

type Check = fn(&Source) -> Vec<Finding>;

/// The lines a rule finds in a text that stands at this place.
fn lines(check: Check, file: &str, text: &str) -> Result<Vec<usize>> {
    let krate = file.split('/').next().unwrap_or_default();
    let source = Source::parse(krate, file, text.to_owned())?;
    Ok(check(&source).iter().map(|finding| finding.line).collect())
}

fn paths(text: &str) -> Result<Vec<String>> {
    let source = Source::parse("xtask", "xtask/src/x.rs", text.to_owned())?;
    let found = imports::of(&source.tokens).into_iter();
    Ok(found.map(|import| import.segments.join("::")).collect())
}

#[test]
fn use_trees_are_spread_and_code_is_read() -> Result<()> {
    let text = "use a::{b, c::{d as e, f::*}, self};\nfn x() { m!(g::h(1)); i::<u8>() }";
    assert_eq!(paths(text)?, ["a::b", "a::c::d", "a::c::f::*", "a::self", "g::h", "i"]);
    let text = "fn x() -> impl Sized + use<'static> { $crate_::y; }".replace('$', "");
    assert_eq!(paths(&text)?, ["crate_::y"]);
    assert_eq!(paths("macro_rules! m { () => { $crate::x::y } }")?, [""; 0]);
    Ok(())
}

#[test]
fn ranks_go_down() -> Result<()> {
    let file = "jewel-core/src/db/pool.rs";
    let good = "use crate::clock::Clock;\nuse super::Tx;\nfn f() { crate::problem::of() }";
    assert_eq!(lines(ranks::check, file, good)?, [0; 0]);
    let bad = "use crate::{clock, http::Body};\nfn f() { m!(crate::job::x(), super::super::kv) }";
    assert_eq!(lines(ranks::check, file, bad)?, [1, 2, 2]);
    let tested = "#[cfg(test)]\nmod tests { use crate::http::Body; }";
    assert_eq!(lines(ranks::check, file, tested)?, [0; 0]);
    assert_eq!(lines(ranks::check, "jewel-core/src/db/tests.rs", bad)?, [0; 0]);
    assert_eq!(lines(ranks::check, "jewel-core/src/lib.rs", bad)?, [0; 0]);
    Ok(())
}

#[test]
fn ranks_know_order_in_a_row_reserved_modules_and_strangers() -> Result<()> {
    let page = "jewel-core/src/page.rs";
    assert_eq!(lines(ranks::check, page, "use crate::rule::Rule;")?, [0; 0]);
    assert_eq!(lines(ranks::check, page, "use crate::id::Id;")?, [1]);
    let stranger = "use crate::Thing;";
    assert_eq!(lines(ranks::check, page, stranger)?, [1]);
    assert_eq!(lines(ranks::check, "jewel-core/src/attic/mod.rs", "")?, [1]);
    let reserved = "use crate::config::{Load, Span};\nuse jewel_core::observe::Log;";
    assert_eq!(lines(ranks::check, "jewel-core/src/http/mod.rs", reserved)?, [1, 2]);
    assert_eq!(lines(ranks::check, "jewel-core/src/app/mod.rs", reserved)?, [0; 0]);
    assert_eq!(lines(ranks::check, "jewel-app/src/credit/api.rs", "use crate::shot::X;")?, [1]);
    assert_eq!(lines(ranks::check, "jewel-app/src/shot/api.rs", "use crate::credit;")?, [0; 0]);
    Ok(())
}

#[test]
fn rooms_are_entered_in_order() -> Result<()> {
    let back = "use super::expand::Out;\nuse super::parse::In;\nuse crate::sink::Sink;";
    assert_eq!(lines(rooms::check, "jewel-macros/src/endpoint/valid.rs", back)?, [1]);
    assert_eq!(lines(rooms::check, "jewel-macros/src/endpoint/expand.rs", back)?, [0; 0]);
    assert_eq!(lines(rooms::check, "jewel-macros/src/endpoint/mod.rs", back)?, [0; 0]);
    Ok(())
}

#[test]
fn shape_is_measured() -> Result<()> {
    let file = "xtask/src/x.rs";
    assert_eq!(lines(shape::head, file, "use a::b;")?, [1]);
    assert_eq!(lines(shape::head, file, "//! What.")?, [0; 0]);
    let lengthy = format!("//! What.\n{}", "const A: u8 = 1;\n".repeat(400));
    assert_eq!(lines(shape::size, file, &lengthy)?, [1]);
    let reason = lengthy.replace("What.", "What; long because it is one table.");
    assert_eq!(lines(shape::size, file, &reason)?, [0; 0]);
    assert_eq!(lines(shape::size, file, &reason.replace("A: u8", "A:\nu8"))?, [1]);
    let body = |lines| format!("\nfn f() {{\n{}}}", "g();\n".repeat(lines));
    assert_eq!(lines(shape::functions, file, &body(69))?, [2]);
    assert_eq!(lines(shape::functions, file, &body(68))?, [0; 0]);
    let wide = |columns: usize| format!("\n//{}", "é".repeat(columns - 2));
    assert_eq!(lines(shape::columns, file, &wide(101))?, [2]);
    assert_eq!(lines(shape::columns, file, &wide(100))?, [0; 0]);
    let quote = |end: &str| format!("fn f() {{ g(\"a{end}\n{}\") }}", "x".repeat(101));
    assert_eq!(lines(shape::columns, file, &quote(""))?, [0; 0]);
    assert_eq!(lines(shape::columns, file, &quote("\\"))?, [2]);
    assert_eq!(lines(shape::name, "xtask/src/helpers/x.rs", "")?, [1]);
    assert_eq!(lines(shape::name, "xtask/src/help.rs", "")?, [0; 0]);
    Ok(())
}

#[test]
fn unfinished_words_are_found() -> Result<()> {
    let mark = concat!("// TO", "DO: later\nfn f() { to", "do!() }\n#[ig", "nore]\nfn g() {}");
    assert_eq!(lines(words::unfinished, "xtask/src/x.rs", mark)?, [1, 2, 3]);
    let fine = "fn f() { let todo = \"AUTODOC\"; #[allow(x)] g(todo) }";
    assert_eq!(lines(words::unfinished, "xtask/src/x.rs", fine)?, [0; 0]);
    Ok(())
}

#[test]
fn panics_are_found_outside_tests() -> Result<()> {
    let text = "fn f() { a.unwrap();\nassert!(b.expect(\"c\"));\nd.unwrap_or(1); }\n\
                #[tokio::test]\nasync fn t() {\n a.unwrap() }\n#[cfg(test)]\nuse x::{y};";
    assert_eq!(lines(words::panics, "jewel-app/src/x.rs", text)?, [1, 2]);
    assert_eq!(lines(words::panics, "jewel-app/tests/x.rs", text)?, [0; 0]);
    assert_eq!(lines(words::panics, "jewel-app/benches/x.rs", text)?, [0; 0]);
    Ok(())
}

#[test]
fn sleeping_tests_are_found() -> Result<()> {
    let text = "use tokio::time::{sleep, timeout};\nfn f() { std::thread::sleep(d) }\n\
                #[test]\nfn t() {\n std::thread::sleep(d) }";
    assert_eq!(lines(words::sleeps, "jewel-app/src/x.rs", text)?, [5]);
    assert_eq!(lines(words::sleeps, "jewel-app/tests/x.rs", text)?, [1, 2, 5]);
    for timed in ["tests/benches/http/x.rs", "tests/drills/chaos/x.rs"] {
        assert_eq!(lines(words::sleeps, timed, text)?, [5]);
    }
    Ok(())
}

#[test]
fn paths_are_judged() {
    let good = [
        "/v1/photos",
        "/v1/photos/{photo}/shots",
        "/v1/shots/{shot}/download",
        "/v2/api-keys/{api_key}",
        "/v1/api-keys/{key}",
        "/v1/entries/{entry}",
        "/v1/addresses/{address}",
        "/v1/account",
    ];
    for path in good {
        assert_eq!(naming::faults(path), [""; 0], "{path}");
    }
    let bad = [
        ("/photos", 1),
        ("/v1/photos/", 1),
        ("/v1/photo", 1),
        ("/v1/account/{account}", 2),
        ("/v1/photo/{photo}", 2),
        ("/v1/photos/{id}", 1),
        ("/v1/photos/{photoId}", 1),
        ("/v1/photos/{photo}/create", 1),
        ("/v1/Photos/{photo}/{shot}", 3),
        ("/v1/list-photos", 1),
    ];
    for (path, faults) in bad {
        assert_eq!(naming::faults(path).len(), faults, "{path}: {:?}", naming::faults(path));
    }
}

const HANDLERS: &str = "#[get(\"/v1/shots\", access(account))]\npub async fn list() {}\n\
    mod inner {\n #[jewel_core::job(queue = renders)]\n pub async fn render() {}\n}\n\
    #[get]\nfn accessor() {}\n#[cfg(test)]\nmod tests { #[get(\"/x\")] fn x() {} }\n\
    #[entity(table = \"shots\")]\nstruct Shot {}";

#[test]
fn annotated_items_are_found() -> Result<()> {
    let source = Source::parse("jewel-app", "jewel-app/src/shot/api.rs", HANDLERS.to_owned())?;
    let found = annotated::of(&source);
    let names: Vec<_> = found.iter().map(|item| (item.name.as_str(), item.line)).collect();
    assert_eq!(names, [("list", 1), ("render", 4), ("x", 10), ("Shot", 11)]);
    assert_eq!(found[0].path.as_deref(), Some("/v1/shots"));
    assert_eq!(lines(naming::check, "jewel-app/src/shot/api.rs", HANDLERS)?, [0; 0]);
    Ok(())
}

#[test]
fn what_is_not_mounted_is_found() -> Result<()> {
    let source = Source::parse("jewel-app", "jewel-app/src/shot/api.rs", HANDLERS.to_owned())?;
    let found = |manifest: &str| -> Result<Vec<usize>> {
        let mounted = Mounted::read(manifest)?;
        Ok(mounted::check(&source, &mounted).iter().map(|finding| finding.line).collect())
    };
    assert_eq!(found(r#"{"operations": []}"#)?, [1, 4, 11]);
    let operation = r#"{"operations": [{"name": "list", "module": "jewel_app::shot::api"}],
        "jobs": [{"name": "render", "module": "jewel_app::shot::api::inner"}],
        "entities": [{"name": "Shot", "module": "jewel_app::shot::api"}]}"#;
    assert_eq!(found(operation)?, [0; 0]);
    Ok(())
}
