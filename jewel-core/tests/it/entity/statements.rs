//! The statements that an entity brings, in the application's own role.

use jewel_core::clock::Timestamp;
use jewel_core::db::{self, Db};
use jewel_core::entity::{Definition, Folder, RowProblem, Scratch, Stated, generate, resolve};
use jewel_core::page::Paging;
use jewel_core::{Account, Column, Id, entity};
use sqlx::AssertSqlSafe;
use sqlx::migrate::Migrator;

/// What a piece is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Column)]
enum Metal {
    Gold,
    WhiteGold,
}

/// A piece of jewellery.
#[entity(table = "pieces", owner = account, may(insert, update(note, version), delete),
    unique(account, order), index(account, created_at desc, id desc))]
#[derive(Clone)]
struct Piece {
    #[key]
    id: Id<Piece>,
    account: Id<Account>,
    /// The word is one of SQL's own.
    order: i32,
    metal: Metal,
    #[pii]
    #[garde(length(chars, max = 40))]
    note: Option<String>,
    #[secret]
    token: String,
    sha: [u8; 4],
    #[generated("\"order\" * 2")]
    doubled: i32,
    #[version]
    #[default("1")]
    version: i32,
    #[default("now()")]
    created_at: Timestamp,
}

/// A mark of a maker, which is only ever added.
#[entity(table = "marks", append_only)]
struct Mark {
    #[key]
    word: String,
}

/// A world with both tables.
async fn world() -> (Scratch, Db) {
    let described = [Definition::of::<Piece>(), Definition::of::<Mark>()];
    let entities = resolve(described.iter().map(|d| (d.describe)()).collect()).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let mut scratch = Scratch::new(None).await.unwrap();
    let stated = Stated { entities, dropped: Vec::new() };
    generate(&stated, &Folder::new(folder.path()), "pieces", &mut scratch).await.unwrap();
    let made = scratch.database().await.unwrap();
    let migrator = Migrator::new(folder.path().join("migrations").as_path()).await.unwrap();
    db::migrate(&made.url, Some(&migrator)).await.unwrap();
    let db = Db::new(&made.url, "test", &db::Settings::default()).unwrap();
    (scratch, db)
}

fn new(account: Id<Account>, order: i32) -> NewPiece {
    NewPiece {
        id: Id::new(),
        account,
        order,
        metal: Metal::WhiteGold,
        note: Some("for Ada".to_owned()),
        token: "open sesame".to_owned(),
        sha: [1, 2, 3, 4],
    }
}

#[tokio::test]
async fn rows_are_added_read_listed_changed_and_deleted() {
    let (scratch, db) = world().await;
    let account = Id::new();
    let mut tx = db.begin(Some(account)).await.unwrap();
    let mut piece = Piece::insert(&mut tx, new(account, 1)).await.unwrap();
    assert_eq!((piece.doubled, piece.version, piece.metal), (2, 1, Metal::WhiteGold));
    let more = (2..=4).map(|order| new(account, order)).collect();
    assert_eq!(Piece::insert_all(&mut tx, more).await.unwrap(), 3);
    assert_eq!(Piece::insert_all(&mut tx, Vec::new()).await.unwrap(), 0);

    let found = Piece::get(&mut tx, piece.id).await.unwrap().unwrap();
    assert_eq!((found.order, found.sha, found.token.as_str()), (1, [1, 2, 3, 4], "open sesame"));
    assert!(Piece::get(&mut tx, Id::new()).await.unwrap().is_none());

    let mut paging = Paging { limit: Some(3), ..Paging::default() };
    let page = Piece::page(&mut tx, account, &paging).await.unwrap();
    paging.after = page.next;
    let rest = Piece::page(&mut tx, account, &paging).await.unwrap();
    assert_eq!((page.items.len(), rest.items.len(), rest.next), (3, 1, None));

    // Of two who have read one row, the second to write it has lost.
    let mut rival = piece.clone();
    piece.note = None;
    piece.update(&mut tx).await.unwrap();
    assert_eq!((piece.version, &piece.note), (2, &None));
    rival.note = Some("mine".to_owned());
    assert!(matches!(rival.update(&mut tx).await, Err(RowProblem::Lost)));
    assert_eq!(rival.version, 1, "it is as it was read");

    assert!(Piece::delete(&mut tx, piece.id).await.unwrap());
    assert!(!Piece::delete(&mut tx, piece.id).await.unwrap());
    tx.commit().await.unwrap();
    let mut stranger = db.begin(Some(Id::new())).await.unwrap();
    let page = Piece::page(&mut stranger, account, &Paging::default()).await.unwrap();
    assert_eq!(page.items.len(), 0, "another account's rows are not there");
    stranger.rollback().await.unwrap();
    scratch.close().await.unwrap();
}

#[tokio::test]
async fn nothing_personal_is_shown() {
    let (scratch, db) = world().await;
    let account = Id::new();
    let mut tx = db.begin(Some(account)).await.unwrap();
    let draft = new(account, 1);
    let shown = format!("{draft:?}");
    let piece = Piece::insert(&mut tx, draft).await.unwrap();
    for shown in [shown, format!("{piece:?}")] {
        assert!(shown.contains("WhiteGold") && shown.contains("note: ..."), "{shown}");
        assert!(!shown.contains("sesame") && !shown.contains("Ada"), "{shown}");
    }
    tx.rollback().await.unwrap();
    scratch.close().await.unwrap();
}

#[tokio::test]
async fn the_role_may_do_what_is_said_and_no_more() {
    let (scratch, db) = world().await;
    let account = Id::new();
    let refused = async |sql: &str, code: &str| {
        let mut tx = db.begin(Some(account)).await.unwrap();
        Piece::insert(&mut tx, new(account, 1)).await.unwrap();
        Mark::insert(&mut tx, NewMark { word: "AU750".to_owned() }).await.unwrap();
        let done = sqlx::query(AssertSqlSafe(sql.to_owned())).execute(&mut tx).await;
        let error = db::Error::from(done.unwrap_err());
        assert_eq!(error.sqlstate().as_deref(), Some(code), "{sql}: {error}");
    };
    refused("update pieces set metal = 'gold'", "42501").await;
    refused("update marks set word = 'x'", "42501").await;
    refused("delete from marks", "42501").await;
    refused("update pieces set note = repeat('x', 41)", "23514").await;
    refused(
        "insert into pieces (id, account, \"order\", metal, token, sha) values \
        (gen_random_uuid(), current_setting('jewel.account')::uuid, 2, 'tin', '', '1234')",
        "23514",
    )
    .await;
    refused(
        "insert into pieces (id, account, \"order\", metal, token, sha) values \
        (gen_random_uuid(), current_setting('jewel.account')::uuid, 2, 'gold', '', '12345')",
        "23514",
    )
    .await;
    // What another program wrote and this one does not know is an error, not another word.
    let mut tx = db.begin(Some(account)).await.unwrap();
    let read = sqlx::query_scalar::<_, Metal>("select 'tin'").fetch_one(&mut tx).await;
    assert!(read.unwrap_err().to_string().contains("`tin` is no word of `Metal`"));
    assert_eq!(Metal::WhiteGold.as_str(), "white_gold");
    tx.rollback().await.unwrap();
    scratch.close().await.unwrap();
}
