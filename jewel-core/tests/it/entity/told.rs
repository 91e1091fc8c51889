//! What `generate` asks, what `check` finds, and what a database refuses to do.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use jewel_core::db;
use jewel_core::entity::{Folder, HistoryError, Made, Scratch, Stated, Unclear, begin, check};
use jewel_core::entity::{generate, read};
use jewel_core::manifest::entity::{Column, Entity, Index, May};
use sqlx::Connection;
use sqlx::migrate::Migrator;
use tempfile::TempDir;

/// An application's folder, and what it states.
struct Shop {
    folder: TempDir,
    scratch: Scratch,
    stated: Stated,
}

fn column(name: &str, ty: &str) -> Column {
    Column { name: name.to_owned(), r#type: ty.to_owned(), ..Column::default() }
}

impl Shop {
    /// With a table `notes` that is migrated to.
    async fn new() -> Self {
        let key = Column { key: true, ..column("id", "bigint") };
        let notes = Entity {
            table: "notes".to_owned(),
            columns: vec![key, column("title", "text"), column("size", "integer")],
            may: May { insert: true, ..May::default() },
            ..Entity::default()
        };
        let stated = Stated { entities: vec![notes], dropped: Vec::new() };
        let scratch = Scratch::new(None).await.unwrap();
        let mut shop = Self { folder: tempfile::tempdir().unwrap(), scratch, stated };
        shop.generate("notes").await.unwrap();
        shop
    }

    fn notes(&mut self) -> &mut Entity {
        &mut self.stated.entities[0]
    }

    fn folder(&self) -> Folder {
        Folder::new(self.folder.path())
    }

    /// How many files it has.
    fn files(&self) -> usize {
        std::fs::read_dir(self.folder.path().join("migrations")).unwrap().count()
    }

    async fn generate(&mut self, name: &str) -> Result<usize, HistoryError> {
        let folder = self.folder();
        let written = generate(&self.stated, &folder, name, &mut self.scratch).await?;
        Ok(written.len())
    }

    /// What it has to be told before it writes anything.
    async fn asked(&mut self) -> Vec<Unclear> {
        let before = self.files();
        let asked = match self.generate("more").await {
            Err(HistoryError::Unclear(asked)) => asked,
            other => panic!("{other:?}"),
        };
        assert_eq!(self.files(), before, "something was written");
        asked
    }

    async fn migrator(&self) -> Migrator {
        Migrator::new(self.folder.path().join("migrations").as_path()).await.unwrap()
    }

    /// A database with all its migrations.
    async fn database(&mut self) -> Made {
        let made = self.scratch.database().await.unwrap();
        db::migrate(&made.url, Some(&self.migrator().await)).await.unwrap();
        made
    }
}

#[tokio::test]
async fn a_rename_is_asked_for_and_told_by_was() {
    let mut shop = Shop::new().await;
    "name".clone_into(&mut shop.notes().columns[1].name);
    let asked = shop.asked().await;
    let [Unclear::ColumnGone { table, column, appeared }] = &asked[..] else { panic!("{asked:?}") };
    assert_eq!((&**table, &**column, &appeared[..]), ("notes", "title", &["name".to_owned()][..]));
    let said = asked[0].to_string();
    for part in ["`notes.title`", "`name`", "#[was(\"title\")]", "dropped(title)"] {
        assert!(said.contains(part), "{said}");
    }
    shop.notes().columns[1].was = Some("title".to_owned());
    let mut made = shop.database().await;
    made.run("insert into notes values (1, 'a ring', 3)").await.unwrap();
    shop.generate("rename").await.unwrap();
    db::migrate(&made.url, Some(&shop.migrator().await)).await.unwrap();
    let name: String =
        sqlx::query_scalar("select name from notes").fetch_one(&mut made.connection).await.unwrap();
    assert_eq!(name, "a ring");
    shop.scratch.close().await.unwrap();
}

#[tokio::test]
async fn what_a_diff_cannot_know_is_asked() {
    let mut shop = Shop::new().await;
    shop.notes().columns.push(column("by", "text"));
    shop.notes().columns[2].r#type = "bigint".to_owned();
    let asked = shop.asked().await;
    assert!(matches!(
        &asked[..],
        [Unclear::Retyped { .. }, Unclear::NoDefault { column, .. }] if column == "by"
    ));
    let json = serde_json::to_value(&asked).unwrap();
    assert_eq!((&json[0]["problem"], &json[0]["from"]), (&"retyped".into(), &"integer".into()));
    shop.notes().columns.truncate(2);
    shop.notes().columns[1].was = Some("headline".to_owned());
    let asked = shop.asked().await;
    assert!(matches!(&asked[..], [Unclear::ColumnGone { column, .. }] if column == "size"));
    "name".clone_into(&mut shop.notes().columns[1].name);
    let asked = shop.asked().await;
    assert!(matches!(&asked[..], [Unclear::NeverWas { was, .. }] if was == "headline"));
    shop.stated.entities.clear();
    assert!(matches!(&shop.asked().await[..], [Unclear::TableGone { .. }]));
    shop.stated.dropped.push("notes".to_owned());
    assert!(shop.generate("gone").await.unwrap() > 0);
    shop.scratch.close().await.unwrap();
}

#[tokio::test]
async fn two_branches_that_both_generate_conflict() {
    let mut shop = Shop::new().await;
    let head = |shop: &Shop| shop.folder.path().join("migrations/HEAD");
    let aside = |name: &str, shop: &Shop| {
        let path = shop.folder.path().join(name);
        std::fs::copy(head(shop), &path).unwrap();
        path
    };
    let base = aside("base", &shop);
    shop.notes().columns.push(Column { null: true, ..column("by", "text") });
    shop.generate("authors").await.unwrap();
    let ours = aside("ours", &shop);
    std::fs::write(head(&shop), "0002_tags\n").unwrap();
    let theirs = aside("theirs", &shop);
    let merge = Command::new("git").arg("merge-file").args([&ours, &base, &theirs]).status();
    assert_eq!(merge.unwrap().code(), Some(1), "one conflict");
    shop.scratch.close().await.unwrap();
}

#[tokio::test]
async fn what_loses_something_is_undone_only_where_that_is_meant() {
    let mut shop = Shop::new().await;
    shop.notes().columns.push(Column { null: true, ..column("by", "text") });
    shop.generate("authors").await.unwrap();
    let mut made = shop.database().await;
    let migrator = shop.migrator().await;
    let refused = db::undo(&made.url, &migrator, 1, false).await.unwrap_err();
    assert!(matches!(&refused, db::Error::Lossy(lost) if lost == &["the column notes.by"]));
    assert_eq!(db::undo(&made.url, &migrator, 1, true).await.unwrap(), ["0002 authors"]);
    let left = read(&mut made.connection).await.unwrap();
    assert!(left.tables["notes"].column("by").is_none());
    // A program that knows fewer migrations than the database has is not its program.
    db::migrate(&made.url, Some(&migrator)).await.unwrap();
    let first = migrator.iter().filter(|m| m.version < 2).cloned().collect();
    let older = Migrator::with_migrations(first);
    let newer = db::migrate(&made.url, Some(&older)).await.unwrap_err();
    assert!(matches!(newer, db::Error::Migrate(_)), "{newer:?}");
    shop.scratch.close().await.unwrap();
}

/// A table is split: nobody plans that, so it is written by hand, and checked.
#[tokio::test]
async fn a_migration_by_hand_is_checked() {
    let mut shop = Shop::new().await;
    let sizes = Entity {
        table: "sizes".to_owned(),
        columns: vec![Column { key: true, ..column("note", "bigint") }, column("size", "integer")],
        ..Entity::default()
    };
    let size = shop.notes().columns.pop();
    shop.stated.entities.push(sizes);
    let files = begin(&shop.folder(), "split").await.unwrap();
    write(
        &files[0],
        "create table sizes (note bigint primary key, size int not null); \
        insert into sizes select id, size from notes; alter table notes drop column size; \
        grant select on sizes to jewel_app;",
    );
    write(
        &files[1],
        "alter table notes add column size int; \
        update notes set size = (select size from sizes where note = id); \
        alter table notes alter column size set not null; drop table sizes;",
    );
    let folder = shop.folder();
    let stale = check(&shop.stated, &folder, &mut shop.scratch).await.unwrap_err().to_string();
    assert!(stale.contains("snapshot") && stale.contains("tables.sizes"), "{stale}");
    assert_eq!(shop.generate("nothing").await.unwrap(), 2, "`HEAD` and the snapshot");
    check(&shop.stated, &folder, &mut shop.scratch).await.unwrap();
    // The way back does not lead back.
    write(&files[1], "alter table notes add column size int; drop table sizes;");
    shop.notes().columns.extend(size);
    let wrong = check(&shop.stated, &folder, &mut shop.scratch).await.unwrap_err().to_string();
    assert!(wrong.contains("tables.notes.columns.size"), "{wrong}");
    shop.scratch.close().await.unwrap();
}

fn write(path: &Path, sql: &str) {
    std::fs::write(path, sql).unwrap();
}

impl Shop {
    /// With a column and an index more, and a database of some rows that lacks them.
    async fn behind() -> (Self, Made, &'static Migrator) {
        let mut shop = Self::new().await;
        let mut made = shop.database().await;
        let rows = "insert into notes select n, 'x', n from generate_series(1, 1000) n";
        made.run(rows).await.unwrap();
        let by_size = Index {
            name: Some("notes_size".to_owned()),
            parts: vec!["size".to_owned()],
            ..Index::default()
        };
        shop.notes().indexes.push(by_size);
        shop.notes().columns.push(Column { null: true, ..column("by", "text") });
        shop.generate("found").await.unwrap();
        let migrator = Box::leak(Box::new(shop.migrator().await));
        (shop, made, migrator)
    }
}

/// Three start at once, and one of them builds the index, which somebody had begun to build.
#[tokio::test(flavor = "multi_thread")]
async fn starts_at_once_do_no_harm_nor_does_one_that_was_broken_off() {
    let (shop, mut made, migrator) = Shop::behind().await;
    for sql in [
        "create index notes_size on notes (size)",
        "update pg_index set indisvalid = false where indexrelid = 'notes_size'::regclass",
    ] {
        made.run(sql).await.unwrap();
    }
    let mut starts = tokio::task::JoinSet::new();
    for _ in 0..3 {
        let url = made.url.clone();
        starts.spawn(async move { db::migrate(&url, Some(migrator)).await });
    }
    while let Some(start) = starts.join_next().await {
        start.unwrap().unwrap();
    }
    let valid = "select indisvalid from pg_index where indexrelid = 'notes_size'::regclass";
    let valid = sqlx::query_scalar::<_, bool>(valid).fetch_one(&mut made.connection).await;
    let live = read(&mut made.connection).await.unwrap();
    assert!(valid.unwrap() && live.tables["notes"].column("by").is_some());
    shop.scratch.close().await.unwrap();
}

/// A table that is locked is asked for again and again, a tenth of a second each.
#[tokio::test(flavor = "multi_thread")]
async fn a_locked_table_is_waited_for_without_holding_up_others() {
    let (shop, mut made, migrator) = Shop::behind().await;
    let mut other = db::owner(&made.url).await.unwrap();
    let mut locked = other.begin().await.unwrap();
    sqlx::query("lock table notes in access share mode").execute(&mut *locked).await.unwrap();
    let url = made.url.clone();
    let start = tokio::spawn(async move { db::migrate(&url, Some(migrator)).await });
    // Waits behind the first try, and goes on when that is given up.
    let waits = "select count(*) from pg_locks l join pg_class c on c.oid = l.relation \
                 where c.relname = 'notes' and not l.granted";
    let seen = async {
        while sqlx::query_scalar::<_, i64>(waits).fetch_one(&mut made.connection).await.unwrap()
            == 0
        {
            tokio::task::yield_now().await;
        }
        made.run("update notes set size = size + 1").await.unwrap();
    };
    tokio::time::timeout(Duration::from_secs(20), seen).await.unwrap();
    assert!(!start.is_finished(), "the table is locked");
    locked.rollback().await.unwrap();
    start.await.unwrap().unwrap();
    let live = read(&mut made.connection).await.unwrap();
    assert!(live.tables["notes"].column("by").is_some());
    shop.scratch.close().await.unwrap();
}

/// What a running database lacks is told; what it has beside is its operators' business.
#[tokio::test]
async fn a_database_that_falls_short_is_told_what_it_lacks() {
    let mut shop = Shop::new().await;
    let mut made = shop.database().await;
    let meant = shop.folder().catalogue().unwrap().unwrap();
    made.run(
        "create index extra on notes (size); create table others (x int); \
        alter table notes add column spare text",
    )
    .await
    .unwrap();
    let live = read(&mut made.connection).await.unwrap();
    assert_eq!(meant.misses(&live), [""; 0]);
    made.run(
        "alter table notes drop column size; grant delete on notes to jewel_app; \
        alter table notes alter column title drop not null",
    )
    .await
    .unwrap();
    let live = read(&mut made.connection).await.unwrap();
    assert_eq!(
        meant.misses(&live),
        [
            "tables.notes.columns.size: only the first has it",
            "tables.notes.columns.title.null: false and true",
            "tables.notes.grants.jewel_app: [\"insert\",\"select\"] and \
             [\"delete\",\"insert\",\"select\"]",
        ]
    );
    shop.scratch.close().await.unwrap();
}
