//! The ledger: through the API, by its functions, and what the database itself refuses.

use jewel_app::credit;
use jewel_core::db::Db;
use jewel_core::{Account, Id, Problem};
use serde_json::Value;
use uuid::Uuid;

use super::ledger;
use super::person::{Person, swift};

#[tokio::test]
async fn credits_come_and_go_in_a_list() {
    let test = swift(&[]).await;
    let ada = Person::new(&test, "ada").await;
    let photo = ada.photo().await;
    ada.order(&photo, "one").await;
    assert_eq!(ada.credits().await, (90, 10));
    test.work().await;
    assert_eq!(ada.credits().await, (90, 0));
    let first = ada.get("/v1/credits/entries?limit=2").await;
    let kinds = |page: &Value| {
        let items = page["items"].as_array().unwrap().iter();
        items.map(|item| item["kind"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(kinds(&first), ["spend", "hold"]);
    assert_eq!(first["items"][1]["available"], -10);
    let next = first["next"].as_str().unwrap();
    let rest = ada.get(&format!("/v1/credits/entries?limit=2&after={next}")).await;
    assert_eq!(kinds(&rest), ["grant"]);
    assert_eq!(rest["next"], Value::Null);
    ledger::is_sound(&test).await;
}

#[tokio::test]
async fn a_hold_ends_once_and_each_cause_moves_credits_once() {
    let test = swift(&[]).await;
    let ada = Person::new(&test, "ada").await;
    let account: Id<Account> = ada.account["id"].as_str().unwrap().parse().unwrap();
    let db = test.state::<Db>();
    let mut tx = db.begin(Some(account)).await.unwrap();
    assert!(!credit::grant(&mut tx, account, account.uuid(), 100).await.unwrap());
    let reference = Uuid::now_v7();
    let hold = credit::hold(&mut tx, account, reference, 60).await.unwrap();
    assert_eq!(credit::hold(&mut tx, account, reference, 60).await.unwrap(), hold);
    let more = credit::hold(&mut tx, account, Uuid::now_v7(), 41).await.unwrap_err().details();
    assert_eq!((more.status, more.code), (402, "insufficient_credits"));
    assert_eq!((&more.members["need"], &more.members["have"]), (&41.into(), &40.into()));
    assert!(credit::spend(&mut tx, hold).await.unwrap());
    assert!(credit::spend(&mut tx, hold).await.unwrap(), "again is the same");
    assert!(!credit::release(&mut tx, hold).await.unwrap(), "it was spent");
    tx.commit().await.unwrap();
    assert_eq!(ada.credits().await, (40, 0));
    ledger::is_sound(&test).await;
}

/// What the application's role must not be able to do, even by a mistake in its own code.
const REFUSED: [(&str, &str); 6] = [
    ("update credit_entries set amount = 1", "42501"),
    ("delete from credit_transfers", "42501"),
    ("update credit_balances set available = -1", "23514"),
    ("update credit_balances set account = account", "42501"),
    (
        "insert into credit_transfers (id, account, kind, amount, reference) \
         select gen_random_uuid(), account, 'grant', 5, gen_random_uuid() from credit_balances",
        "23514",
    ),
    (
        "insert into credit_transfers (id, account, kind, amount, reference, hold) \
         select gen_random_uuid(), account, 'spend', amount, gen_random_uuid(), id \
         from credit_transfers where kind = 'grant'",
        "23503",
    ),
];

#[tokio::test]
async fn the_database_refuses_what_the_books_forbid() {
    let test = swift(&[]).await;
    let ada = Person::new(&test, "ada").await;
    let account: Id<Account> = ada.account["id"].as_str().unwrap().parse().unwrap();
    for (sql, state) in REFUSED {
        let mut tx = test.db().db().begin(Some(account)).await.unwrap();
        let done = sqlx::query(sqlx::AssertSqlSafe(sql)).execute(&mut tx).await;
        let error = match done {
            Ok(_) => tx.commit().await.unwrap_err(),
            Err(error) => error.into(),
        };
        assert_eq!(error.sqlstate().as_deref(), Some(state), "{sql}: {error}");
    }
    ledger::is_sound(&test).await;
}
