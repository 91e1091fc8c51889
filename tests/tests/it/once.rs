//! One effect, however often a request is sent; and a transaction in the caller's name.

use jewel_core::testing::{Client, Response, TestApp};
use serde_json::json;

use crate::shop::{app, somebody};

async fn keep(client: &Client, key: &str, title: &str) -> Response {
    client.post("/v1/notes").key(key).json(&json!({ "title": title, "stars": 1 })).send().await
}

async fn count(client: &Client) -> i64 {
    client.get("/v1/notes").send().await.json()["count"].as_i64().unwrap()
}

#[tokio::test]
async fn a_repetition_is_answered_from_the_record() {
    let test = TestApp::start(app()).await;
    let client = somebody(&test);
    let first = keep(&client, "k1", "ring").await;
    assert_eq!((first.code(), first.header("idempotent-replayed")), (201, ""));
    let again = keep(&client, "k1", "ring").await;
    assert_eq!((again.code(), again.header("idempotent-replayed")), (201, "true"));
    assert_eq!((&again.body, again.header("location")), (&first.body, first.header("location")));
    assert_eq!(first.header("location"), format!("/v1/notes/{}", first.json()["id"]));
    assert_eq!(count(&client).await, 1);
}

#[tokio::test]
async fn a_key_belongs_to_its_body_and_its_caller() {
    let test = TestApp::start(app()).await;
    let client = somebody(&test);
    assert_eq!(keep(&client, "k1", "ring").await.code(), 201);
    let reused = keep(&client, "k1", "chain").await;
    assert_eq!(reused.problem(), (422, "idempotency_key_reused".to_owned()));
    assert_eq!(keep(&somebody(&test), "k1", "chain").await.code(), 201);
    for key in [None, Some(""), Some("a b"), Some(&*"k".repeat(256))] {
        let request = client.post("/v1/notes").json(&json!({ "title": "a", "stars": 1 }));
        let request = match key {
            Some(key) => request.key(key),
            None => request,
        };
        let missing = request.send().await;
        assert_eq!(missing.problem(), (400, "idempotency_key_missing".to_owned()), "{key:?}");
    }
}

#[tokio::test]
async fn a_problem_stores_nothing_and_undoes_everything() {
    let test = TestApp::start(app()).await;
    let client = somebody(&test);
    let refused = keep(&client, "k1", "kept").await;
    assert_eq!(refused.problem(), (409, "note_kept".to_owned()));
    assert_eq!(refused.json()["title"], "Note kept");
    assert_eq!(count(&client).await, 0);
    let again = keep(&client, "k1", "kept").await;
    assert_eq!((again.code(), again.header("idempotent-replayed")), (409, ""));
}

#[tokio::test]
async fn fifty_at_once_are_one_effect() {
    let test = TestApp::start(app()).await;
    let client = somebody(&test);
    let mut waiting: Vec<_> = (0..50)
        .map(|_| {
            let client = client.clone();
            tokio::spawn(async move {
                loop {
                    let answer = keep(&client, "same", "ring").await;
                    if !matches!(answer.code(), 409 | 503) {
                        return answer;
                    }
                    tokio::task::yield_now().await;
                }
            })
        })
        .collect();
    let mut fresh = 0;
    for answer in waiting.drain(..) {
        let answer = answer.await.unwrap();
        assert_eq!(answer.code(), 201, "{}", answer.text());
        fresh += i32::from(answer.header("idempotent-replayed").is_empty());
    }
    assert_eq!((fresh, count(&client).await), (1, 1));
}

#[tokio::test]
async fn a_query_without_where_shows_the_callers_rows_alone() {
    let test = TestApp::start(app()).await;
    let (one, other) = (somebody(&test), somebody(&test));
    let made = keep(&one, "k", "ring").await;
    assert_eq!((count(&one).await, count(&other).await), (1, 0));
    let foreign = other.get(made.header("location")).send().await;
    assert_eq!(foreign.json()["title"], "");
}
