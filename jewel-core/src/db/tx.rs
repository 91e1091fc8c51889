//! A transaction in a caller's name.
//!
//! It commits only where somebody says so: dropped, it rolls back. Row-level security sees the
//! account that it was opened for, and nothing of any other.

use sqlx::{PgConnection, Postgres, Transaction};

use super::Error;
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
    pub(super) named: bool,
}

impl Tx {
    pub(super) fn new(
        inner: Transaction<'static, Postgres>,
        account: Option<Id<Account>>,
        named: bool,
    ) -> Self {
        Self { inner, account, named }
    }

    pub(super) fn connection(&mut self) -> &mut PgConnection {
        &mut self.inner
    }

    /// The account that it was opened for: whose rows are visible.
    pub fn account(&self) -> Option<Id<Account>> {
        self.account
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

    /// Makes everything done here last.
    ///
    /// # Errors
    /// Where the database refuses, for one because of a deferred constraint: nothing has happened.
    pub async fn commit(self) -> Result<(), Error> {
        self.inner.commit().await.map_err(Error::from)
    }

    /// Undoes everything done here, now rather than when it is dropped.
    ///
    /// # Errors
    /// Where the connection is lost: nothing has happened then either.
    pub async fn rollback(self) -> Result<(), Error> {
        self.inner.rollback().await.map_err(Error::from)
    }
}
