//! What else happens in the transaction that opens an account.
//!
//! The parts belong to features that stand above this one, which therefore hand them in.

use futures_util::future::BoxFuture;
use jewel_core::{Account, Id, Tx, db};

/// A part of opening an account: it works in the transaction that opens it, or undoes it all.
pub type Part = Box<
    dyn for<'t> Fn(&'t mut Tx, Id<Account>) -> BoxFuture<'t, Result<(), db::Error>> + Send + Sync,
>;

/// All parts, in their order.
#[derive(Default)]
pub struct Opening {
    parts: Vec<Part>,
}

impl Opening {
    /// Adds a part.
    #[must_use]
    pub fn with(mut self, part: Part) -> Self {
        self.parts.push(part);
        self
    }

    pub(super) async fn run(&self, tx: &mut Tx, account: Id<Account>) -> Result<(), db::Error> {
        for part in &self.parts {
            part(tx, account).await?;
        }
        Ok(())
    }
}

impl std::fmt::Debug for Opening {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Opening({})", self.parts.len())
    }
}
