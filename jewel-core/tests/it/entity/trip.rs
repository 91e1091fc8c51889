//! Structs change, twice; each time a migration is generated, applied to tables with rows in them,
//! and in the end all is undone. At every stop the catalogue is what the entities mean, and rows
//! are what they were.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use jewel_core::db;
use jewel_core::entity::{Catalogue, Folder, Scratch, Stated, generate, read};
use jewel_core::manifest::entity::{Column, Entity};
use proptest::test_runner::{Config, RngSeed, TestCaseError, TestRunner};
use serde_json::Value;
use sqlx::migrate::Migrator;
use sqlx::{AssertSqlSafe, PgConnection};
use squawk_linter::{Linter, Rule};
use squawk_syntax::SourceFile;
use tokio::runtime::Runtime;

use super::edit::{Edit, histories};
use super::set::Set;

/// How many histories are played, where `PROPTEST_CASES` does not say it.
const CASES: u32 = 12;
const ROWS: usize = 3;

type Outcome<T = ()> = Result<T, String>;

#[test]
fn migrations_lead_there_and_back_with_rows_in_the_tables() {
    let runtime = Runtime::new().unwrap();
    let config = Config { cases: CASES, failure_persistence: None, ..Config::default() };
    let cases = std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok());
    let config = Config { cases: cases.unwrap_or(config.cases), ..config };
    let config = Config { rng_seed: RngSeed::Fixed(5), max_shrink_iters: 60, ..config };
    let played = TestRunner::new(config)
        .run(&histories(), |history| runtime.block_on(play(&history)).map_err(TestCaseError::fail));
    if let Err(error) = played {
        panic!("{error}");
    }
}

/// A stop: the catalogue there, the version, and the rows.
struct Stop {
    catalogue: Catalogue,
    version: i64,
    rows: BTreeMap<String, Vec<Value>>,
    set: Set,
}

async fn play(history: &[Vec<Edit>; 3]) -> Outcome {
    let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
    let mut scratch = Scratch::new(None).await.map_err(told)?;
    let played = travel(history, folder.path(), &mut scratch).await;
    scratch.close().await.map_err(told)?;
    played
}

async fn travel(history: &[Vec<Edit>; 3], root: &Path, scratch: &mut Scratch) -> Outcome {
    let folder = Folder::new(root);
    let mut live = scratch.database().await.map_err(told)?;
    let mut set = Set::default();
    let mut stops: Vec<Stop> = Vec::new();
    for edits in history {
        set = set.next(edits);
        let stated = Stated { entities: set.entities.clone(), dropped: set.dropped.clone() };
        generate(&stated, &folder, "step", scratch).await.map_err(told)?;
        let again = generate(&stated, &folder, "step", scratch).await.map_err(told)?;
        if !again.is_empty() {
            return Err(format!("generated twice: {again:?}"));
        }
        linted(root)?;
        let migrator = migrator(root).await?;
        migrator.run(&mut live.connection).await.map_err(told)?;
        let catalogue = read(&mut live.connection).await.map_err(told)?;
        let meant = folder.catalogue().map_err(told)?.unwrap_or_default();
        same("the live catalogue and the snapshot", &meant, &catalogue)?;
        fill(&set.entities, &mut live.connection).await?;
        let rows = rows(&set.entities, &mut live.connection).await?;
        let version = migrator.iter().map(|m| m.version).max().unwrap_or(0);
        set.settle();
        stops.push(Stop { catalogue, version, rows, set: set.clone() });
    }
    let migrator = migrator(root).await?;
    let mut lost = Lost::default();
    while let Some(left) = stops.pop() {
        let version = stops.last().map_or(0, |stop| stop.version);
        db::undo(&live.url, &migrator, version, true).await.map_err(told)?;
        let catalogue = read(&mut live.connection).await.map_err(told)?;
        let Some(stop) = stops.last() else {
            return same("an empty schema", &Catalogue::default(), &without_usage(catalogue));
        };
        same("the catalogue on the way back", &stop.catalogue, &catalogue)?;
        let found = rows(&stop.set.entities, &mut live.connection).await?;
        lost = lost.before(stop, &left);
        kept(stop, &lost, &found)?;
    }
    Ok(())
}

/// Every table has rows that keep all its rules.
async fn fill(entities: &[Entity], connection: &mut PgConnection) -> Outcome {
    for entity in entities {
        let written: Vec<&Column> =
            entity.columns.iter().filter(|column| column.generated.is_none()).collect();
        let names: Vec<&str> = written.iter().map(|column| column.name.as_str()).collect();
        for row in 0..ROWS {
            let values: Vec<String> = written.iter().map(|column| value(column, row)).collect();
            let (names, values) = (names.join(", "), values.join(", "));
            let sql = format!("insert into {} ({names}) values ({values})", entity.table);
            let done = sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut *connection).await;
            done.map_err(|error| format!("{}: {error}", entity.table))?;
        }
    }
    Ok(())
}

fn value(column: &Column, row: usize) -> String {
    if let Some(word) = column.words.first() {
        return format!("'{word}'");
    }
    match column.r#type.as_str() {
        "uuid" if column.key => "gen_random_uuid()".to_owned(),
        "uuid" => "null".to_owned(),
        "text" => format!("'row {row}'"),
        "boolean" => "true".to_owned(),
        "timestamp with time zone" => "'2026-01-01'".to_owned(),
        "jsonb" => "'{\"a\": 1}'".to_owned(),
        _ => row.to_string(),
    }
}

async fn rows(
    entities: &[Entity],
    connection: &mut PgConnection,
) -> Outcome<BTreeMap<String, Vec<Value>>> {
    let mut all = BTreeMap::new();
    for entity in entities {
        let sql = format!("select to_jsonb(t) from {} t order by id", entity.table);
        let rows = sqlx::query_scalar(AssertSqlSafe(sql)).fetch_all(&mut *connection).await;
        all.insert(entity.table.clone(), rows.map_err(told)?);
    }
    Ok(all)
}

/// What was dropped somewhere on the way, by the names of one stop: it cannot come back.
#[derive(Default)]
struct Lost {
    tables: BTreeSet<String>,
    columns: BTreeSet<(String, String)>,
}

impl Lost {
    /// The same by the names of the stop before, and what the step between them dropped.
    fn before(&self, stop: &Stop, left: &Stop) -> Self {
        let mut lost = Self::default();
        for entity in &stop.set.entities {
            let table = &entity.table;
            let now = left
                .set
                .entities
                .iter()
                .find(|other| other.was.as_ref().unwrap_or(&other.table) == table);
            let Some(now) = now.filter(|now| !self.tables.contains(&now.table)) else {
                lost.tables.insert(table.clone());
                continue;
            };
            for column in &entity.columns {
                let same =
                    |other: &&Column| other.was.as_ref().unwrap_or(&other.name) == &column.name;
                let kept = now.columns.iter().find(same).is_some_and(|other| {
                    !self.columns.contains(&(now.table.clone(), other.name.clone()))
                });
                if !kept {
                    lost.columns.insert((table.clone(), column.name.clone()));
                }
            }
        }
        lost
    }
}

/// What was not dropped is as it was when this stop was left.
fn kept(stop: &Stop, lost: &Lost, found: &BTreeMap<String, Vec<Value>>) -> Outcome {
    for (table, before) in stop.rows.iter().filter(|(table, _)| !lost.tables.contains(*table)) {
        let by_id: BTreeMap<&str, &Value> =
            found[table].iter().filter_map(|row| Some((row["id"].as_str()?, row))).collect();
        for row in before {
            let Some(other) = row["id"].as_str().and_then(|id| by_id.get(id)) else {
                return Err(format!("{table}: a row is gone: {row}"));
            };
            for (column, value) in row.as_object().into_iter().flatten() {
                let gone = lost.columns.contains(&(table.clone(), column.clone()));
                if !gone && other[column] != *value {
                    return Err(format!("{table}.{column} was {value} and is {}", other[column]));
                }
            }
        }
    }
    Ok(())
}

/// Whatever is generated, squawk finds nothing in it that could hold up or break others.
fn linted(root: &Path) -> Outcome {
    for entry in std::fs::read_dir(root.join("migrations")).map_err(told)? {
        let path = entry.map_err(told)?.path();
        if path.extension().is_none_or(|end| end != "sql") {
            continue;
        }
        let text = std::fs::read_to_string(&path).map_err(told)?;
        let parsed = SourceFile::parse(&text);
        let mut linter = Linter::with_rules(&[], &excluded());
        linter.settings.assume_in_transaction = !text.starts_with("-- no-transaction");
        let found = linter.lint(&parsed, &text);
        if let Some(first) = found.first() {
            return Err(format!("{}: {}: {}\n{text}", path.display(), first.code, first.message));
        }
        if !parsed.errors().is_empty() {
            return Err(format!("{}: {:?}\n{text}", path.display(), parsed.errors()));
        }
        // For squawk's own command line, where somebody asks for them.
        if let (Ok(folder), Some(name)) = (std::env::var("MIGRATIONS_TO"), path.file_name()) {
            let case = root.file_name().unwrap_or_default().display();
            let to = Path::new(&folder).join(format!("{case}_{}", name.display()));
            std::fs::copy(&path, to).map_err(told)?;
        }
    }
    Ok(())
}

/// What squawk is not asked, by the workspace's own settings.
fn excluded() -> Vec<Rule> {
    let config: toml::Table = include_str!("../../../../.squawk.toml").parse().unwrap();
    let rules = config["excluded_rules"].as_array().unwrap();
    rules.iter().map(|rule| Rule::try_from(rule.as_str().unwrap()).unwrap()).collect()
}

async fn migrator(root: &Path) -> Outcome<Migrator> {
    Migrator::new(root.join("migrations").as_path()).await.map_err(told)
}

fn same(what: &str, one: &Catalogue, other: &Catalogue) -> Outcome {
    let differences = one.differences(other);
    if differences.is_empty() { Ok(()) } else { Err(format!("{what}: {}", differences.join("\n"))) }
}

/// The right to use the schema itself belongs to no table.
fn without_usage(mut catalogue: Catalogue) -> Catalogue {
    catalogue.schema.clear();
    catalogue
}

fn told(error: impl std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text = format!("{text}: {cause}");
        source = cause.source();
    }
    text
}
