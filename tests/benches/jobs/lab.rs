//! The PostgreSQL that all contenders share, and a new database for each of them.
//!
//! The server is made anew for every run and is gone afterwards. It measures nothing but WAL.

use std::error::Error;
use std::fs;
use std::future::Future;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use jewel_core::db::{self, Cluster, Embedded};
use sqlx::postgres::{PgConnection, PgRow};
use sqlx::{AssertSqlSafe, Connection, Row};
use tokio::runtime::Runtime;

pub type Fault = Box<dyn Error + Send + Sync>;
pub type Result<T, E = Fault> = std::result::Result<T, E>;

/// The settings that decide what a commit costs; they are told with the figures.
const TOLD: [&str; 6] = [
    "server_version",
    "fsync",
    "synchronous_commit",
    "full_page_writes",
    "shared_buffers",
    "max_wal_size",
];

/// The server, and a runtime to reach it by.
pub struct Lab {
    runtime: Runtime,
    cluster: Cluster,
    server: Option<Embedded>,
    folder: PathBuf,
}

impl Lab {
    /// Makes a cluster in cargo's target folder; what another run left there is thrown away.
    pub fn start() -> Result<Self> {
        observed()?;
        let folder = folder()?;
        let cluster = Cluster::project(&folder);
        Embedded::stop_cluster(&cluster)?;
        let away = fs::read_to_string(cluster.folder().join("place")).ok();
        for old in away.iter().filter_map(|text| text.lines().next()).map(Path::new) {
            remove(old)?;
        }
        remove(cluster.folder())?;
        let server = Some(Embedded::start(&cluster)?);
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
        Ok(Self { runtime, cluster, server, folder })
    }

    /// Stops the server and starts it again, for settings that ask for it.
    pub fn restart(&mut self) -> Result<()> {
        if let Some(server) = self.server.take() {
            server.stop()?;
        }
        self.server = Some(Embedded::start(&self.cluster)?);
        Ok(())
    }

    /// A folder of this bench, in cargo's.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    pub fn on<T>(&self, future: impl Future<Output = T>) -> T {
        self.runtime.block_on(future)
    }

    pub fn url(&self, database: &str) -> String {
        self.server.as_ref().map(|server| server.url(database)).unwrap_or_default()
    }

    /// An empty database in the place of the one of this name.
    pub fn fresh(&self, database: &str) -> Result<String> {
        let root = self.url("postgres");
        self.execute(&root, &format!("drop database if exists {database} with (force)"))?;
        self.execute(&root, &format!("create database {database}"))?;
        Ok(self.url(database))
    }

    /// One with the framework's tables.
    pub fn fresh_jewel(&self) -> Result<String> {
        let url = self.fresh("jewel_bench")?;
        self.on(db::migrate(&url, None))?;
        Ok(url)
    }

    /// Before a drain: no vacuum is due and no page is dirty.
    pub fn tidy(&self, url: &str) -> Result<()> {
        self.execute(url, "vacuum analyze")?;
        self.execute(url, "checkpoint")
    }

    pub fn execute(&self, url: &str, sql: &str) -> Result<()> {
        let sql = AssertSqlSafe(sql.to_owned());
        self.on(async {
            let mut connection = PgConnection::connect(url).await?;
            sqlx::raw_sql(sql).execute(&mut connection).await?;
            Ok(connection.close().await?)
        })
    }

    /// The one row of a query.
    pub fn row(&self, url: &str, sql: &str) -> Result<PgRow> {
        let sql = AssertSqlSafe(sql.to_owned());
        self.on(async {
            let mut connection = PgConnection::connect(url).await?;
            let row = sqlx::query(sql).fetch_one(&mut connection).await?;
            connection.close().await?;
            Ok(row)
        })
    }

    pub fn number(&self, url: &str, sql: &str) -> Result<i64> {
        Ok(self.row(url, sql)?.try_get(0)?)
    }

    /// How many bytes of WAL there ever were.
    pub fn wal(&self) -> Result<i64> {
        let sql = "select (pg_current_wal_insert_lsn() - '0/0'::pg_lsn)::bigint";
        self.number(&self.url("postgres"), sql)
    }

    /// What runs here.
    pub fn about(&self) -> Result<String> {
        let settings = TOLD.map(|name| format!("'{name} ' || current_setting('{name}')"));
        let sql = format!("select concat_ws(', ', {})", settings.join(", "));
        let settings: String = self.row(&self.url("postgres"), &sql)?.try_get(0)?;
        let cores = std::thread::available_parallelism()?;
        Ok(format!("PostgreSQL: {settings}; {cores} cores for everybody"))
    }
}

impl Drop for Lab {
    fn drop(&mut self) {
        if let Some(server) = self.server.take() {
            let home = server.folder().to_path_buf();
            if let Err(error) = server.stop() {
                eprintln!("the server was not stopped: {error}");
                return;
            }
            let _ = fs::remove_dir_all(home);
        }
        let _ = fs::remove_dir_all(self.cluster.folder());
    }
}

/// A job has its span and its figures as in production; workers do not say that they come and go.
pub fn observed() -> Result<()> {
    let filter = "info,jewel_core::job::worker=warn,jewel_core::job::claim=warn,sqlx=error";
    let filter = filter.to_owned();
    jewel_core::observe::log(&jewel_core::observe::Settings { filter, ..Default::default() })?;
    let _ = jewel_core::observe::meter();
    Ok(())
}

/// In cargo's target folder, which is there for such things.
fn folder() -> Result<PathBuf> {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("bench-jobs");
    fs::create_dir_all(&folder)?;
    Ok(folder)
}

fn remove(folder: &Path) -> Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(error.into()),
        _ => Ok(()),
    }
}
