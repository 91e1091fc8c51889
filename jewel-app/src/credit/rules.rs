//! How credits move: kinds of transfers, and between which books each goes. Pure.
//!
//! ```text
//! issued ──grant──▶ available ──hold──▶ held ──spend──▶ revenue
//!                      ▲─────────release──┘
//! ```

use jewel_core::{Column, output};

/// Why credits moved.
#[output]
#[derive(Copy, PartialEq, Eq, Column)]
pub enum Kind {
    /// They were given to the account.
    Grant,
    /// They were set aside for an order.
    Hold,
    /// What was set aside is paid: the order was carried out.
    Spend,
    /// What was set aside is free again: the order was not carried out.
    Release,
}

/// Where credits can be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Column)]
pub enum Book {
    /// What all accounts were given together, as a debt.
    Issued,
    /// What an account can spend.
    Available,
    /// What is set aside for an account's orders.
    Held,
    /// What was earned.
    Revenue,
}

impl Kind {
    /// The book that the credits leave, and the one that they come to.
    pub(super) const fn books(self) -> (Book, Book) {
        match self {
            Self::Grant => (Book::Issued, Book::Available),
            Self::Hold => (Book::Available, Book::Held),
            Self::Spend => (Book::Held, Book::Revenue),
            Self::Release => (Book::Held, Book::Available),
        }
    }

    /// What a transfer of `amount` adds to a book; below zero where it takes.
    pub(super) fn change(self, book: Book, amount: i64) -> i64 {
        let (from, to) = self.books();
        i64::from(to == book) * amount - i64::from(from == book) * amount
    }
}

#[cfg(test)]
mod tests {
    use super::{Book, Kind};

    const BOOKS: [Book; 4] = [Book::Issued, Book::Available, Book::Held, Book::Revenue];

    #[test]
    fn nothing_vanishes() {
        for kind in [Kind::Grant, Kind::Hold, Kind::Spend, Kind::Release] {
            let sum: i64 = BOOKS.map(|book| kind.change(book, 7)).iter().sum();
            assert_eq!(sum, 0, "{kind:?}");
        }
    }

    #[test]
    fn a_released_hold_leaves_all_as_it_was() {
        for book in BOOKS {
            let (hold, release) = (Kind::Hold.change(book, 7), Kind::Release.change(book, 7));
            assert_eq!(hold + release, 0, "{book:?}");
        }
    }
}
