//! Brings a database's schema up to date: the framework's own tables first, then the application's.

use sqlx::migrate::Migrator;
use sqlx::postgres::PgConnectOptions;
use sqlx::{Connection, PgConnection};

use super::Error;
use super::pool::quoted;

/// The framework's own migrations; their tables stand in schema `jewel`.
pub static FRAMEWORK: Migrator = sqlx::migrate!("./migrations");

/// Applies what is missing, as the owner, one process at a time.
///
/// # Errors
/// Where the server cannot be reached, a migration fails, or an applied one was changed afterwards.
pub async fn migrate(owner_url: &str, application: Option<&Migrator>) -> Result<(), Error> {
    let mut connection = owner(owner_url).await?;
    let mut framework = Migrator::with_migrations(FRAMEWORK.iter().cloned().collect());
    framework.create_schema("jewel");
    framework.dangerous_set_table_name("jewel.migration");
    framework.run(&mut connection).await?;
    if let Some(application) = application {
        application.run(&mut connection).await?;
    }
    connection.close().await?;
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
    let sql = sqlx::AssertSqlSafe(format!("create database {name}"));
    let made = sqlx::raw_sql(sql).execute(&mut connection).await;
    connection.close().await?;
    match made.map_err(Error::from) {
        // Somebody else made it: before, or at the same moment.
        Err(error) if matches!(error.sqlstate().as_deref(), Some("42P04" | "23505")) => Ok(()),
        other => other.map(drop),
    }
}

/// All migrations by name, and whether each is applied.
///
/// # Errors
/// Where the server cannot be reached.
pub async fn migrations(
    owner_url: &str,
    application: Option<&Migrator>,
) -> Result<Vec<(String, bool)>, Error> {
    let mut connection = owner(owner_url).await?;
    let framework = applied(&mut connection, "jewel.migration").await?;
    let own = applied(&mut connection, "public._sqlx_migrations").await?;
    connection.close().await?;
    let named = |of: &str, migrator: &Migrator, applied: &[i64]| {
        let name = |m: &sqlx::migrate::Migration| {
            (format!("{of} {:04} {}", m.version, m.description), applied.contains(&m.version))
        };
        migrator.iter().map(name).collect::<Vec<_>>()
    };
    let mut all = named("jewel", &FRAMEWORK, &framework);
    all.extend(application.map(|m| named("app", m, &own)).unwrap_or_default());
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
    Ok(sqlx::query_scalar(sqlx::AssertSqlSafe(sql)).fetch_all(connection).await?)
}
