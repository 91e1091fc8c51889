//! Where statements pass on their way to the server.
//!
//! sqlx names each prepared statement, which a PgBouncer in transaction mode cannot follow. Passing
//! here, a statement goes unnamed where the settings say so, and nobody has to remember it. And a
//! transaction learns here that a statement of its failed, whatever its caller makes of that.

use futures_util::future::BoxFuture;
use futures_util::stream::{self, BoxStream};
use futures_util::{FutureExt, StreamExt, TryFutureExt, TryStreamExt};
use sqlx::error::BoxDynError;
use sqlx::postgres::{PgArguments, PgQueryResult, PgRow, PgStatement, PgTypeInfo, Postgres};
use sqlx::{Describe, Either, Execute, Executor, SqlStr};

use super::{Db, Tx};

/// A statement, named only where that is allowed.
struct Passing<Q> {
    query: Q,
    named: bool,
}

impl<'q, Q: Execute<'q, Postgres>> Execute<'q, Postgres> for Passing<Q> {
    fn sql(self) -> SqlStr {
        self.query.sql()
    }

    fn statement(&self) -> Option<&PgStatement> {
        self.query.statement()
    }

    fn take_arguments(&mut self) -> Result<Option<PgArguments>, BoxDynError> {
        self.query.take_arguments()
    }

    fn persistent(&self) -> bool {
        self.named && self.query.persistent()
    }
}

impl<'c> Executor<'c> for &'c mut Tx {
    type Database = Postgres;

    fn fetch_many<'e, 'q: 'e, E>(
        self,
        query: E,
    ) -> BoxStream<'e, Result<Either<PgQueryResult, PgRow>, sqlx::Error>>
    where
        'c: 'e,
        E: 'q + Execute<'q, Postgres>,
    {
        let (connection, named, failed) = self.parts();
        let outcomes = connection.fetch_many(Passing { query, named });
        outcomes.inspect_err(|_| *failed = true).boxed()
    }

    fn fetch_optional<'e, 'q: 'e, E>(
        self,
        query: E,
    ) -> BoxFuture<'e, Result<Option<PgRow>, sqlx::Error>>
    where
        'c: 'e,
        E: 'q + Execute<'q, Postgres>,
    {
        let (connection, named, failed) = self.parts();
        let outcome = connection.fetch_optional(Passing { query, named });
        outcome.inspect_err(|_| *failed = true).boxed()
    }

    fn prepare_with<'e>(
        self,
        sql: SqlStr,
        parameters: &'e [PgTypeInfo],
    ) -> BoxFuture<'e, Result<PgStatement, sqlx::Error>>
    where
        'c: 'e,
    {
        let (connection, _, failed) = self.parts();
        connection.prepare_with(sql, parameters).inspect_err(|_| *failed = true).boxed()
    }

    fn describe<'e>(self, sql: SqlStr) -> BoxFuture<'e, Result<Describe<Postgres>, sqlx::Error>>
    where
        'c: 'e,
    {
        let (connection, _, failed) = self.parts();
        connection.describe(sql).inspect_err(|_| *failed = true).boxed()
    }
}

/// A statement outside a transaction.
///
/// It is prepared and run in two steps, which a PgBouncer could hand to two servers; where it is
/// unnamed it has a transaction of its own, which holds them together.
impl<'p> Executor<'p> for &'p Db {
    type Database = Postgres;

    fn fetch_many<'e, 'q: 'e, E>(
        self,
        query: E,
    ) -> BoxStream<'e, Result<Either<PgQueryResult, PgRow>, sqlx::Error>>
    where
        'p: 'e,
        E: 'q + Execute<'q, Postgres>,
    {
        let pool = self.pool();
        if self.named() {
            return pool.fetch_many(query);
        }
        let outcome = async move {
            let mut tx = pool.begin().await?;
            let passing = Passing { query, named: false };
            let all: Vec<_> = tx.fetch_many(passing).try_collect().await?;
            tx.commit().await?;
            Ok(stream::iter(all.into_iter().map(Ok)))
        };
        outcome.try_flatten_stream().boxed()
    }

    fn fetch_optional<'e, 'q: 'e, E>(
        self,
        query: E,
    ) -> BoxFuture<'e, Result<Option<PgRow>, sqlx::Error>>
    where
        'p: 'e,
        E: 'q + Execute<'q, Postgres>,
    {
        let pool = self.pool();
        if self.named() {
            return pool.fetch_optional(query);
        }
        Box::pin(async move {
            let mut tx = pool.begin().await?;
            let row = tx.fetch_optional(Passing { query, named: false }).await?;
            tx.commit().await?;
            Ok(row)
        })
    }

    fn prepare_with<'e>(
        self,
        sql: SqlStr,
        parameters: &'e [PgTypeInfo],
    ) -> BoxFuture<'e, Result<PgStatement, sqlx::Error>>
    where
        'p: 'e,
    {
        self.pool().prepare_with(sql, parameters)
    }

    fn describe<'e>(self, sql: SqlStr) -> BoxFuture<'e, Result<Describe<Postgres>, sqlx::Error>>
    where
        'p: 'e,
    {
        self.pool().describe(sql)
    }
}
