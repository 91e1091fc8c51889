//! The server is killed after the database has committed and before anybody has heard of it.
//!
//! A relay between the two holds the answer to the COMMIT back. Whoever sends the request again,
//! with its key, is given the answer to the order that is there.

use std::io;
use std::net::TcpListener as Port;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use jewel_app::shot::jobs::Render;
use jewel_core::testing::TestApp;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpStream, UnixListener, UnixStream};
use tokio::sync::Notify;
use tokio::time::{Instant, timeout};

use super::person::{Person, swift};

/// How long anything may take before the test fails.
const PATIENCE: Duration = Duration::from_secs(30);
/// How PostgreSQL is told by sqlx: a simple query.
const COMMIT: &[u8] = b"COMMIT\0";

/// A socket that passes everything on to PostgreSQL's, and holds one answer back.
struct Relay {
    folder: TempDir,
    armed: Arc<AtomicBool>,
    held: Arc<Notify>,
}

impl Relay {
    /// One before the server whose socket is in `server`.
    fn start(server: &str) -> Self {
        let folder = tempfile::Builder::new().prefix("jr").tempdir_in("/tmp").unwrap();
        let listener = UnixListener::bind(folder.path().join(".s.PGSQL.5432")).unwrap();
        let (armed, held) = (Arc::new(AtomicBool::new(false)), Arc::new(Notify::new()));
        let (behind, arm, tell) = (socket(server), Arc::clone(&armed), Arc::clone(&held));
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let server = UnixStream::connect(&behind).await.unwrap();
                tokio::spawn(relay(client, server, Arc::clone(&arm), Arc::clone(&tell)));
            }
        });
        Self { folder, armed, held }
    }
}

/// Passes on until one side ends, or for ever withholds the answer to a COMMIT.
async fn relay(
    mut client: UnixStream,
    mut server: UnixStream,
    armed: Arc<AtomicBool>,
    held: Arc<Notify>,
) -> io::Result<()> {
    let (mut asked, mut answered) = (vec![0; 64 << 10], vec![0; 64 << 10]);
    let mut holds = false;
    loop {
        tokio::select! {
            size = client.read(&mut asked) => match size? {
                0 => return Ok(()),
                size => {
                    let said = &asked[..size];
                    holds |= said.ends_with(COMMIT) && armed.swap(false, Ordering::Relaxed);
                    server.write_all(said).await?;
                }
            },
            size = server.read(&mut answered) => match size? {
                0 => return Ok(()),
                _ if holds => held.notify_one(),
                size => client.write_all(&answered[..size]).await?,
            },
        }
    }
}

fn socket(folder: &str) -> PathBuf {
    Path::new(folder).join(".s.PGSQL.5432")
}

/// The real program, answering requests and leaving jobs to others.
struct Server {
    child: Child,
    port: u16,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Server {
    async fn start(home: &Path, url: &str) -> Self {
        let port = || Port::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let (api, admin) = (port(), port());
        let child = Command::new(env!("CARGO_BIN_EXE_jewel-app"))
            .args(["serve", "--role=api", "--dev"])
            .arg(format!("--set=http.listen=127.0.0.1:{api}"))
            .arg(format!("--set=http.admin_listen=127.0.0.1:{admin}"))
            .env("DATABASE_URL", url)
            .current_dir(home)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let begun = Instant::now();
        while TcpStream::connect(("127.0.0.1", api)).await.is_err() {
            assert!(begun.elapsed() < PATIENCE, "the server does not answer");
            tokio::task::yield_now().await;
        }
        Self { child, port: api }
    }
}

/// What is answered, head and all, until the connection ends.
async fn post(port: u16, path: &str, headers: &str, body: &Value) -> String {
    let body = body.to_string();
    let request = format!(
        "POST {path} HTTP/1.1\r\nhost: a\r\nconnection: close\r\n{headers}\
         content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    let mut stream = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    // A server that dies may reset the connection: that, too, is no answer.
    let _ = timeout(PATIENCE, stream.read_to_string(&mut answer)).await.unwrap();
    answer
}

/// Logs in and orders a shot, always with the same key.
async fn order(port: u16, photo: &str) -> String {
    let form = json!({ "email": "ada@example.com", "password": "correct horse battery" });
    let session = post(port, "/v1/sessions", "", &form).await;
    let session: Value = serde_json::from_str(body(&session)).unwrap();
    let token = session["token"].as_str().unwrap();
    let headers = format!("authorization: Bearer {token}\r\nidempotency-key: one\r\n");
    post(port, &format!("/v1/photos/{photo}/shots"), &headers, &json!({ "style": "noir" })).await
}

fn body(answer: &str) -> &str {
    answer.split_once("\r\n\r\n").unwrap_or_else(|| panic!("{answer}")).1
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_a_kill_swallowed_is_replayed() {
    let test: TestApp = swift(&[]).await;
    let ada = Person::new(&test, "ada").await;
    let photo = ada.photo().await;
    let home = tempfile::tempdir().unwrap();
    let url = test.db().url();
    let (before, host) = url.split_once("host=").unwrap();
    let (server, after) = host.split_once('&').map_or((host, ""), |(host, rest)| (host, rest));
    let relay = Relay::start(server);
    let through = format!("{before}host={}&{after}", relay.folder.path().display());

    let mut first = Server::start(home.path(), &through).await;
    let port = first.port;
    relay.armed.store(true, Ordering::Relaxed);
    let kill = async {
        timeout(PATIENCE, relay.held.notified()).await.unwrap();
        first.child.kill().unwrap();
    };
    let (answer, ()) = tokio::join!(order(port, &photo), kill);
    assert_eq!(answer, "", "killed before it could answer");

    let second = Server::start(home.path(), url).await;
    let answer = order(second.port, &photo).await;
    assert!(answer.starts_with("HTTP/1.1 202"), "{answer}");
    assert!(answer.contains("\r\nidempotent-replayed: true\r\n"), "{answer}");
    let told: Value = serde_json::from_str(body(&answer)).unwrap();
    let shots = ada.get("/v1/shots").await;
    assert_eq!(shots["items"].as_array().unwrap().len(), 1);
    assert_eq!(shots["items"][0]["id"], told["id"]);
    assert_eq!(ada.credits().await, (90, 10));
    assert_eq!(test.enqueued::<Render>().await.len(), 1);
}
