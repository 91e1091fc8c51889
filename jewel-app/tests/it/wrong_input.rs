//! Wrong input: each gets its own 4xx, and leaves nothing behind.

use jewel_core::testing::{Response, TestApp};
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::person::{Person, swift};
use super::{photo, picture};

async fn nothing_is_left(test: &TestApp) {
    assert_eq!(photo::stored(test).await, 0, "objects");
    let mut owner = test.db().owner().await;
    let rows = "select (select count(*) from photos) + (select count(*) from shots) \
        + (select count(*) from jewel.job)";
    let rows: i64 = sqlx::query_scalar(rows).fetch_one(&mut owner).await.unwrap();
    assert_eq!(rows, 0, "rows");
}

#[tokio::test]
async fn files_that_are_no_photos() {
    let test = swift(&[]).await;
    let ada = Person::new(&test, "ada").await;
    let (words, ring, plain) = (b"just a text, whatever it is called", picture::ring(), vec![7; 9]);
    for (name, bytes, expected) in [
        ("text.jpg", &words[..], (415, "photo_unsupported")),
        ("nine-bytes.jpg", &plain, (415, "photo_unsupported")),
        ("cut.jpg", &picture::cut(&ring), (422, "photo_damaged")),
        ("cut.png", &picture::cut(&picture::plain(300, 300)), (422, "photo_damaged")),
        ("bomb.png", &picture::bomb(), (422, "photo_too_many_pixels")),
        ("small.png", &picture::plain(10, 10), (422, "photo_too_small")),
        ("empty.jpg", b"", (422, "photo_empty")),
    ] {
        let form = ada.client.post("/v1/photos").files(&[(picture::FIELD, name, bytes)]);
        let (status, code) = form.send().await.problem();
        assert_eq!((status, code.as_str()), expected, "{name}");
    }
    nothing_is_left(&test).await;
}

#[tokio::test]
async fn forms_that_are_wrong() {
    let test = swift(&["app.photo.max_size=1kB"]).await;
    let ada = Person::new(&test, "ada").await;
    let small = picture::plain(64, 64);
    let upload = |files: &[(&str, &str, &[u8])]| ada.client.post("/v1/photos").files(files);
    let invalid = (422, "invalid_request".to_owned());
    let many = vec![(picture::FIELD, "ring.png", &small[..]); 101];
    assert_eq!(upload(&many).send().await.problem(), invalid, "101 photos");
    assert_eq!(upload(&[]).send().await.problem(), invalid, "no photo");
    assert_eq!(
        upload(&[("other", "a.png", &small)]).send().await.problem(),
        invalid,
        "other field"
    );
    let large = upload(&[(picture::FIELD, "ring.jpg", &picture::ring())]).send().await;
    assert_eq!(large.problem(), (413, "photo_too_large".to_owned()));
    let json = ada.client.post("/v1/photos").json(&json!({ "photo": "…" })).send().await;
    assert_eq!(json.problem(), (415, "unsupported_media_type".to_owned()));
    let media = format!("multipart/form-data; boundary={}", "b");
    let cut = ada.client.post("/v1/photos").body(&media, "--b\r\nContent-Disposition: form");
    assert_eq!(cut.send().await.problem(), (400, "malformed_body".to_owned()));
    nothing_is_left(&test).await;
}

/// Where the violations of a 422 are, and which rules they broke.
fn violations(response: &Response) -> Vec<(String, String)> {
    assert_eq!(response.problem(), (422, "invalid_request".to_owned()));
    let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
    let json = response.json();
    let each = json["violations"].as_array().unwrap().iter();
    let mut all: Vec<_> = each.map(|it| (text(&it["at"]), text(&it["rule"]))).collect();
    all.sort();
    all
}

#[tokio::test]
async fn bodies_that_are_wrong() {
    let test = swift(&[]).await;
    let client = test.client();
    let broken = client.post("/v1/accounts").body("application/json", "{\"email\": ").send().await;
    assert_eq!(broken.problem(), (400, "malformed_body".to_owned()));
    let three = json!({ "email": 7, "pasword": "correct horse battery" });
    let three = client.post("/v1/accounts").json(&three).send().await;
    let at = |at: &str, rule: &str| (at.to_owned(), rule.to_owned());
    assert_eq!(
        violations(&three),
        [at("/email", "type"), at("/password", "required"), at("/pasword", "unknown")]
    );
    let rules = json!({ "email": "ada", "password": "short" });
    let rules = client.post("/v1/accounts").json(&rules).send().await;
    assert_eq!(violations(&rules), [at("/email", "rule"), at("/password", "rule")]);
    nothing_is_left(&test).await;
}

#[tokio::test]
async fn orders_and_lists_that_are_wrong() {
    let test = swift(&[]).await;
    let ada = Person::new(&test, "ada").await;
    let path = "/v1/photos/0198c0de-0000-7000-8000-000000000001/shots";
    let order = |body| ada.client.post(path).key("one").json(&body);
    let keyless = ada.client.post(path).json(&json!({ "style": "noir" })).send().await;
    assert_eq!(keyless.problem(), (400, "idempotency_key_missing".to_owned()));
    let nul = order(json!({ "style": "noir", "note": "a\0b" })).send().await;
    assert_eq!(violations(&nul).len(), 1);
    let long = order(json!({ "style": "noir", "note": "é".repeat(501) })).send().await;
    assert_eq!(violations(&long).len(), 1);
    let nothing = order(json!({ "style": "noir" })).send().await;
    assert_eq!(nothing.problem(), (404, "photo_not_found".to_owned()));
    for query in ["limit=0", "limit=101", "limit=x", "after=x", "page=2"] {
        let refused = ada.client.get(format!("/v1/shots?{query}")).send().await;
        assert_eq!(violations(&refused).len(), 1, "{query}");
    }
    let format = "/v1/shots/0198c0de-0000-7000-8000-000000000001/download?format=png";
    assert_eq!(violations(&ada.client.get(format).send().await).len(), 1);
    for (path, code) in [("/v1/shots/no-id", "not_found"), ("/v1/nothing", "not_found")] {
        assert_eq!(ada.client.get(path).send().await.problem(), (404, code.to_owned()));
    }
    assert_eq!(ada.credits().await, (100, 0));
    nothing_is_left(&test).await;
}

#[tokio::test]
async fn a_body_over_the_limit_that_comes_piece_by_piece() {
    let test = swift(&[]).await;
    let mut socket = TcpStream::connect(test.listen().await).await.unwrap();
    let head = "POST /v1/accounts HTTP/1.1\r\nHost: test\r\nContent-Type: application/json\r\n\
        Transfer-Encoding: chunked\r\n\r\n";
    socket.write_all(head.as_bytes()).await.unwrap();
    let piece = format!("10000\r\n{}\r\n", " ".repeat(0x10000));
    for _ in 0..6 {
        // The server may have answered and closed by now.
        if socket.write_all(piece.as_bytes()).await.is_err() {
            break;
        }
        tokio::task::yield_now().await;
    }
    let _ = socket.write_all(b"0\r\n\r\n").await;
    let mut answer = vec![0; 4096];
    let length = socket.read(&mut answer).await.unwrap();
    let answer = String::from_utf8_lossy(&answer[..length]).into_owned();
    assert!(answer.starts_with("HTTP/1.1 413"), "{answer}");
    nothing_is_left(&test).await;
}
