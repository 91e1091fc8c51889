//! The ledger in the database: all its SQL.
//!
//! Each move is one statement: transfer, entries and balance together. The update of the balance is
//! what locks it, so that rivals queue at that row for no longer than their transactions last.

use jewel_core::page::{Cursor, Paging};
use jewel_core::{Account, Id, Page, Timestamp, Tx, db};
use sqlx::FromRow;
use uuid::Uuid;

use super::problem::CreditProblem;
use super::rules::{Book, Kind};

/// Marks the identifier of a hold: credits that are set aside.
#[derive(Debug)]
pub enum Hold {}

/// An account's own books.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, FromRow)]
pub(super) struct Balance {
    pub(super) available: i64,
    pub(super) held: i64,
}

/// A transfer, as it was written.
#[derive(Debug, FromRow)]
pub(super) struct Transfer {
    pub(super) id: Uuid,
    pub(super) kind: Kind,
    pub(super) amount: i64,
    pub(super) reference: Uuid,
    pub(super) created_at: Timestamp,
}

/// Gives credits to an account, once for each reference; whether this call did it.
///
/// # Errors
/// Where the database fails.
pub async fn grant(
    tx: &mut Tx,
    account: Id<Account>,
    reference: Uuid,
    amount: i64,
) -> Result<bool, db::Error> {
    let (from, to) = Kind::Grant.books();
    let done = sqlx::query(
        "with t as ( \
            insert into credit_transfers (id, account, kind, amount, reference) \
            values ($1, $2, 'grant', $3, $4) on conflict do nothing \
            returning id, account, amount), \
         b as ( \
            insert into credit_balances as b (account, available) \
            select account, amount from t \
            on conflict (account) do update set available = b.available + excluded.available) \
         insert into credit_entries (transfer, account, book, amount) \
         select t.id, t.account, e.book, e.sign * t.amount \
         from t, (values ($5, -1), ($6, 1)) e (book, sign)",
    )
    .bind(Uuid::now_v7())
    .bind(account)
    .bind(amount)
    .bind(reference)
    .bind(from.as_str())
    .bind(to.as_str())
    .execute(&mut *tx)
    .await?;
    Ok(done.rows_affected() > 0)
}

/// Sets credits aside for what `reference` names; the same reference again is the same hold.
///
/// # Errors
/// [`CreditProblem::InsufficientCredits`] where less is available.
pub async fn hold(
    tx: &mut Tx,
    account: Id<Account>,
    reference: Uuid,
    amount: i64,
) -> Result<Id<Hold>, CreditProblem> {
    let (from, to) = Kind::Hold.books();
    let id = Id::new();
    let done = sqlx::query(
        "with b as ( \
            update credit_balances set available = available - $3, held = held + $3 \
            where account = $2 and available >= $3 and not exists ( \
                select from credit_transfers where kind = 'hold' and reference = $4) \
            returning account), \
         t as ( \
            insert into credit_transfers (id, account, kind, amount, reference) \
            select $1, b.account, 'hold', $3, $4 from b \
            returning id, account, amount) \
         insert into credit_entries (transfer, account, book, amount) \
         select t.id, t.account, e.book, e.sign * t.amount \
         from t, (values ($5, -1), ($6, 1)) e (book, sign)",
    )
    .bind(id)
    .bind(account)
    .bind(amount)
    .bind(reference)
    .bind(from.as_str())
    .bind(to.as_str())
    .execute(&mut *tx)
    .await
    .map_err(db::Error::from)?;
    if done.rows_affected() > 0 {
        return Ok(id);
    }
    if let Some(earlier) = held_for(tx, reference).await? {
        return Ok(earlier);
    }
    let have = balance(tx, account).await?.available;
    Err(CreditProblem::InsufficientCredits { need: amount, have })
}

async fn held_for(tx: &mut Tx, reference: Uuid) -> Result<Option<Id<Hold>>, db::Error> {
    Ok(sqlx::query_scalar("select id from credit_transfers where kind = 'hold' and reference = $1")
        .bind(reference)
        .fetch_optional(&mut *tx)
        .await?)
}

/// Ends a hold by paying with it; whether it ends so, by this call or an earlier one.
///
/// # Errors
/// Where the database fails.
pub async fn spend(tx: &mut Tx, hold: Id<Hold>) -> Result<bool, db::Error> {
    end(tx, hold, Kind::Spend).await
}

/// Ends a hold by freeing it; whether it ends so, by this call or an earlier one.
///
/// # Errors
/// Where the database fails.
pub async fn release(tx: &mut Tx, hold: Id<Hold>) -> Result<bool, db::Error> {
    end(tx, hold, Kind::Release).await
}

async fn end(tx: &mut Tx, hold: Id<Hold>, kind: Kind) -> Result<bool, db::Error> {
    let (from, to) = kind.books();
    let done = sqlx::query(
        "with t as ( \
            insert into credit_transfers (id, account, kind, amount, reference, hold) \
            select $1, h.account, $3, h.amount, h.reference, h.id \
            from credit_transfers h where h.id = $2 and h.kind = 'hold' \
            on conflict do nothing returning id, account, amount), \
         b as ( \
            update credit_balances b \
            set available = b.available + $6 * t.amount, held = b.held + $7 * t.amount \
            from t where b.account = t.account) \
         insert into credit_entries (transfer, account, book, amount) \
         select t.id, t.account, e.book, e.sign * t.amount \
         from t, (values ($4, -1), ($5, 1)) e (book, sign)",
    )
    .bind(Uuid::now_v7())
    .bind(hold)
    .bind(kind)
    .bind(from.as_str())
    .bind(to.as_str())
    .bind(kind.change(Book::Available, 1))
    .bind(kind.change(Book::Held, 1))
    .execute(&mut *tx)
    .await?;
    if done.rows_affected() > 0 {
        return Ok(true);
    }
    let earlier: Option<Kind> =
        sqlx::query_scalar("select kind from credit_transfers where hold = $1")
            .bind(hold)
            .fetch_optional(&mut *tx)
            .await?;
    Ok(earlier == Some(kind))
}

/// An account's own books.
pub(super) async fn balance(tx: &mut Tx, account: Id<Account>) -> Result<Balance, db::Error> {
    let found = sqlx::query_as("select available, held from credit_balances where account = $1")
        .bind(account)
        .fetch_optional(&mut *tx)
        .await?;
    Ok(found.unwrap_or_default())
}

/// An account's transfers, newest first.
pub(super) async fn list(
    tx: &mut Tx,
    account: Id<Account>,
    part: &Paging,
) -> Result<Page<Transfer>, db::Error> {
    let (after, size) = (part.start(), part.size());
    let rows: Vec<Transfer> = sqlx::query_as(
        "select id, kind, amount, reference, created_at from credit_transfers \
         where account = $1 and (created_at, id) < ($2, $3) \
         order by created_at desc, id desc limit $4",
    )
    .bind(account)
    .bind(after.at)
    .bind(after.id)
    .bind(i64::from(size) + 1)
    .fetch_all(&mut *tx)
    .await?;
    Ok(Page::cut(rows, size, |row| Cursor { at: row.created_at, id: row.id }))
}
