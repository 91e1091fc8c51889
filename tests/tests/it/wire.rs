//! What only a real socket shows: slow bodies, early answers, both protocols, and the drain.

use std::time::Duration;

use jewel_core::testing::TestApp;
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::shop::{app, somebody};

/// How long an answer may take before a test fails.
const PATIENCE: Duration = Duration::from_secs(20);

/// Sends pieces, and reads until the server closes.
async fn talk(test: &TestApp, pieces: &[&[u8]]) -> String {
    let address = test.listen().await;
    let mut stream = TcpStream::connect(address).await.unwrap();
    for piece in pieces {
        // The server may have answered and closed already.
        let _ = stream.write_all(piece).await;
    }
    let mut answer = Vec::new();
    timeout(PATIENCE, stream.read_to_end(&mut answer)).await.unwrap().unwrap();
    String::from_utf8_lossy(&answer).into_owned()
}

fn head(test: &TestApp, length: usize) -> String {
    let token = somebody(test).token().to_owned();
    format!(
        "POST /v1/notes HTTP/1.1\r\nhost: a\r\nauthorization: Bearer {token}\r\n\
         idempotency-key: k\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n"
    )
}

#[tokio::test]
async fn a_body_that_stops_arriving_is_408() {
    let test = TestApp::with(app(), &["http.body_timeout=50ms"]).await;
    let head = head(&test, 100);
    let answer = talk(&test, &[head.as_bytes(), b"{\"title\":"]).await;
    assert!(answer.starts_with("HTTP/1.1 408"), "{answer}");
    assert!(answer.contains("\"code\":\"body_timeout\""), "{answer}");
}

#[tokio::test]
async fn a_body_over_the_limit_is_answered_while_it_is_still_sent() {
    let test = TestApp::start(app()).await;
    let piece = vec![b'x'; 64 << 10];
    let head = head(&test, 640 << 10);
    let mut pieces = vec![head.as_bytes()];
    pieces.extend((0..10).map(|_| piece.as_slice()));
    let answer = talk(&test, &pieces).await;
    assert!(answer.starts_with("HTTP/1.1 413"), "{answer}");
    assert!(answer.contains("connection: close"), "{answer}");
    assert!(answer.contains("\"limit_bytes\":262144"), "{answer}");
}

#[tokio::test]
async fn both_protocols_are_spoken_on_one_port() {
    let test = TestApp::start(app()).await;
    let address = test.listen().await;
    for http2 in [false, true] {
        let stream = TcpStream::connect(address).await.unwrap();
        let io = hyper_util::rt::TokioIo::new(stream);
        let request = http::Request::get(format!("http://{address}/v1/texts"))
            .body(http_body_util::Empty::<bytes::Bytes>::new())
            .unwrap();
        let response = if http2 {
            let executor = hyper_util::rt::TokioExecutor::new();
            let (mut send, line) =
                hyper::client::conn::http2::handshake(executor, io).await.unwrap();
            tokio::spawn(line);
            send.send_request(request).await.unwrap()
        } else {
            let (mut send, line) = hyper::client::conn::http1::handshake(io).await.unwrap();
            tokio::spawn(line);
            send.send_request(request).await.unwrap()
        };
        let version = if http2 { http::Version::HTTP_2 } else { http::Version::HTTP_11 };
        assert_eq!((response.status().as_u16(), response.version()), (200, version));
    }
}

#[tokio::test]
async fn a_request_that_is_under_way_is_answered_before_the_server_ends() {
    let test = TestApp::start(app()).await;
    let address = test.listen().await;
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(b"GET /v1/waits?ms=60000 HTTP/1.1\r\nhost: a\r\n\r\n").await.unwrap();
    while test.in_flight() == 0 {
        tokio::task::yield_now().await;
    }
    drop(test);
    let mut answer = Vec::new();
    timeout(PATIENCE, stream.read_to_end(&mut answer)).await.unwrap().unwrap();
    let answer = String::from_utf8_lossy(&answer);
    assert!(answer.starts_with("HTTP/1.1 503"), "the deadline of 300 ms: {answer}");
    assert!(TcpStream::connect(address).await.is_err(), "nobody listens any more");
}

#[tokio::test]
async fn a_note_is_kept_over_the_wire() {
    let test = TestApp::start(app()).await;
    let body = json!({ "title": "ring", "stars": 1 }).to_string();
    let head = head(&test, body.len()).replace("host: a", "host: a\r\nconnection: close");
    let answer = talk(&test, &[head.as_bytes(), body.as_bytes()]).await;
    assert!(answer.starts_with("HTTP/1.1 201"), "{answer}");
}
