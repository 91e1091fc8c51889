//! A migrated database of its own for each test, in tens of milliseconds.
//!
//! The first test of a set of migrations makes a template on a private server that never waits for
//! the disk; every test copies it. Copies of runs that are over are dropped when the next one
//! begins, so that a failed test's data can be looked at.

use std::sync::atomic::{AtomicU64, Ordering};

use sha2::{Digest, Sha256};
use sqlx::migrate::Migrator;
use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection};
use tokio::sync::OnceCell;

use super::must;
use crate::db::{self, Cluster, Db, Embedded, FRAMEWORK, Settings, name};

/// A database of its own.
#[derive(Debug)]
pub struct TestDb {
    url: String,
}

static SERVER: OnceCell<String> = OnceCell::const_new();
static NUMBER: AtomicU64 = AtomicU64::new(0);

/// The URL of the server's maintenance database; what other runs left is dropped meanwhile.
async fn server() -> &'static str {
    SERVER
        .get_or_init(async || {
            let start = || Embedded::start(&Cluster::tests_of_this_build());
            let started = must("starting", tokio::task::spawn_blocking(start).await);
            let url = must("the private PostgreSQL for tests", started).url("postgres");
            let server = url.clone();
            // Nobody waits for it: what is not dropped when this process ends, the next one drops.
            std::thread::spawn(move || {
                let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
                must("a runtime", runtime).block_on(sweep(&server));
            });
            url
        })
        .await
}

impl TestDb {
    /// A database with the framework's tables and those of `migrations`.
    ///
    /// # Panics
    /// Where the private server cannot be started or the migrations do not run.
    pub async fn new(migrations: Option<&'static Migrator>) -> Self {
        let server = server().await;
        let fingerprint = fingerprint(migrations);
        let template = name::template(&fingerprint);
        let copy =
            name::copy(&fingerprint, std::process::id(), NUMBER.fetch_add(1, Ordering::Relaxed));
        let mut admin = must("connecting", PgConnection::connect(server).await);
        let made = make(&mut admin, server, &template, migrations).await;
        must("making the template", made);
        let sql = format!("create database \"{copy}\" template \"{template}\" strategy file_copy");
        must("copying the template", execute(&mut admin, sql).await);
        must("closing", admin.close().await);
        Self { url: at(server, &copy) }
    }

    /// Its URL, as the owner.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// A pool on it, in the application's role.
    ///
    /// # Panics
    /// Never: the URL is one.
    pub fn db(&self) -> Db {
        must("the test database's URL", Db::new(&self.url, "test", &Settings::default()))
    }

    /// A connection as the owner, whom row-level security does not bind.
    ///
    /// # Panics
    /// Where the server is gone.
    pub async fn owner(&self) -> PgConnection {
        must("connecting", db::owner(&self.url).await)
    }
}

/// What tells one set of migrations from another.
fn fingerprint(migrations: Option<&Migrator>) -> Vec<u8> {
    let mut hash = Sha256::new();
    for migration in FRAMEWORK.iter().chain(migrations.into_iter().flat_map(|m| m.iter())) {
        hash.update(&*migration.checksum);
    }
    hash.finalize().to_vec()
}

/// Makes the template where it is missing; of several processes one does.
async fn make(
    admin: &mut PgConnection,
    server: &str,
    template: &str,
    migrations: Option<&Migrator>,
) -> Result<(), db::Error> {
    let there = "select exists (select from pg_database where datname = $1)";
    let exists = sqlx::query_scalar::<_, bool>(there).bind(template);
    if exists.fetch_one(&mut *admin).await? {
        return Ok(());
    }
    let lock = "select pg_advisory_lock(hashtextextended('jewel.template', 0))";
    sqlx::query(lock).execute(&mut *admin).await?;
    let exists = sqlx::query_scalar::<_, bool>(there).bind(template);
    if !exists.fetch_one(&mut *admin).await? {
        // Under another name until it is whole, so that a killed run leaves no half template.
        let draft = format!("{template}_draft");
        execute(admin, format!("drop database if exists \"{draft}\" with (force)")).await?;
        execute(admin, format!("create database \"{draft}\"")).await?;
        db::migrate(&at(server, &draft), migrations).await?;
        execute(admin, format!("alter database \"{draft}\" rename to \"{template}\"")).await?;
    }
    let unlock = "select pg_advisory_unlock(hashtextextended('jewel.template', 0))";
    sqlx::query(unlock).execute(admin).await?;
    Ok(())
}

/// Drops the copies of processes that are gone.
async fn sweep(server: &str) {
    let options: PgConnectOptions = must("the server's URL", server.parse());
    let quiet = options.disable_statement_logging();
    let mut admin = must("connecting", PgConnection::connect_with(&quiet).await);
    let all = sqlx::query_scalar::<_, String>("select datname from pg_database");
    for database in must("listing databases", all.fetch_all(&mut admin).await) {
        let gone = name::copy_owner(&database).is_some_and(|pid| !alive(pid));
        if gone {
            // Another run may drop it at the same moment.
            let sql = format!("drop database if exists \"{database}\" with (force)");
            let _ = execute(&mut admin, sql).await;
        }
    }
}

/// Whether a process is there; where that cannot be told, it counts as there.
fn alive(pid: u32) -> bool {
    let known = std::path::Path::new("/proc/self").exists();
    !known || std::path::Path::new(&format!("/proc/{pid}")).exists()
}

async fn execute(admin: &mut PgConnection, sql: String) -> Result<(), db::Error> {
    sqlx::raw_sql(AssertSqlSafe(sql)).execute(admin).await?;
    Ok(())
}

/// The URL of another database on the same server.
fn at(server: &str, database: &str) -> String {
    server.replacen("/postgres?", &format!("/{database}?"), 1)
}
