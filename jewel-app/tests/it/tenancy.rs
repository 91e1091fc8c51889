//! What is one account's is nobody else's: by the API, and by the database for a forgotten WHERE.

use jewel_core::{Account, Id};
use serde_json::json;
use sqlx::AssertSqlSafe;

use super::person::{Person, swift};

/// The tables whose rows have an owner.
const OWNED: [&str; 7] = [
    "accounts",
    "users",
    "credit_transfers",
    "credit_entries",
    "credit_balances",
    "photos",
    "shots",
];

#[tokio::test]
async fn what_is_anothers_is_not_there() {
    let test = swift(&[]).await;
    let (ada, bob) = (Person::new(&test, "ada").await, Person::new(&test, "bob").await);
    let photo = ada.photo().await;
    let shot = ada.order(&photo, "one").await;
    let (photo, shot) = (format!("/v1/photos/{photo}"), format!("/v1/shots/{shot}"));
    let order = bob.client.post(format!("{photo}/shots")).key("one");
    for (request, code) in [
        (bob.client.get(&photo), "photo_not_found"),
        (bob.client.delete(&photo), "photo_not_found"),
        (order.json(&json!({ "style": "noir" })), "photo_not_found"),
        (bob.client.get(&shot), "shot_not_found"),
        (bob.client.delete(&shot), "shot_not_found"),
        (bob.client.get(format!("{shot}/events")), "shot_not_found"),
        (bob.client.get(format!("{shot}/download")), "shot_not_found"),
    ] {
        assert_eq!(request.send().await.problem(), (404, code.to_owned()));
    }
    assert_eq!(bob.get("/v1/shots").await["items"], json!([]));
    assert_eq!(bob.get("/v1/photos").await["items"], json!([]));
    assert_eq!(bob.credits().await, (100, 0));
    assert_eq!(ada.credits().await, (90, 10));
    test.work().await;
}

#[tokio::test]
async fn a_forgotten_where_shows_nothing_of_others() {
    let test = swift(&[]).await;
    let (ada, bob) = (Person::new(&test, "ada").await, Person::new(&test, "bob").await);
    for person in [&ada, &bob] {
        person.order(&person.photo().await, "one").await;
    }
    let account: Id<Account> = bob.account["id"].as_str().unwrap().parse().unwrap();
    let db = test.db().db();
    for table in OWNED {
        let key = if table == "accounts" { "id" } else { "account" };
        let own = format!("select count(*) filter (where {key} = $1), count(*) from {table}");
        let count = async |caller| {
            let mut tx = db.begin(caller).await.unwrap();
            let count = sqlx::query_as::<_, (i64, i64)>(AssertSqlSafe(own.clone())).bind(account);
            count.fetch_one(&mut tx).await.unwrap()
        };
        let (own, all) = count(Some(account)).await;
        assert!(own > 0 && own == all, "{table}: {own} of {all}");
        assert_eq!(count(None).await, (0, 0), "{table}");
    }
    test.work().await;
}

#[tokio::test]
async fn every_owned_table_is_listed_here_and_forces_its_policy() {
    let test = swift(&[]).await;
    let mut owner = test.db().owner().await;
    let forced: Vec<String> = sqlx::query_scalar(
        "select relname::text from pg_class where relnamespace = 'public'::regnamespace \
         and relkind = 'r' and relforcerowsecurity and relrowsecurity order by 1",
    )
    .fetch_all(&mut owner)
    .await
    .unwrap();
    let with_account: Vec<String> = sqlx::query_scalar(
        "select table_name::text from information_schema.columns \
         where table_schema = 'public' and column_name = 'account' order by 1",
    )
    .fetch_all(&mut owner)
    .await
    .unwrap();
    let mut listed = OWNED.map(ToOwned::to_owned).to_vec();
    listed.sort();
    assert_eq!(forced, listed);
    listed.retain(|table| table != "accounts");
    assert_eq!(with_account, listed);
}
