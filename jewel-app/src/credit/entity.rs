//! The ledger in the database: all its SQL.
//!
//! Each move is one statement: transfer, entries and balance together. The update of the balance is
//! what locks it, so that rivals queue at that row for no longer than their transactions last.

use jewel_core::{Account, Id, Timestamp, Tx, db, entity};
use uuid::Uuid;

use super::problem::CreditProblem;
use super::rules::{Book, Kind};

/// Marks the identifier of a hold: credits that are set aside.
#[derive(Debug)]
pub enum Hold {}

/// A movement of credits: written once and never changed.
#[entity(table = "credit_transfers", owner = account, append_only,
    // One cause moves credits once.
    unique(kind, reference, name = credit_transfers_once),
    // A hold ends once, spent or released.
    unique(hold, name = credit_transfers_ends_once),
    check("(kind in ('spend', 'release')) = (hold is not null)", name = credit_transfers_ends),
    unique(id, account),
    unique(id, account, amount, kind),
    // It ends whole, for the account that it was made for, and it is a hold.
    foreign(hold, account, amount, hold_kind, to = Transfer(id, account, amount, kind)),
    index(account, created_at desc, id desc, name = credit_transfers_list))]
pub struct Transfer {
    /// Its identifier.
    #[key]
    pub(super) id: Uuid,
    /// Whose credits moved.
    pub(super) account: Id<Account>,
    /// Why.
    pub(super) kind: Kind,
    /// How many.
    #[garde(range(min = 1, max = 1_000_000_000))]
    pub(super) amount: i64,
    /// What it is for: the account that was opened, the shot that was ordered.
    pub(super) reference: Uuid,
    /// The hold that a spend or a release ends.
    pub(super) hold: Option<Id<Hold>>,
    /// What that one has to be.
    #[generated("case when hold is not null then 'hold' end")]
    pub(super) hold_kind: Option<String>,
    /// When.
    #[default("now()")]
    pub(super) created_at: Timestamp,
}

/// One side of a movement: a transfer has two, and their sum is zero.
#[entity(table = "credit_entries", owner = account, append_only,
    foreign(transfer, account, to = Transfer(id, account)))]
pub struct Entry {
    /// The movement.
    #[key]
    pub(super) transfer: Uuid,
    /// Whose credits moved.
    #[references(none)]
    pub(super) account: Id<Account>,
    /// The book that they came to, or left.
    #[key]
    pub(super) book: Book,
    /// How many came; below zero where they left.
    #[check("amount <> 0")]
    pub(super) amount: i64,
}

/// An account's own books: one row, locked by the update that moves it, so that rival holds queue
/// there and no check-then-act can overdraw it.
#[entity(table = "credit_balances", owner = account, may(insert, update(available, held)),
    fillfactor = 50)]
pub struct Balance {
    /// The account.
    #[key]
    pub(super) account: Id<Account>,
    /// What it can spend.
    #[default("0")]
    #[check("available >= 0", name = credit_balances_available_covered)]
    pub(super) available: i64,
    /// What is set aside for its orders.
    #[default("0")]
    #[check("held >= 0", name = credit_balances_held_covered)]
    pub(super) held: i64,
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
    let have = Balance::get(tx, account).await?.map_or(0, |balance| balance.available);
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
