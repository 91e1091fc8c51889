//! Many at once: no credit is spent twice, no key has two effects.

use std::collections::BTreeMap;

use futures_util::future::join_all;
use jewel_app::shot::jobs::Render;
use jewel_core::testing::{Request, Response};
use serde_json::json;

use super::ledger;
use super::person::{Person, swift};

/// Limits that a hundred orders a second do not reach.
const OPEN: [&str; 3] = ["app.style.price=1", "http.limit_factor=1000", "http.limit_per_ip=0"];

/// Sends it, and again with the same key where the server says that it is busy.
async fn insist(request: Request) -> Response {
    loop {
        let response = request.clone().send().await;
        let rival = response.code() == 409 && response.problem().1 == "idempotency_in_progress";
        if response.code() != 503 && !rival {
            return response;
        }
        tokio::task::yield_now().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_hundred_orders_spend_a_hundred_credits() {
    let test = swift(&OPEN).await;
    let ada = Person::new(&test, "ada").await;
    let photo = ada.photo().await;
    let path = format!("/v1/photos/{photo}/shots");
    let orders = (0..200).map(|number| {
        let order = ada.client.post(&path).key(&format!("order-{number}"));
        insist(order.json(&json!({ "style": "noir" })))
    });
    let mut answers = BTreeMap::new();
    for answer in join_all(orders).await {
        if answer.code() == 402 {
            assert_eq!(answer.json()["code"], "insufficient_credits");
        }
        *answers.entry(answer.code()).or_insert(0) += 1;
    }
    assert_eq!(answers, BTreeMap::from([(202, 100), (402, 100)]));
    assert_eq!(ada.credits().await, (0, 100));
    ledger::is_sound(&test).await;
    test.work().await;
    assert_eq!(ada.credits().await, (0, 0));
    assert_eq!(ledger::count(&test, "hold").await, 100);
    assert_eq!(ledger::count(&test, "spend").await, 100);
    ledger::is_sound(&test).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fifty_orders_with_one_key_are_one() {
    let test = swift(&OPEN).await;
    let ada = Person::new(&test, "ada").await;
    let photo = ada.photo().await;
    let path = format!("/v1/photos/{photo}/shots");
    let order =
        |style: &str| ada.client.post(&path).key("the-same").json(&json!({ "style": style }));
    let answers = join_all((0..50).map(|_| insist(order("noir")))).await;
    let first = answers[0].text();
    assert!(answers.iter().all(|answer| answer.code() == 202 && answer.text() == first));
    assert_eq!(ledger::count(&test, "hold").await, 1);
    assert_eq!(test.enqueued::<Render>().await.len(), 1);
    assert_eq!(ada.get("/v1/shots").await["items"].as_array().unwrap().len(), 1);
    let other = order("pearl").send().await;
    assert_eq!(other.problem(), (422, "idempotency_key_reused".to_owned()));
}
