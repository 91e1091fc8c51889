//! A database's schema `public` as PostgreSQL knows it, and the same as a committed file.
//!
//! It depends neither on the server's version nor on what its roles are called. Partitions are left
//! out: they come and go by themselves.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::Value;
use sqlx::PgConnection;

use crate::db::{self, Db};

/// All of it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Catalogue {
    /// The tables by name.
    pub tables: BTreeMap<String, Table>,
    /// The views by name.
    pub views: BTreeMap<String, View>,
    /// The functions and procedures by name and arguments' types.
    pub functions: BTreeMap<String, Function>,
    /// The extensions.
    pub extensions: BTreeSet<String>,
    /// What other roles may do with the schema itself, as `role usage`.
    pub schema: BTreeSet<String>,
    /// Types and sequences: made and dropped by hand.
    pub others: BTreeSet<String>,
}

/// A table.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Table {
    /// The columns, in the order in which they were made.
    pub columns: Vec<Column>,
    /// The constraints by name, each as PostgreSQL writes it; whether a column may be absent stands
    /// at the column.
    pub constraints: BTreeMap<String, String>,
    /// The statements that make the indexes that belong to no constraint, by name.
    pub indexes: BTreeMap<String, String>,
    /// Whether policies decide which rows are seen.
    pub security: Security,
    /// The policies by name.
    pub policies: BTreeMap<String, Policy>,
    /// The statements that make the triggers, by name.
    pub triggers: BTreeMap<String, String>,
    /// What other roles may do, by role.
    pub grants: BTreeMap<String, BTreeSet<String>>,
    /// Storage parameters, as `fillfactor = 80`.
    pub options: BTreeSet<String>,
    /// By what it is partitioned.
    pub partitioned: Option<String>,
}

/// A column.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Column {
    /// Its name.
    pub name: String,
    /// Its type.
    pub r#type: String,
    /// Whether it may be absent.
    pub null: bool,
    /// What it is where nothing is said.
    pub default: Option<String>,
    /// What it always is.
    pub generated: Option<String>,
    /// Its collation, where it is not that of its type.
    pub collation: Option<String>,
}

/// Whether policies decide which rows are seen.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Security {
    /// No.
    #[default]
    Off,
    /// For everybody but the owner.
    On,
    /// For the owner too.
    Forced,
}

/// A policy.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Policy {
    /// Whether it adds rows to what is seen; else it takes some away.
    pub permissive: bool,
    /// For which statements: `all`, `select`, `insert`, `update` or `delete`.
    pub command: String,
    /// For which roles; the owner is `current_user`.
    pub roles: BTreeSet<String>,
    /// Which rows are seen.
    pub using: Option<String>,
    /// Which rows can be written.
    pub check: Option<String>,
}

/// A view.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct View {
    /// Whether its rows are kept.
    pub materialized: bool,
    /// Its query.
    pub definition: String,
    /// Parameters, as `security_invoker = true`.
    pub options: BTreeSet<String>,
    /// What other roles may do, by role.
    pub grants: BTreeMap<String, BTreeSet<String>>,
}

/// A function or a procedure.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Function {
    /// `function` or `procedure`.
    pub kind: String,
    /// The statement that makes it.
    pub definition: String,
    /// Who may call it beside its owner; everybody is `public`.
    pub grants: BTreeSet<String>,
}

/// Reads the catalogue of a database, as its owner, whose search path is `public`.
///
/// # Errors
/// Where the connection is lost.
pub async fn read(connection: &mut PgConnection) -> Result<Catalogue, db::Error> {
    let value: Value =
        sqlx::query_scalar(include_str!("catalogue.sql")).fetch_one(connection).await?;
    parsed(value)
}

/// Reads the catalogue of the application's own database, in its own role.
///
/// # Errors
/// Where the connection is lost.
pub async fn live(db: &Db) -> Result<Catalogue, db::Error> {
    let mut tx = db.begin(None).await?;
    sqlx::query("set local search_path = public").execute(&mut tx).await?;
    let value: Value = sqlx::query_scalar(include_str!("catalogue.sql")).fetch_one(&mut tx).await?;
    tx.rollback().await?;
    parsed(value)
}

fn parsed(value: Value) -> Result<Catalogue, db::Error> {
    serde_json::from_value(value).map_err(|error| sqlx::Error::Decode(error.into()).into())
}

impl Table {
    /// A column by its name.
    pub fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.name == name)
    }
}
