//! An account's credits, and how they came and went.

use jewel_core::page::Paging;
use jewel_core::{Account, Caller, Page, Query, Timestamp, Tx, get, output};
use uuid::Uuid;

use super::entity::{Balance, Transfer};
use super::problem::LedgerProblem;
use super::rules::{Book, Kind};

/// An account's credits.
#[output]
pub struct CreditsView {
    /// All that the account has, in credits: `available` and `held` together.
    pub balance: i64,
    /// What it can spend.
    pub available: i64,
    /// What is set aside for orders that are not finished.
    pub held: i64,
}

/// One movement of credits.
#[output]
pub struct EntryView {
    /// The movement.
    pub id: Uuid,
    /// Why they moved.
    pub kind: Kind,
    /// How many moved.
    pub amount: i64,
    /// What it added to `available`; below zero where it took.
    pub available: i64,
    /// What it added to `held`; below zero where it took.
    pub held: i64,
    /// What it was for: the account that was opened, or the shot that was ordered.
    pub reference: Uuid,
    /// When.
    pub created_at: Timestamp,
}

impl From<Transfer> for EntryView {
    fn from(transfer: Transfer) -> Self {
        let Transfer { id, kind, amount, reference, created_at, .. } = transfer;
        let available = kind.change(Book::Available, amount);
        let held = kind.change(Book::Held, amount);
        Self { id, kind, amount, available, held, reference, created_at }
    }
}

/// Show my credits.
#[get("/v1/credits", access(account), slo(p95 = 200ms))]
pub async fn show(caller: Caller<Account>, tx: &mut Tx) -> Result<CreditsView, LedgerProblem> {
    let found = Balance::get(tx, caller.account()).await?;
    let (available, held) = found.map_or((0, 0), |found| (found.available, found.held));
    Ok(CreditsView { balance: available + held, available, held })
}

/// List how my credits came and went, newest first.
#[get("/v1/credits/entries", access(account), slo(p95 = 200ms))]
pub async fn list(
    caller: Caller<Account>,
    part: Query<Paging>,
    tx: &mut Tx,
) -> Result<Page<EntryView>, LedgerProblem> {
    let page = Transfer::page(tx, caller.account(), &part).await?;
    Ok(page.map(Into::into))
}
