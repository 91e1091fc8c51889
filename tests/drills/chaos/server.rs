//! The drill's own PostgreSQL: durable, made anew, and knocked over on demand.

use std::fs;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::Duration;

use jewel_core::db::{self, Cluster, Embedded};
use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};
use sqlx::{AssertSqlSafe, ConnectOptions};
use tokio::time::sleep;

use super::app::MIGRATIONS;
use super::crew::signal;
use super::{Result, Stamp, now};

const DATABASE: &str = "chaos";

pub struct Server {
    cluster: Cluster,
    folder: PathBuf,
    data: PathBuf,
    url: String,
}

impl Server {
    /// Makes a cluster in `folder`, with a migrated database in it.
    pub async fn start(folder: &Path) -> Result<Self> {
        let cluster = Cluster::project(folder);
        Embedded::stop_cluster(&cluster)?;
        let _ = fs::remove_dir_all(cluster.folder());
        let server = Embedded::start(&cluster)?;
        let (data, url) = (server.folder().join("data"), server.url(DATABASE));
        let root = server.url("postgres");
        let pool = pool(&root, 1)?;
        for sql in [
            format!("drop database if exists {DATABASE} with (force)"),
            format!("create database {DATABASE}"),
        ] {
            sqlx::raw_sql(AssertSqlSafe(sql)).execute(&pool).await?;
        }
        pool.close().await;
        db::migrate(&url, Some(&MIGRATIONS)).await?;
        Ok(Self { cluster, folder: server.folder().to_path_buf(), data, url })
    }

    pub fn url(&self) -> &str {
        &self.url
    }

    /// A pool of the drill's own, as the owner.
    pub fn pool(&self) -> Result<PgPool> {
        pool(&self.url, 4)
    }

    /// Stops it as `pg_ctl -m immediate` does, and starts it again; it recovers from its log. When
    /// it was away.
    pub async fn crash(&self) -> Result<(Stamp, Stamp)> {
        let file = fs::read_to_string(self.data.join("postmaster.pid"))?;
        let process: u32 = file.lines().next().unwrap_or_default().trim().parse()?;
        let began = now();
        signal("QUIT", process)?;
        // While it ends it still answers, if only to say so.
        while signal("0", process)? {
            sleep(Duration::from_millis(20)).await;
        }
        self.ensure().await?;
        Ok((began, now()))
    }

    /// Starts it where it is not running.
    pub async fn ensure(&self) -> Result<()> {
        let cluster = self.cluster.clone();
        tokio::task::spawn_blocking(move || Embedded::start(&cluster)).await??;
        Ok(())
    }

    pub fn remove(self) -> Result<()> {
        Embedded::stop_cluster(&self.cluster)?;
        let _ = fs::remove_dir_all(&self.folder);
        let _ = fs::remove_dir_all(self.cluster.folder());
        Ok(())
    }
}

fn pool(url: &str, most: u32) -> Result<PgPool> {
    let options = PgConnectOptions::from_str(url)?.disable_statement_logging();
    Ok(PgPoolOptions::new().max_connections(most).connect_lazy_with(options))
}
