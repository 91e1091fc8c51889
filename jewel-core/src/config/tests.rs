//! Layers of settings, and everything that can be wrong with them.

use std::path::PathBuf;

use insta::assert_snapshot;
use schemars::JsonSchema;
use serde::Deserialize;

use super::{Size, Sources, Span, load};
use crate::secret::Secret;

#[derive(Debug, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
struct Settings {
    http: Http,
    db: Db,
    blob: Blob,
}

#[derive(Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
struct Http {
    listen: String,
    deadline: Span,
    body_limit: Size,
    #[schemars(range(min = 1, max = 100))]
    workers: u16,
    compress: bool,
    origins: Vec<String>,
}

impl Default for Http {
    fn default() -> Self {
        Self {
            listen: "127.0.0.1:8080".to_owned(),
            deadline: Span::from_secs(30),
            body_limit: Size::from_mib(1),
            workers: 4,
            compress: true,
            origins: Vec::new(),
        }
    }
}

#[derive(Debug, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
struct Db {
    url: Option<Secret>,
    key: Secret,
    pools: std::collections::BTreeMap<String, u16>,
}

#[derive(Debug, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
enum Blob {
    #[default]
    Local,
    S3 {
        bucket: String,
        region: String,
    },
}

/// A file with this text, removed again when dropped.
struct File(PathBuf);

impl File {
    fn new(name: &str, text: &str) -> Self {
        let path = std::env::temp_dir().join(format!("jewel-{name}-{}.toml", std::process::id()));
        std::fs::write(&path, text).unwrap();
        Self(path)
    }
}

impl Drop for File {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

fn sources(variables: &[(&str, &str)], set: &[&str]) -> Sources {
    let variables = variables.iter().map(|(name, value)| ((*name).into(), (*value).into()));
    Sources {
        variables: variables.collect(),
        set: set.iter().map(|flag| (*flag).into()).collect(),
        ..Sources::default()
    }
}

fn loaded(variables: &[(&str, &str)], set: &[&str]) -> Settings {
    load(&sources(variables, set)).unwrap()
}

fn refused(variables: &[(&str, &str)], set: &[&str]) -> String {
    load::<Settings>(&sources(variables, set)).unwrap_err().to_string()
}

#[test]
fn with_nothing_said_everything_is_default() {
    assert_eq!(loaded(&[], &[]), Settings::default());
}

#[test]
fn a_flag_beats_the_environment_and_the_environment_the_file() {
    let file = File::new(
        "layers",
        "[http]\nlisten = 'file'\ndeadline = '1s'\nworkers = 1\norigins = ['a']\n\
         [db.pools]\nx = 1\n",
    );
    let mut sources = sources(
        &[
            ("JEWEL_HTTP__DEADLINE", "2s"),
            ("JEWEL_HTTP__WORKERS", "2"),
            ("JEWEL_DB__POOLS__Y", "2"),
        ],
        &["http.workers=3", "http.compress=false"],
    );
    sources.file = Some(file.0.clone());
    let Settings { http, db, .. } = load(&sources).unwrap();
    assert_eq!(
        (http.listen.as_str(), http.deadline, http.workers, http.compress),
        ("file", Span::from_secs(2), 3, false)
    );
    assert_eq!(http.origins, ["a"]);
    assert_eq!(db.pools, [("x".to_owned(), 1), ("y".to_owned(), 2)].into());
}

#[test]
fn a_text_becomes_what_the_setting_is() {
    let said = loaded(&[("JEWEL_DB__KEY", "12345")], &["http.origins=a, b", "http.listen=true"]);
    assert_eq!(said.db.key.expose(), "12345");
    assert_eq!(
        (said.http.origins, said.http.listen),
        (vec!["a".into(), "b".into()], "true".into())
    );
}

/// An application without a database.
#[derive(Debug, Deserialize, JsonSchema)]
struct Nothing {}

#[test]
fn the_well_known_variable_gives_way_to_our_own() {
    let url = |variables: &[(&str, &str)]| loaded(variables, &[]).db.url.unwrap();
    assert_eq!(url(&[("DATABASE_URL", "a")]).expose(), "a");
    assert_eq!(url(&[("JEWEL_DB__URL", "b"), ("DATABASE_URL", "a")]).expose(), "b");
    assert!(load::<Nothing>(&sources(&[("DATABASE_URL", "a")], &[])).is_ok());
}

#[test]
fn a_variant_is_judged_as_a_whole() {
    let said = loaded(
        &[("JEWEL_BLOB__KIND", "s3"), ("JEWEL_BLOB__BUCKET", "b"), ("JEWEL_BLOB__REGION", "r")],
        &[],
    );
    assert_eq!(said.blob, Blob::S3 { bucket: "b".into(), region: "r".into() });
    assert_snapshot!(refused(&[], &["blob.kind=s3", "blob.bucket=b"]), @"
    a setting is wrong: `blob` (flag --set): missing field `region`
    ");
}

#[test]
fn everything_that_is_wrong_is_told_at_once() {
    let file = File::new("wrong", "[http]\nlistn = 'x'\nbody_limit = 5\n[htp]\nlisten = 'x'\n");
    let mut sources = sources(
        &[
            ("JEWEL_HTTP__DEADLINE", "30x"),
            ("JEWEL_HTTP__WORKERS", "101"),
            ("JEWEL_HTTP_LISTEN", "x"),
            ("JEWEL_POSTGRES_BIN", "/usr/bin"),
        ],
        &["http.compress=maybe", "http.workers.most=3", "listen", "unheard.of=1"],
    );
    sources.file = Some(file.0.clone());
    let told = load::<Settings>(&sources).unwrap_err().to_string();
    assert_snapshot!(told.replace(&*file.0.to_string_lossy(), "FILE"), @"
    10 settings are wrong:
      `htp.listen` (file FILE): there is no such setting; did you mean `http.listen`?
      `http.body_limit` (file FILE): invalid type: integer `5`, expected a size such as `10MiB`
      `http.listn` (file FILE): there is no such setting; did you mean `http.listen`?
      `http_listen` (variable JEWEL_HTTP_LISTEN): there is no such setting; did you mean `http.listen`?
      `http.deadline` (variable JEWEL_HTTP__DEADLINE): `30x` is wrong: expected one of the units ms, s, m, h, d after it, as in `30s`
      `http.workers` (variable JEWEL_HTTP__WORKERS): 101 is too large: expected at most 100
      flag --set: `listen` has no value: expected `name=value`
      `http.compress` (flag --set): `maybe` is wrong: expected `true` or `false`
      `http.workers.most` (flag --set): there is no such setting; did you mean `http.workers`?
      `unheard.of` (flag --set): there is no such setting; the sections are `blob`, `db`, `http`
    ");
}

#[test]
fn a_wrong_secret_is_not_shown() {
    let file = File::new("secret", "[db]\nkey = 4711\n");
    let sources = Sources { file: Some(file.0.clone()), ..Sources::default() };
    let told = load::<Settings>(&sources).unwrap_err().to_string();
    assert!(!told.contains("4711") && told.contains("`db.key`"), "{told}");
}

#[test]
fn a_file_that_is_named_must_exist_and_be_well_formed() {
    let missing = Sources { file: Some("/nowhere/x.toml".into()), ..Sources::default() };
    assert!(load::<Settings>(&missing).unwrap_err().to_string().contains("/nowhere/x.toml"));
    let none = Sources { folder: Some("/nowhere".into()), ..Sources::default() };
    assert!(load::<Settings>(&none).is_ok());
    let file = File::new("broken", "[http]\nlisten = \n");
    let broken = Sources { file: Some(file.0.clone()), ..Sources::default() };
    assert!(load::<Settings>(&broken).unwrap_err().to_string().contains("line 2: "));
}

#[test]
fn amounts_are_read_and_written() {
    for (text, bytes, shown) in [
        ("0B", 0, "0B"),
        ("10 MiB", 10 << 20, "10MiB"),
        ("2kB", 2_000, "2kB"),
        ("1024KiB", 1 << 20, "1MiB"),
        ("1501B", 1_501, "1501B"),
    ] {
        let size: Size = text.parse().unwrap();
        assert_eq!((size.get(), size.to_string().as_str()), (bytes, shown));
    }
    for (text, milliseconds, shown) in
        [("0ms", 0, "0s"), ("1500ms", 1_500, "1500ms"), ("48h", 172_800_000, "2d")]
    {
        let span: Span = text.parse().unwrap();
        assert_eq!((span.millis(), span.to_string().as_str()), (milliseconds, shown));
    }
    for wrong in ["", "s", "-1s", "1.5s", "1 week", "99999999999999999999s", "300000000000d"] {
        let error = wrong.parse::<Span>().unwrap_err().to_string();
        assert!(error.ends_with(", as in `30s`"), "{error}");
    }
}
