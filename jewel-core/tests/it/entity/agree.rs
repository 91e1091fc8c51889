//! One rule, three places: what a request refuses, what its JSON Schema refuses, and what the
//! database refuses are the same values.

use garde::Validate;
use jewel_core::entity::{Definition, Folder, Scratch, Stated, generate, resolve};
use jewel_core::{entity, input};
use proptest::prelude::*;
use proptest::test_runner::{Config, RngSeed, TestRunner};
use serde_json::{Value, json};
use sqlx::error::DatabaseError;
use sqlx::migrate::Migrator;
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use tokio::runtime::Runtime;

/// What is asked for.
#[input]
struct Asked {
    #[garde(length(chars, min = 2, max = 5))]
    length: String,
    #[garde(length(chars, max = 3))]
    short: Option<String>,
    #[garde(range(min = -3, max = 7))]
    number: i64,
    #[garde(range(min = 0.5))]
    part: f64,
    #[garde(pattern("^[a-z][a-z0-9-]{0,3}$"))]
    word: String,
    #[garde(pattern("(ab|cd)+$"))]
    end: String,
    #[garde(pattern("^a?b*c{2,3}$"))]
    count: String,
    #[garde(pattern("x\\.y|^é"))]
    piece: String,
    #[garde(pattern("^(?:[ -~]{1,8})$"))]
    ascii: String,
}

/// The same, kept.
#[entity(table = "kept")]
struct Kept {
    #[key]
    id: i64,
    #[garde(length(chars, min = 2, max = 5))]
    length: String,
    #[garde(length(chars, max = 3))]
    short: Option<String>,
    #[garde(range(min = -3, max = 7))]
    number: i64,
    #[garde(range(min = 0.5))]
    part: f64,
    #[garde(pattern("^[a-z][a-z0-9-]{0,3}$"))]
    word: String,
    #[garde(pattern("(ab|cd)+$"))]
    end: String,
    #[garde(pattern("^a?b*c{2,3}$"))]
    count: String,
    #[garde(pattern("x\\.y|^é"))]
    piece: String,
    #[garde(pattern("^(?:[ -~]{1,8})$"))]
    ascii: String,
}

/// A value of each that keeps all rules.
fn right() -> Value {
    json!({
        "length": "abc", "short": null, "number": 1, "part": 1.5, "word": "a-1", "end": "ab",
        "count": "bcc", "piece": "x.y", "ascii": "ring"
    })
}

/// A field and a value for it, near its rule.
fn value() -> impl Strategy<Value = (&'static str, Value)> {
    const TEXTS: &[&str] = &["length", "short", "word", "end", "count", "piece", "ascii"];
    let text = prop_oneof![
        4 => "[a-d0-2x.y\\-]{0,7}",
        2 => "[a-dé💍\u{301}\u{10000}]{0,7}",
        2 => "(ab|cd|c|b|x\\.y|é|\n| ){0,5}",
        1 => "\\PC{0,9}",
    ];
    let texts = (proptest::sample::select(TEXTS), text).prop_map(|(f, t)| (f, json!(t)));
    prop_oneof![
        12 => texts,
        2 => (-9..12i64).prop_map(|number| ("number", json!(number))),
        1 => (-3.0..4.0f64).prop_map(|part| ("part", json!(part))),
        1 => Just(("short", Value::Null)),
    ]
}

/// A database with the table, and how to drop it.
async fn table() -> (Scratch, PgConnection) {
    let entities = resolve(vec![(Definition::of::<Kept>().describe)()]).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let mut scratch = Scratch::new(None).await.unwrap();
    let stated = Stated { entities, dropped: Vec::new() };
    generate(&stated, &Folder::new(folder.path()), "kept", &mut scratch).await.unwrap();
    let mut made = scratch.database().await.unwrap();
    let migrator = Migrator::new(folder.path().join("migrations").as_path()).await.unwrap();
    migrator.run(&mut made.connection).await.unwrap();
    (scratch, made.connection)
}

#[test]
fn a_rule_refuses_the_same_values_in_all_three_places() {
    let runtime = Runtime::new().unwrap();
    let (scratch, connection) = runtime.block_on(table());
    let connection = std::cell::RefCell::new(connection);
    let schema = serde_json::to_value(schemars::schema_for!(Asked)).unwrap();
    let schema = jsonschema::validator_for(&schema).unwrap();
    let config = Config { cases: 600, failure_persistence: None, ..Config::default() };
    let config = Config { rng_seed: RngSeed::Fixed(3), ..config };
    let counts = std::cell::Cell::new((0, 0));
    let played = TestRunner::new(config).run(&value(), |(field, value)| {
        let mut asked = right();
        asked[field] = value;
        let request: Asked = serde_json::from_value(asked.clone()).unwrap();
        let request = request.validate().is_ok();
        let document = schema.is_valid(&asked);
        let database = runtime.block_on(kept(&mut connection.borrow_mut(), &asked));
        let (taken, refused) = counts.get();
        counts.set(if request { (taken + 1, refused) } else { (taken, refused + 1) });
        prop_assert_eq!((request, document), (database, database), "{}: {}", field, asked);
        Ok(())
    });
    runtime.block_on(scratch.close()).unwrap();
    if let Err(error) = played {
        panic!("request and schema, and the database: {error}");
    }
    let (taken, refused) = counts.get();
    assert!(taken > 100 && refused > 100, "{taken} taken and {refused} refused: try others");
}

/// Whether the database takes it.
async fn kept(connection: &mut PgConnection, asked: &Value) -> bool {
    let mut row = asked.clone();
    row["id"] = json!(1);
    let mut tx = connection.begin().await.unwrap();
    let sql = "insert into kept select * from jsonb_populate_record(null::kept, $1)";
    let done = sqlx::query(AssertSqlSafe(sql.to_owned())).bind(row).execute(&mut *tx).await;
    tx.rollback().await.unwrap();
    match done {
        Ok(_) => true,
        Err(error) => {
            let code = error.as_database_error().and_then(DatabaseError::code);
            assert_eq!(code.as_deref(), Some("23514"), "{error}");
            false
        }
    }
}
