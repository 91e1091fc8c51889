//! What is one account's is nobody else's: by the API, and by the database for a forgotten WHERE.

use serde_json::json;

use super::person::{Person, swift};

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
async fn a_forgotten_where_reaches_nothing_of_others() {
    let test = swift(&[]).await;
    for name in ["ada", "bob"] {
        let person = Person::new(&test, name).await;
        person.order(&person.photo().await, "one").await;
    }
    test.tenants().await;
    test.work().await;
}

/// A column that names an account is an owner: a new table is not forgotten.
#[tokio::test]
async fn every_table_with_an_account_has_an_owner_and_forces_its_policy() {
    let test = swift(&[]).await;
    let mut owner = test.db().owner().await;
    let forced: Vec<String> = sqlx::query_scalar(
        "select relname::text from pg_class where relnamespace = 'public'::regnamespace \
         and relkind = 'r' and relforcerowsecurity and relrowsecurity and relname <> 'accounts' \
         order by 1",
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
    assert_eq!(forced, with_account);
}
