//! Sign-up, log-in, who am I.

use serde_json::{Value, json};

use super::person::{Person, swift};

#[tokio::test]
async fn a_person_signs_up_logs_in_and_is_known() {
    let test = swift(&[]).await;
    let ada = Person::new(&test, "ada").await;
    let me = ada.get("/v1/account").await;
    assert_eq!(me["email"], "ada@example.com");
    assert_eq!(me, ada.account);
    assert_eq!(ada.credits().await, (100, 0));
}

#[tokio::test]
async fn one_address_is_one_account_however_it_is_spelt() {
    let test = swift(&[]).await;
    Person::new(&test, "ada").await;
    let again = json!({ "email": "ADA@Example.com", "password": "another password" });
    let refused = test.client().post("/v1/accounts").json(&again).send().await;
    assert_eq!(refused.problem(), (409, "email_taken".to_owned()));
    let spelt = json!({ "email": "Ada@EXAMPLE.com", "password": "correct horse battery" });
    let _: Value = test.client().post("/v1/sessions").json(&spelt).send().await.ok();
    let mut owner = test.db().owner().await;
    let count = sqlx::query_scalar::<_, i64>(
        "select (select count(*) from accounts) + (select count(*) from credit_transfers)",
    );
    assert_eq!(count.fetch_one(&mut owner).await.unwrap(), 2);
}

#[tokio::test]
async fn wrong_credentials_do_not_tell_which_part_is_wrong() {
    let test = swift(&[]).await;
    Person::new(&test, "ada").await;
    for (email, password) in [("ada@example.com", "wrong"), ("bob@example.com", "correct horse")] {
        let form = json!({ "email": email, "password": password });
        let refused = test.client().post("/v1/sessions").json(&form).send().await;
        assert_eq!(refused.problem(), (401, "wrong_credentials".to_owned()));
    }
}

#[tokio::test]
async fn a_token_ends() {
    let test = swift(&[]).await;
    let ada = Person::new(&test, "ada").await;
    test.clock().turn(chrono::TimeDelta::minutes(16));
    let refused = ada.client.get("/v1/account").send().await;
    assert_eq!(refused.problem(), (401, "unauthenticated".to_owned()));
}
