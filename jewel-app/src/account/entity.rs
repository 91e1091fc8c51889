//! Accounts and people in the database: all their SQL.

use jewel_core::db::{self, Db};
use jewel_core::{Account, Id, Timestamp, Tx, User, entity};
use sqlx::FromRow;

use super::problem::SignUpProblem;

/// An account: the tenant that owns rows and pays.
#[entity(table = "accounts", names = Account, owner = id, may(insert))]
pub struct Customer {
    /// Its identifier.
    #[key]
    pub(super) id: Id<Account>,
    /// When it was opened.
    #[default("now()")]
    pub(super) created_at: Timestamp,
}

/// A person who acts for an account.
#[entity(table = "users", names = User, owner = account, may(insert),
    index(account, name = users_account))]
pub struct Person {
    /// The person's identifier.
    #[key]
    pub(super) id: Id<User>,
    /// The account that the person acts for.
    pub(super) account: Id<Account>,
    /// In lower case by the application, so that two spellings of one address are one person.
    #[pii]
    #[unique(name = users_email_unique)]
    #[check("email = lower(email collate \"C\")")]
    #[check("char_length(email) between 3 and 254 and position('@' in email) > 1")]
    pub(super) email: String,
    /// The password's hash (Argon2id).
    #[secret]
    #[check("password_hash like '$argon2id$%'")]
    pub(super) password_hash: String,
    /// When the person signed up.
    #[default("now()")]
    pub(super) created_at: Timestamp,
}

/// What is needed to let a person in.
#[derive(Debug, FromRow)]
pub(super) struct Door {
    pub(super) id: Id<User>,
    pub(super) account: Id<Account>,
    pub(super) password_hash: String,
}

/// Opens an account with its first person; from here on the transaction works for it.
pub(super) async fn open(
    tx: &mut Tx,
    email: &str,
    password_hash: &str,
) -> Result<Person, SignUpProblem> {
    let account = Id::new();
    tx.act_for(account).await?;
    Customer::insert(tx, NewCustomer { id: account }).await?;
    let person = NewPerson {
        id: Id::new(),
        account,
        email: email.to_owned(),
        password_hash: password_hash.to_owned(),
    };
    Person::insert(tx, person).await.map_err(|error| match error {
        error if error.constraint() == Some("users_email_unique") => SignUpProblem::EmailTaken,
        error => SignUpProblem::Internal(error),
    })
}

/// The person with this address, whoever asks.
pub(super) async fn door(db: &Db, email: &str) -> Result<Option<Door>, db::Error> {
    Ok(sqlx::query_as("select id, account, password_hash from user_by_email($1)")
        .bind(email)
        .fetch_optional(db)
        .await?)
}
