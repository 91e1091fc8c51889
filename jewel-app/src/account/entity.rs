//! Accounts and people in the database: all their SQL.

use jewel_core::db::{self, Db};
use jewel_core::{Account, Id, Timestamp, Tx, User};
use sqlx::FromRow;

use super::problem::SignUpProblem;

/// A person, as others may see them.
#[derive(Debug, FromRow)]
pub(super) struct Person {
    pub(super) id: Id<User>,
    pub(super) account: Id<Account>,
    pub(super) email: String,
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
    sqlx::query("insert into accounts (id) values ($1)")
        .bind(account)
        .execute(&mut *tx)
        .await
        .map_err(db::Error::from)?;
    sqlx::query_as(
        "insert into users (id, account, email, password_hash) values ($1, $2, $3, $4) \
         returning id, account, email, created_at",
    )
    .bind(Id::<User>::new())
    .bind(account)
    .bind(email)
    .bind(password_hash)
    .fetch_one(&mut *tx)
    .await
    .map_err(|error| match db::Error::from(error) {
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

/// A person of the transaction's account.
pub(super) async fn person(tx: &mut Tx, id: Id<User>) -> Result<Option<Person>, db::Error> {
    Ok(sqlx::query_as("select id, account, email, created_at from users where id = $1")
        .bind(id)
        .fetch_optional(&mut *tx)
        .await?)
}
