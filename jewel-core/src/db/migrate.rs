//! Brings a database's schema up to date: the framework's own tables first, then the application's.

use std::time::Duration;

use sqlx::migrate::{MigrateError, Migration, MigrationType, Migrator};
use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use tokio::time::sleep;

use super::Error;
use super::pool::quoted;

/// The framework's own migrations; their tables stand in schema `jewel`.
pub static FRAMEWORK: Migrator = sqlx::migrate!("./migrations");

/// How often it is tried again where a table is locked by somebody else, and after which time. Each
/// try waits a tenth of a second, so that those who come behind it are not held up for longer.
const TRIES: usize = 200;
const AGAIN: Duration = Duration::from_millis(200);

/// Applies what is missing, as the owner, one process at a time.
///
/// # Errors
/// Where the server cannot be reached, a migration fails, an applied one was changed afterwards, or
/// the schema is newer than the program.
pub async fn migrate(owner_url: &str, application: Option<&Migrator>) -> Result<(), Error> {
    let mut connection = owner(owner_url).await?;
    lock(&mut connection).await?;
    let framework = own(&FRAMEWORK, Some("jewel"));
    apply(&mut connection, &framework).await?;
    if let Some(application) = application {
        apply(&mut connection, &own(application, None)).await?;
    }
    // The lock ends with the connection.
    connection.close().await?;
    Ok(())
}

/// Undoes the application's migrations behind `version`, the last one first; their names.
///
/// # Errors
/// [`Error::Lossy`] where that would lose what is in the database and `lossy` does not allow it,
/// [`Error::OneWay`] where one cannot be undone, and as [`migrate`].
pub async fn undo(
    owner_url: &str,
    application: &Migrator,
    version: i64,
    lossy: bool,
) -> Result<Vec<String>, Error> {
    let mut connection = owner(owner_url).await?;
    lock(&mut connection).await?;
    let done = applied(&mut connection, "public._sqlx_migrations").await?;
    let behind = |m: &&Migration| m.version > version && done.contains(&m.version);
    let of = |m: &Migration| format!("{:04} {}", m.version, m.description);
    let (mut names, mut lost) = (Vec::new(), Vec::new());
    for up in application.iter().filter(behind).filter(|m| m.migration_type.is_up_migration()) {
        let down = application
            .iter()
            .find(|m| m.version == up.version && m.migration_type.is_down_migration());
        let Some(down) = down else { return Err(Error::OneWay(of(up))) };
        let loses = down.sql.as_str().lines().filter_map(|line| line.strip_prefix("-- loses "));
        lost.extend(loses.map(ToOwned::to_owned));
        names.insert(0, of(up));
    }
    if !lossy && !lost.is_empty() {
        return Err(Error::Lossy(lost));
    }
    own(application, None).undo(&mut connection, version).await?;
    connection.close().await?;
    Ok(names)
}

/// The version behind which all migrations can be undone.
pub fn undoable(application: &Migrator) -> i64 {
    let ways = application.iter().filter(|m| m.migration_type == MigrationType::Simple);
    ways.map(|migration| migration.version).max().unwrap_or(0)
}

/// The same migrations, without a lock of sqlx's own: those who wait for it would keep an index
/// from being built beside the work, which waits for them.
fn own(migrator: &Migrator, schema: Option<&'static str>) -> Migrator {
    let mut own = Migrator::with_migrations(migrator.iter().cloned().collect());
    own.set_locking(false);
    if let Some(schema) = schema {
        own.create_schema(schema);
        own.dangerous_set_table_name(format!("{schema}.migration"));
    }
    own
}

/// Waits until no other process migrates, without a statement that waits.
async fn lock(connection: &mut PgConnection) -> Result<(), Error> {
    let sql = "select pg_try_advisory_lock(hashtextextended('jewel.migrate', 0))";
    let mut told = false;
    while !sqlx::query_scalar::<_, bool>(sql).fetch_one(&mut *connection).await? {
        if !std::mem::replace(&mut told, true) {
            tracing::info!("another process migrates the database: waiting for it");
        }
        sleep(AGAIN).await;
    }
    Ok(())
}

/// Applies what is missing; again where somebody had a table locked.
async fn apply(connection: &mut PgConnection, migrator: &Migrator) -> Result<(), Error> {
    for _ in 1..TRIES {
        drop_unfinished(connection, migrator).await?;
        match migrator.run_direct(None, &mut *connection, false).await {
            Err(MigrateError::ExecuteMigration(error, version)) if is_locked(&error) => {
                tracing::info!(version, "a table is locked by somebody else: trying again");
                sleep(AGAIN).await;
            }
            done => return Ok(done?),
        }
    }
    Ok(migrator.run_direct(None, connection, false).await?)
}

fn is_locked(error: &sqlx::Error) -> bool {
    let code = error.as_database_error().and_then(sqlx::error::DatabaseError::code);
    code.as_deref() == Some("55P03")
}

/// Drops what is left of indexes whose building was broken off, so that it can begin again.
async fn drop_unfinished(connection: &mut PgConnection, migrator: &Migrator) -> Result<(), Error> {
    let unfinished: Vec<String> = sqlx::query_scalar(
        "select c.oid::regclass::text from pg_index i join pg_class c on c.oid = i.indexrelid \
         where not i.indisvalid and c.relnamespace = 'public'::regnamespace and c.relkind = 'i'",
    )
    .fetch_all(&mut *connection)
    .await?;
    for index in unfinished {
        let builds = |m: &&Migration| m.no_tx && m.sql.as_str().contains(&*index);
        if migrator.iter().any(|migration| builds(&migration)) {
            let sql = AssertSqlSafe(format!("drop index concurrently {index}"));
            sqlx::raw_sql(sql).execute(&mut *connection).await?;
        }
    }
    Ok(())
}

/// A connection as the owner.
///
/// Names without a schema mean `public`: by PostgreSQL's own default an owner called `jewel` would
/// find, and make, its tables among the framework's.
///
/// # Errors
/// Where the server cannot be reached.
pub async fn owner(url: &str) -> Result<PgConnection, Error> {
    let options: PgConnectOptions = url.parse()?;
    let options = options.options([("search_path", "public")]);
    Ok(PgConnection::connect_with(&options).await?)
}

/// Makes a database on a server, where it is missing.
///
/// # Errors
/// Where the server cannot be reached, or `name` is no plain name.
pub async fn create(server_url: &str, name: &str) -> Result<(), Error> {
    let name = quoted(name)?;
    let mut connection = PgConnection::connect(server_url).await?;
    let sql = AssertSqlSafe(format!("create database {name}"));
    let made = sqlx::raw_sql(sql).execute(&mut connection).await;
    connection.close().await?;
    match made.map_err(Error::from) {
        // Somebody else made it: before, or at the same moment.
        Err(error) if matches!(error.sqlstate().as_deref(), Some("42P04" | "23505")) => Ok(()),
        other => other.map(drop),
    }
}

/// A migration, and whether a database has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    /// Whether it is the application's; else the framework's.
    pub own: bool,
    /// Its version.
    pub version: i64,
    /// What it does.
    pub name: String,
    /// Whether it is applied.
    pub applied: bool,
}

/// All migrations, and whether each is applied.
///
/// # Errors
/// Where the server cannot be reached.
pub async fn migrations(
    owner_url: &str,
    application: Option<&Migrator>,
) -> Result<Vec<Known>, Error> {
    let mut connection = owner(owner_url).await?;
    let framework = applied(&mut connection, "jewel.migration").await?;
    let own = applied(&mut connection, "public._sqlx_migrations").await?;
    connection.close().await?;
    let known = |own: bool, migrator: &Migrator, applied: &[i64]| {
        let up = migrator.iter().filter(|m| m.migration_type.is_up_migration());
        let known = up.map(|m| Known {
            own,
            version: m.version,
            name: m.description.to_string(),
            applied: applied.contains(&m.version),
        });
        known.collect::<Vec<_>>()
    };
    let mut all = known(false, &FRAMEWORK, &framework);
    all.extend(application.map(|m| known(true, m, &own)).unwrap_or_default());
    Ok(all)
}

/// The versions in a table of migrations, which may not be there yet.
async fn applied(connection: &mut PgConnection, table: &str) -> Result<Vec<i64>, Error> {
    let there: bool = sqlx::query_scalar("select to_regclass($1) is not null")
        .bind(table)
        .fetch_one(&mut *connection)
        .await?;
    if !there {
        return Ok(Vec::new());
    }
    let sql = format!("select version from {table} where success");
    Ok(sqlx::query_scalar(AssertSqlSafe(sql)).fetch_all(connection).await?)
}
