//! The examples do what they say.

use std::sync::atomic::Ordering;

use chrono::TimeDelta;
use jewel_core::Id;
use jewel_core::testing::TestApp;
use serde_json::json;

#[expect(dead_code, reason = "`main` is for people")]
#[path = "../../../examples/crud.rs"]
mod crud;
#[expect(dead_code, reason = "`main` is for people")]
#[path = "../../../examples/hello.rs"]
mod hello;
#[expect(dead_code, reason = "`main` is for people")]
#[path = "../../../examples/job.rs"]
mod job;
#[expect(dead_code, reason = "`main` is for people")]
#[path = "../../../examples/long.rs"]
mod long;

#[tokio::test]
async fn hello_greets() {
    let test = TestApp::start(hello::app()).await;
    let greet = |name| test.client().post("/v1/greetings").json(&json!({ "name": name })).send();
    assert_eq!(greet("Ada").await.ok::<serde_json::Value>()["text"], "Hello, Ada!");
    assert_eq!(greet("Voldemort").await.problem(), (403, "not_greeted".to_owned()));
    assert_eq!(greet("").await.code(), 422);
}

#[tokio::test]
async fn notes_are_written_listed_shown_changed_and_deleted() {
    let test = TestApp::start(crud::app()).await;
    let client = test.client();
    let text = |text: &str| json!({ "text": text });
    let made = client.post("/v1/notes").json(&text("a ring")).send().await;
    let (note, place) = (made.json(), made.header("location").to_owned());
    assert_eq!((made.code(), &note["text"]), (201, &json!("a ring")));
    client.post("/v1/notes").json(&text("a brooch")).send().await;
    let list = client.get("/v1/notes?limit=1").send().await.json();
    assert_eq!(list["items"][0]["text"], "a brooch", "newest first");
    let next = format!("/v1/notes?limit=1&after={}", list["next"].as_str().unwrap());
    assert_eq!(client.get(next).send().await.json(), json!({ "items": [note] }));
    let changed = client.put(&*place).json(&text("a gold ring")).send().await.json();
    assert_eq!(client.get(&*place).send().await.json(), changed);
    assert_eq!(client.put(&*place).json(&text("")).send().await.code(), 422);
    assert_eq!(client.delete(&*place).send().await.code(), 204);
    let gone = [client.get(&*place), client.delete(&*place), client.put(&*place).json(&text("x"))];
    for request in gone {
        assert_eq!(request.send().await.problem(), (404, "not_found".to_owned()));
    }
}

#[tokio::test]
async fn a_letter_is_written_once_and_at_the_second_attempt() {
    let test = TestApp::start(job::app()).await;
    for _ in 0..2 {
        let post = test.client().post("/v1/letters").key("one").json(&json!({ "name": "Ada" }));
        assert_eq!(post.send().await.code(), 200);
    }
    let written = test.state::<job::Written>();
    test.work().await;
    assert_eq!(written.0.load(Ordering::Relaxed), 0, "the first attempt has no ink");
    test.clock().turn(TimeDelta::minutes(2));
    test.work().await;
    assert_eq!(written.0.load(Ordering::Relaxed), 1);
}

#[tokio::test]
async fn a_long_task_is_followed_by_asking_and_by_events() {
    let test = TestApp::start(long::app()).await;
    let client = test.user(Id::new(), Id::new());
    let text = json!({ "text": "a ring of gold" });
    let begun = client.post("/v1/counts").key("one").json(&text).send().await;
    let (job, place) = (begun.json()["job"].clone(), begun.header("location").to_owned());
    assert_eq!((begun.code(), place.clone()), (202, format!("/v1/counts/{job}")));
    assert_eq!(begun.json(), json!({ "job": job, "state": "ready" }));
    let ask = || client.get(&*place).send();
    assert_eq!(ask().await.json(), begun.json());
    let follow = || client.get(format!("{place}/events")).send();
    let (events, ()) = tokio::join!(follow(), test.work());
    let done = json!({ "job": job, "state": "completed", "result": { "words": 4 } });
    assert_eq!(told(&events.text()).last(), Some(&done));
    let present = told(&follow().await.text());
    assert_eq!(present, std::slice::from_ref(&done), "the present state, and the end");
    assert_eq!(ask().await.json(), done, "asked, it is the same");

    let stranger = test.user(Id::new(), Id::new());
    for path in [place.clone(), format!("{place}/events"), "/v1/counts/77".to_owned()] {
        assert_eq!(stranger.get(path).send().await.problem(), (404, "count_not_found".to_owned()));
    }
}

/// The data of a stream's events.
fn told(stream: &str) -> Vec<serde_json::Value> {
    let data = stream.lines().filter_map(|line| line.strip_prefix("data: "));
    data.map(|data| serde_json::from_str(data).unwrap()).collect()
}

#[tokio::test]
async fn a_test_sees_what_is_enqueued_and_leaves_nothing_behind() {
    let letter = json!({ "name": "Ada" });
    let test = TestApp::start(job::app()).await;
    test.client().post("/v1/letters").key("one").json(&letter).send().await;
    let left = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| drop(test)));
    let said = left.unwrap_err().downcast::<String>().unwrap();
    assert!(said.contains("1 of `write`"), "{said}");

    let test = TestApp::start(job::app()).await;
    test.client().post("/v1/letters").key("one").json(&letter).send().await;
    let letters = test.enqueued::<job::Letter>().await;
    assert_eq!(letters.len(), 1, "it has been looked at, so it may be left behind");
}
