//! Databases that are made, asked and dropped: what entities mean, and what migrations lead to, is
//! PostgreSQL's to say.

use std::str::FromStr;
use std::sync::atomic::{AtomicU64, Ordering};

use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, PgConnection};

use crate::db::{self, Cluster, Embedded};

static NUMBER: AtomicU64 = AtomicU64::new(0);

/// A server on which databases are made and dropped.
#[derive(Debug)]
pub struct Scratch {
    admin: PgConnection,
    server: PgConnectOptions,
    /// A database with the framework's own tables; the others are copies of it.
    base: String,
    made: Vec<String>,
}

/// A database that lasts as long as its [`Scratch`].
#[derive(Debug)]
pub struct Made {
    /// Its URL, as the owner.
    pub url: String,
    /// A connection as the owner.
    pub connection: PgConnection,
}

impl Scratch {
    /// On the server at `url`, or on a private one that never waits for the disk. It needs a role
    /// that may make databases.
    ///
    /// # Errors
    /// Where the server cannot be reached or started, or the framework's tables not be made.
    pub async fn new(url: Option<&str>) -> Result<Self, db::Error> {
        let url = if let Some(url) = url {
            url.to_owned()
        } else {
            let start = || Embedded::start(&Cluster::tests_of_this_build());
            let started = tokio::task::spawn_blocking(start).await;
            let started = started.map_err(|error| sqlx::Error::Io(error.into()))?;
            started?.url("postgres")
        };
        let server = PgConnectOptions::from_str(&url)?.disable_statement_logging();
        let admin = PgConnection::connect_with(&server).await?;
        let mut scratch = Self { admin, server, base: String::new(), made: Vec::new() };
        let base = scratch.create(None).await?;
        let migrated = db::migrate(&base.url, None).await;
        base.connection.close().await?;
        migrated?;
        scratch.base = scratch.made[0].clone();
        Ok(scratch)
    }

    /// A new database with the framework's tables and nothing else.
    ///
    /// # Errors
    /// Where the server cannot be reached, or refuses.
    pub async fn database(&mut self) -> Result<Made, db::Error> {
        let base = self.base.clone();
        self.create(Some(&base)).await
    }

    async fn create(&mut self, template: Option<&str>) -> Result<Made, db::Error> {
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let name = format!("jewel_scratch_{}_{number}", std::process::id());
        let from = template.map(|t| format!(" template {t} strategy file_copy"));
        let from = from.unwrap_or_default();
        self.execute(format!("drop database if exists {name} with (force)")).await?;
        self.execute(format!("create database {name}{from}")).await?;
        self.made.push(name.clone());
        let url = self.server.clone().database(&name).to_url_lossy().to_string();
        let connection = db::owner(&url).await?;
        Ok(Made { url, connection })
    }

    async fn execute(&mut self, sql: String) -> Result<(), db::Error> {
        sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut self.admin).await?;
        Ok(())
    }

    /// Drops everything that was made.
    ///
    /// # Errors
    /// Where the server cannot be reached any more.
    pub async fn close(mut self) -> Result<(), db::Error> {
        for name in std::mem::take(&mut self.made) {
            self.execute(format!("drop database if exists {name} with (force)")).await?;
        }
        self.admin.close().await?;
        Ok(())
    }
}

impl Made {
    /// Runs statements.
    ///
    /// # Errors
    /// What the server says of the first that is wrong.
    pub async fn run(&mut self, sql: &str) -> Result<(), db::Error> {
        sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).execute(&mut self.connection).await?;
        Ok(())
    }
}
