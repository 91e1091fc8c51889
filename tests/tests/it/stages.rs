//! Each stage of a request from outside: what it lets pass, and how it refuses.

use std::time::Duration;

use jewel_core::testing::{Response, TestApp};
use jewel_core::trace::TraceParent;
use serde_json::json;

use crate::shop::{app, somebody};

fn note(title: &str) -> serde_json::Value {
    json!({ "title": title, "stars": 5 })
}

#[track_caller]
fn check(response: &Response, status: u16, code: &str) {
    assert_eq!(response.problem(), (status, code.to_owned()), "{}", response.text());
}

#[tokio::test]
async fn what_reaches_no_endpoint_is_a_problem_too() {
    let test = TestApp::start(app()).await;
    let client = test.client();
    check(&client.get("/v1/nothing").send().await, 404, "not_found");
    let wrong = client.delete("/v1/notes").send().await;
    check(&wrong, 405, "method_not_allowed");
    assert_eq!(wrong.header("allow"), "POST, GET, HEAD");
    assert_eq!(wrong.json()["request_id"], wrong.header("x-request-id"));
}

#[tokio::test]
async fn a_request_keeps_its_id_and_its_trace() {
    let test = TestApp::start(app()).await;
    let parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    let request = test.client().get("/v1/texts").header("x-request-id", "mine-1");
    let response = request.header("traceparent", parent).send().await;
    assert_eq!(response.header("x-request-id"), "mine-1");
    let trace = TraceParent::parse(response.header("traceparent")).unwrap();
    assert_eq!(trace.trace(), TraceParent::parse(parent).unwrap().trace());
    assert_ne!(response.header("traceparent"), parent, "the answer names this server's span");
    let bad = test.client().get("/v1/texts").header("x-request-id", "a b").send().await;
    assert_eq!(bad.header("x-request-id").len(), 32, "a bad id is replaced");
}

#[tokio::test]
async fn an_answer_that_nobody_accepts_is_406() {
    let test = TestApp::start(app()).await;
    let ask = |accept| test.client().get("/v1/texts").header("accept", accept).send();
    check(&ask("text/html").await, 406, "not_acceptable");
    assert_eq!(ask("text/html, application/*;q=0.2").await.code(), 200);
}

#[tokio::test]
async fn who_is_asked_before_what() {
    let test = TestApp::start(app()).await;
    let stranger = test.client().post("/v1/notes").body("text/plain", "{").send().await;
    check(&stranger, 401, "unauthenticated");
    assert_eq!(stranger.header("www-authenticate"), "Bearer");
    let forged = test.client().bearer("a.b.c").get("/v1/notes").send().await;
    check(&forged, 401, "unauthenticated");
    let expired = somebody(&test);
    test.clock().turn(chrono::TimeDelta::hours(1));
    check(&expired.get("/v1/notes").send().await, 401, "unauthenticated");
}

#[tokio::test]
async fn every_mistake_of_a_body_is_named_at_once() {
    let test = TestApp::start(app()).await;
    let client = somebody(&test);
    let send = |body| client.post("/v1/notes").key("k").json(&body).send();
    let wrong = send(json!({ "stars": "many", "tags": ["", "b"], "colour": 1 })).await;
    check(&wrong, 422, "invalid_request");
    let places: Vec<_> = wrong.json()["violations"]
        .as_array()
        .unwrap()
        .iter()
        .map(|v| format!("{} {}", v["at"].as_str().unwrap(), v["rule"].as_str().unwrap()))
        .collect();
    assert_eq!(places, ["/colour unknown", "/stars type", "/tags/0 rule", "/title required"]);
    let rules = send(json!({ "title": "", "stars": 6, "tags": ["a", "b", "c", "far too long"] }));
    let rules = rules.await;
    let places = rules.json()["violations"].as_array().unwrap().len();
    assert_eq!(places, 4, "{}", rules.text());
}

#[tokio::test]
async fn a_body_that_is_none_is_refused_by_what_is_wrong_with_it() {
    let test = TestApp::start(app()).await;
    let client = somebody(&test);
    let send = |media, body: &'static str| client.post("/v1/notes").body(media, body).send();
    check(&send("application/json", "{\"title\":").await, 400, "malformed_body");
    check(&send("application/json", "").await, 400, "malformed_body");
    check(&send("text/plain", "hello").await, 415, "unsupported_media_type");
    let large = format!("{{\"title\":\"{}\"}}", "x".repeat(300 << 10));
    let large = client.post("/v1/notes").body("application/json", large).send().await;
    check(&large, 413, "body_too_large");
    assert_eq!(large.json()["limit_bytes"], 256 << 10);
}

#[tokio::test]
async fn a_query_is_checked_like_a_body() {
    let test = TestApp::start(app()).await;
    let get = |path| test.client().get(path).send();
    assert_eq!(get("/v1/waits?ms=0").await.code(), 200);
    for path in ["/v1/waits", "/v1/waits?ms=many", "/v1/waits?ms=1&ms=2", "/v1/waits?ms=1&x=2"] {
        check(&get(path).await, 422, "invalid_request");
    }
    let beyond = get("/v1/waits?ms=60001").await;
    assert_eq!(beyond.json()["violations"][0]["at"], "ms");
}

#[tokio::test]
async fn a_path_that_names_nothing_is_404() {
    let test = TestApp::start(app()).await;
    check(&somebody(&test).get("/v1/notes/seven").send().await, 404, "not_found");
}

#[tokio::test]
async fn the_call_after_the_limit_waits() {
    let test = TestApp::start(app()).await;
    let client = somebody(&test);
    let call = || client.post("/v1/calls").json(&note("a")).send();
    for left in [2, 1, 0] {
        let good = call().await;
        assert_eq!((good.code(), good.header("x-ratelimit-remaining")), (200, &*left.to_string()));
        assert_eq!(good.header("ratelimit-policy"), "\"user\";q=3;w=60");
    }
    let refused = call().await;
    check(&refused, 429, "rate_limited");
    assert_eq!(refused.header("retry-after"), "20");
    assert_eq!(refused.header("ratelimit"), "\"user\";r=0;t=20");
    assert_eq!(somebody(&test).post("/v1/calls").json(&note("a")).send().await.code(), 200);
    test.clock().turn(chrono::TimeDelta::seconds(21));
    assert_eq!(call().await.code(), 200, "one refill allows one call");
    check(&call().await, 429, "rate_limited");
}

#[tokio::test]
async fn a_panic_and_a_deadline_stay_inside() {
    let test = TestApp::start(app()).await;
    let panicked = test.client().get("/v1/waits?ms=0&panic=true").send().await;
    check(&panicked, 500, "internal");
    assert!(!panicked.text().contains("asked to"), "a cause is nobody's business");
    let late = test.client().get("/v1/waits?ms=60000").send().await;
    check(&late, 503, "deadline_exceeded");
    assert_eq!(late.header("retry-after"), "1");
}

#[tokio::test]
async fn more_than_the_slots_are_shed() {
    let test = TestApp::with(app(), &["http.in_flight=1"]).await;
    let slow = tokio::spawn(test.client().get("/v1/waits?ms=60000").send());
    let mut shed = test.client().get("/v1/texts").send().await;
    // The slow one takes its slot at its first poll; until then this one may have it.
    for _ in 0..1000 {
        if shed.code() == 503 {
            break;
        }
        tokio::task::yield_now().await;
        shed = test.client().get("/v1/texts").send().await;
    }
    check(&shed, 503, "overloaded");
    assert_eq!(shed.header("retry-after"), "1");
    check(&slow.await.unwrap(), 503, "deadline_exceeded");
    assert_eq!(test.client().get("/v1/texts").send().await.code(), 200, "the slot is free again");
}

#[tokio::test]
async fn no_connection_in_time_is_503() {
    let set = ["db.connections=1", "db.acquire_timeout=50ms"];
    let test = TestApp::with(app(), &set).await;
    let db: jewel_core::State<jewel_core::db::Db> = test.state();
    let pinned = db.begin(None).await.unwrap();
    let busy = somebody(&test).get("/v1/notes").send().await;
    check(&busy, 503, "unavailable");
    assert_eq!(busy.header("retry-after"), "1");
    pinned.rollback().await.unwrap();
    assert_eq!(somebody(&test).get("/v1/notes").send().await.code(), 200);
}

#[tokio::test]
async fn long_answers_are_compressed_as_the_client_likes() {
    let test = TestApp::start(app()).await;
    for coding in ["gzip", "br", "zstd"] {
        let ask = test.client().get("/v1/texts").header("accept-encoding", coding);
        let response = ask.send().await;
        assert_eq!(response.header("content-encoding"), coding);
        assert!(response.body.len() < 500);
    }
    let plain = test.client().get("/v1/texts").send().await;
    assert_eq!((plain.header("content-encoding"), plain.body.len() > 5000), ("", true));
}

#[tokio::test]
async fn events_are_pushed() {
    let test = TestApp::start(app()).await;
    let response = test.client().get("/v1/events").send().await;
    assert_eq!(response.header("content-type"), "text/event-stream");
    let wanted = "event: count\ndata: {\"count\":1}\n\nevent: count\ndata: {\"count\":2}\n\n";
    assert!(response.text().ends_with(wanted), "{}", response.text());
}

#[tokio::test]
async fn an_upload_is_one_file_within_its_limit() {
    let test = TestApp::start(app()).await;
    let post = |files: &[(&str, &str, &[u8])]| test.client().post("/v1/files").files(files).send();
    let one = post(&[("file", "a.jpg", b"12345")]).await;
    assert_eq!(one.json()["count"], 5);
    let two = post(&[("file", "a.jpg", b"1"), ("file", "b.jpg", b"2")]).await;
    check(&two, 422, "invalid_request");
    check(&post(&[]).await, 422, "invalid_request");
    check(&post(&[("photo", "a.jpg", b"1")]).await, 422, "invalid_request");
    let large = post(&[("file", "a.jpg", &vec![1; 70 << 10])]).await;
    check(&large, 413, "body_too_large");
    let json = test.client().post("/v1/files").json(&note("a")).send().await;
    check(&json, 415, "unsupported_media_type");
    let cut = "--b\r\ncontent-disposition: form-data; name=\"file\"\r\n\r\nhalf";
    let cut = test.client().post("/v1/files").body("multipart/form-data; boundary=b", cut);
    check(&cut.send().await, 400, "malformed_body");
}

#[tokio::test]
async fn the_manifest_holds_what_the_stages_can_answer() {
    let manifest = app().manifest().unwrap();
    let keep = manifest.operations.iter().find(|o| o.id == "notes.keep").unwrap();
    let codes: Vec<_> = keep.problems.iter().map(|p| format!("{} {}", p.status, p.code)).collect();
    insta::assert_snapshot!(codes.join("\n"), @r"
    400 idempotency_key_missing
    400 malformed_body
    401 unauthenticated
    406 not_acceptable
    408 body_timeout
    409 idempotency_in_progress
    409 note_kept
    413 body_too_large
    415 unsupported_media_type
    422 idempotency_key_reused
    422 invalid_request
    429 rate_limited
    500 internal
    503 deadline_exceeded
    503 overloaded
    503 unavailable
    ");
    assert_eq!(keep.deadline_ms, Duration::from_secs(30).as_millis() as u64);
}
