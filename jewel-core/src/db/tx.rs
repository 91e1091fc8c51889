//! A transaction in a caller's name.
//!
//! It commits only where somebody says so: dropped, it rolls back. Row-level security sees the
//! account that it was opened for, and nothing of any other.

use std::fmt;

use sqlx::{PgConnection, Postgres, Transaction};

use super::Error;
use crate::crypto::KeyRing;
use crate::id::Id;
use crate::tenant::Account;

/// An open transaction: statements run on `&mut *tx`.
///
/// They are `sqlx::query("..")` with a literal text: a text put together at run time does not
/// compile.
///
/// ```no_run
/// # async fn example(tx: &mut jewel_core::Tx) -> Result<(), jewel_core::db::Error> {
/// sqlx::query("update shots set note = $1").bind("for the catalogue").execute(&mut *tx).await?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Tx {
    inner: Transaction<'static, Postgres>,
    account: Option<Id<Account>>,
    named: bool,
    /// Whether a statement failed: what follows it may have been ignored.
    failed: bool,
    committed: Hooks,
    keys: Option<KeyRing>,
}

/// What is to be done once the transaction has committed.
#[derive(Default)]
struct Hooks(Vec<Box<dyn FnOnce() + Send + Sync>>);

impl fmt::Debug for Hooks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} hooks", self.0.len())
    }
}

impl Tx {
    pub(super) fn new(
        inner: Transaction<'static, Postgres>,
        account: Option<Id<Account>>,
        named: bool,
        keys: Option<KeyRing>,
    ) -> Self {
        Self { inner, account, named, failed: false, committed: Hooks::default(), keys }
    }

    /// The connection, whether statements may be named on it, and where to say that one failed.
    pub(super) fn parts(&mut self) -> (&mut PgConnection, bool, &mut bool) {
        (&mut self.inner, self.named, &mut self.failed)
    }

    /// The account that it was opened for: whose rows are visible.
    pub fn account(&self) -> Option<Id<Account>> {
        self.account
    }

    /// The keys for what is sealed in the database: those of its [`Db`](super::Db).
    pub fn keys(&self) -> Option<&KeyRing> {
        self.keys.as_ref()
    }

    /// Works for `account` from here on, for instance for one that was made just now.
    ///
    /// # Errors
    /// Where the connection is lost.
    pub async fn act_for(&mut self, account: Id<Account>) -> Result<(), Error> {
        sqlx::query("select set_config('jewel.account', $1, true)")
            .bind(account.to_string())
            .execute(&mut *self)
            .await?;
        self.account = Some(account);
        Ok(())
    }

    /// Calls `then` as soon as this has committed, in the order in which it was said; never, where
    /// it rolls back or the answer to the commit is lost. It must be quick, and may be missed by a
    /// crash: a hint to somebody who looks at the tables anyway. What must happen is a job.
    ///
    /// ```no_run
    /// # async fn example(mut tx: jewel_core::Tx) -> Result<(), jewel_core::db::Error> {
    /// tx.after_commit(|| println!("it is so"));
    /// tx.commit().await
    /// # }
    /// ```
    pub fn after_commit(&mut self, then: impl FnOnce() + Send + Sync + 'static) {
        self.committed.0.push(Box::new(then));
    }

    /// Makes everything done here last.
    ///
    /// # Errors
    /// Where the database refuses, for one because of a deferred constraint: nothing has happened.
    /// [`Error::Aborted`] where a statement failed before and no savepoint caught that.
    pub async fn commit(mut self) -> Result<(), Error> {
        // PostgreSQL answers COMMIT of an aborted transaction with a silent ROLLBACK.
        if self.failed && sqlx::raw_sql("select 1").execute(&mut self).await.is_err() {
            return Err(Error::Aborted);
        }
        self.inner.commit().await?;
        for then in self.committed.0 {
            then();
        }
        Ok(())
    }

    /// Undoes everything done here, now rather than when it is dropped.
    ///
    /// # Errors
    /// Where the connection is lost: nothing has happened then either.
    pub async fn rollback(self) -> Result<(), Error> {
        self.inner.rollback().await.map_err(Error::from)
    }
}
