//! The pool of connections, and how a connection is prepared for the application's role.

use std::sync::Arc;
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgConnection, PgPoolOptions};
use sqlx::{AssertSqlSafe, Connection, PgPool, Row};

use super::{Error, Settings, Tx};
use crate::crypto::KeyRing;
use crate::id::Id;
use crate::tenant::Account;

/// After this time without use a connection is asked whether it is still there.
const IDLE: Duration = Duration::from_secs(1);

/// The database.
#[derive(Debug, Clone)]
pub struct Db {
    pool: PgPool,
    named: bool,
    /// What each transaction begins with, up to the account.
    begin: Arc<str>,
    /// By which what is written to it is sealed, where that is wanted.
    keys: Option<KeyRing>,
}

impl Db {
    /// A pool on the server at `url`; it connects when it is first used.
    ///
    /// # Errors
    /// Where the URL is none.
    pub fn new(url: &str, application: &str, settings: &Settings) -> Result<Self, Error> {
        let mut options: PgConnectOptions = url.parse()?;
        options = options.application_name(application);
        let timeout = settings.statement_timeout.get().as_millis();
        let mut pool = PgPoolOptions::new()
            .max_connections(settings.connections)
            .acquire_timeout(settings.acquire_timeout.get())
            .test_before_acquire(false)
            .before_acquire(|connection, about| Box::pin(alive(connection, about.idle_for)));
        let begin = if settings.pgbouncer {
            // PgBouncer refuses a connection that says this; the server means it anyway.
            options = options.extra_float_digits(None).statement_cache_capacity(0);
            format!("begin; set local statement_timeout = {timeout}; ")
        } else {
            options = options.options([("statement_timeout", timeout.to_string())]);
            pool = pool.after_connect(|connection, _| {
                let become_app = sqlx::raw_sql("set role jewel_app").execute(connection);
                Box::pin(async move { become_app.await.map(drop) })
            });
            "begin; ".to_owned()
        };
        Ok(Self {
            pool: pool.connect_lazy_with(options),
            named: !settings.pgbouncer,
            begin: begin.into(),
            keys: None,
        })
    }

    /// The same database, with keys for what is sealed in it: the arguments of encrypted jobs. Its
    /// transactions have them too.
    #[must_use]
    pub fn with_keys(mut self, keys: KeyRing) -> Self {
        self.keys = Some(keys);
        self
    }

    /// The keys for what is sealed in it.
    pub fn keys(&self) -> Option<&KeyRing> {
        self.keys.as_ref()
    }

    /// Opens a transaction that sees the rows of `account`, or of nobody.
    ///
    /// # Errors
    /// [`Error::Exhausted`] where no connection is free in time.
    pub async fn begin(&self, account: Option<Id<Account>>) -> Result<Tx, Error> {
        let begin = &self.begin;
        // The identifier is a parsed UUID: nothing in it can end the literal.
        let sql = match account {
            Some(account) => format!("{begin}set local jewel.account = '{account}'"),
            None => format!("{begin}set local jewel.account = ''"),
        };
        let inner = self.pool.begin_with(AssertSqlSafe(sql)).await?;
        Ok(Tx::new(inner, account, self.named, self.keys.clone()))
    }

    /// The pool itself, for what transactions do not cover: listening, say.
    pub fn pool(&self) -> &PgPool {
        &self.pool
    }

    pub(super) fn named(&self) -> bool {
        self.named
    }

    /// Whether the server answers, and the role may not pass row-level security.
    ///
    /// # Errors
    /// [`Error::Exhausted`] where it does not answer in time.
    pub async fn check(&self) -> Result<Standing, Error> {
        let row = sqlx::query(
            "select session_user::text, rolsuper or rolbypassrls, \
                current_setting('server_version_num')::int \
             from pg_roles where rolname = session_user",
        )
        .fetch_one(self)
        .await?;
        Ok(Standing { role: row.try_get(0)?, unbound: row.try_get(1)?, version: row.try_get(2)? })
    }
}

/// Whether a connection can be used. It answered when it came back to the pool, so that only one
/// that was idle for long is asked again: a round trip less for everybody.
async fn alive(connection: &mut PgConnection, idle: Duration) -> sqlx::Result<bool> {
    if idle > IDLE {
        connection.ping().await?;
    }
    Ok(true)
}

/// What a connection stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// The role that logged in.
    pub role: String,
    /// Whether row-level security does not bind it.
    pub unbound: bool,
    /// The server's version as a number: 150018 is 15.18.
    pub version: i32,
}

/// A role's or database's name as an SQL identifier.
pub(super) fn quoted(role: &str) -> Result<String, Error> {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    if role.is_empty() || !role.chars().all(plain) {
        return Err(Error::Role(role.to_owned()));
    }
    Ok(format!("\"{role}\""))
}
