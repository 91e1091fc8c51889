//! The examples do what they say.

use std::sync::atomic::Ordering;

use chrono::TimeDelta;
use jewel_core::testing::TestApp;
use serde_json::json;

#[expect(dead_code, reason = "`main` is for people")]
#[path = "../../../examples/hello.rs"]
mod hello;
#[expect(dead_code, reason = "`main` is for people")]
#[path = "../../../examples/job.rs"]
mod job;

#[tokio::test]
async fn hello_greets() {
    let test = TestApp::start(hello::app()).await;
    let greet = |name| test.client().post("/v1/greetings").json(&json!({ "name": name })).send();
    assert_eq!(greet("Ada").await.ok::<serde_json::Value>()["text"], "Hello, Ada!");
    assert_eq!(greet("Voldemort").await.problem(), (403, "not_greeted".to_owned()));
    assert_eq!(greet("").await.code(), 422);
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
