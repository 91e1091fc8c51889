//! The database behind a real PgBouncer in transaction mode, which hands each transaction whatever
//! server connection is free.
//!
//! Where no PgBouncer is installed this says so and proves nothing; in CI it must be there.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use jewel_core::db::{Db, Settings};
use jewel_core::testing::TestDb;
use jewel_core::{Id, Tx};
use tempfile::TempDir;
use tokio::net::UnixStream;
use tokio::time::{Instant, timeout};

const PROGRAM: &str = "pgbouncer";

struct Bouncer {
    child: Child,
    folder: TempDir,
}

impl Drop for Bouncer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Bouncer {
    /// One before the server whose socket is in `server`; `None` where there is none to start.
    fn start(server: &str) -> Option<Self> {
        let folder = tempfile::Builder::new().prefix("jb").tempdir_in("/tmp").unwrap();
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o777)).unwrap();
        let at = folder.path().display();
        let config = format!(
            "[databases]\n* = host={server} port=5432\n\n[pgbouncer]\nlisten_addr =\n\
             listen_port = 6432\nunix_socket_dir = {at}\nauth_type = trust\n\
             auth_file = {at}/users\npool_mode = transaction\ndefault_pool_size = 2\n"
        );
        write(&folder.path().join("ini"), &config);
        write(&folder.path().join("users"), "\"jewel_app\" \"\"\n");
        let mut command = Command::new(PROGRAM);
        // It refuses to be root, and the server's socket is its user's alone.
        let owner = fs::metadata(server).unwrap().uid();
        if owner != fs::metadata("/proc/self").unwrap().uid() {
            command.args(["-u", &name(owner)]);
        }
        let child = command.arg(folder.path().join("ini")).stderr(Stdio::null()).spawn();
        match child {
            Ok(child) => Some(Self { child, folder }),
            Err(_) if std::env::var_os("CI").is_none() => {
                eprintln!("no {PROGRAM} is installed: nothing is proven");
                None
            }
            Err(error) => panic!("{PROGRAM}: {error}"),
        }
    }

    async fn ready(&self) {
        let socket = self.folder.path().join(".s.PGSQL.6432");
        let begun = Instant::now();
        while UnixStream::connect(&socket).await.is_err() {
            assert!(begun.elapsed() < Duration::from_secs(10), "{PROGRAM} is not ready");
            tokio::task::yield_now().await;
        }
    }
}

fn write(path: &Path, text: &str) {
    fs::write(path, text).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(0o644)).unwrap();
}

/// The name of a user.
fn name(uid: u32) -> String {
    let all = fs::read_to_string("/etc/passwd").unwrap();
    let of = |line: &str| line.split(':').nth(2) == Some(&uid.to_string());
    all.lines().find(|line| of(line)).and_then(|l| l.split(':').next()).unwrap().to_owned()
}

/// The part of a URL between `name=` and the next `&`.
fn parameter<'u>(url: &'u str, name: &str) -> &'u str {
    let (_, rest) = url.split_once(&format!("{name}=")).unwrap();
    rest.split('&').next().unwrap()
}

async fn sum(tx: &mut Tx, numbers: &[i32]) -> i64 {
    let query = sqlx::query_scalar("select sum(n) from unnest($1::int[]) n");
    query.bind(numbers).fetch_one(tx).await.unwrap()
}

#[tokio::test]
async fn no_statement_is_named_and_every_transaction_is_its_accounts() {
    let test = TestDb::new(None).await;
    let socket = parameter(test.url(), "host");
    let Some(bouncer) = Bouncer::start(socket) else { return };
    bouncer.ready().await;
    let database = test.url().split('?').next().unwrap().rsplit('/').next().unwrap();
    let folder = bouncer.folder.path().display();
    let url =
        format!("postgres://jewel_app@localhost:6432/{database}?host={folder}&sslmode=disable");
    let settings = Settings { pgbouncer: true, connections: 8, ..Settings::default() };
    // Two pools number their statements alike, so that named ones would collide.
    let pools = [0, 1].map(|_| Db::new(&url, "test", &settings).unwrap());
    let mut working = Vec::new();
    for round in 0..40 {
        let db = pools[round % 2].clone();
        working.push(tokio::spawn(async move {
            let account = Id::new();
            let mut tx = db.begin(Some(account)).await.unwrap();
            let set = sqlx::query_scalar::<_, String>("select current_setting('jewel.account')");
            assert_eq!(set.fetch_one(&mut tx).await.unwrap(), account.to_string());
            assert_eq!(sum(&mut tx, &[1, 2, 3]).await, 6);
            tx.commit().await.unwrap();
            for n in 0..20_i64 {
                let alone = sqlx::query_scalar::<_, i64>("select $1::bigint + 1").bind(n);
                assert_eq!(alone.fetch_one(&db).await.unwrap(), n + 1);
            }
        }));
    }
    for work in working {
        timeout(Duration::from_secs(30), work).await.unwrap().unwrap();
    }
    let leaked = sqlx::query_scalar::<_, String>("select current_setting('jewel.account', true)");
    let mut tx = pools[0].begin(None).await.unwrap();
    assert_eq!(leaked.fetch_one(&mut tx).await.unwrap(), "", "nothing outlives its transaction");
}
