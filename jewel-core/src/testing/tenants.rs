//! What is one account's is nobody else's: tried for every entity with an owner, by statements that
//! forget to ask whose rows they are.

use serde_json::Value;
use sqlx::{AssertSqlSafe, Connection};

use super::{TestApp, must};
use crate::db::{self, Tx};
use crate::id::Id;
use crate::manifest::entity::Entity;
use crate::tenant::Account;

/// What PostgreSQL says where a role, or a policy, does not allow something.
const REFUSED: &str = "42501";

impl TestApp {
    /// Tries to see, add, change, take and delete rows of an account in the name of another one and
    /// of nobody, by plain SQL in the application's role, for every entity with an owner.
    ///
    /// Each of these tables needs a row: bring some about first, as a user would.
    ///
    /// # Panics
    /// Where one of the tries succeeds, or a table has no row to try it with.
    pub async fn tenants(&self) {
        let mut found = Vec::new();
        for entity in self.entities.iter().filter(|entity| entity.owner.is_some()) {
            found.extend(self.tried(entity).await);
        }
        assert!(found.is_empty(), "accounts are not kept apart:\n{}", found.join("\n"));
    }

    async fn tried(&self, entity: &Entity) -> Vec<String> {
        let (table, owner) = (&entity.table, entity.owner.as_deref().unwrap_or_default());
        let mut connection = self.db().owner().await;
        let sql = format!("select to_jsonb(t), t.\"{owner}\" from \"{table}\" t limit 1");
        let row = sqlx::query_as::<_, (Value, Id<Account>)>(AssertSqlSafe(sql));
        let row = must("a row", row.fetch_optional(&mut connection).await);
        must("closing", connection.close().await);
        let Some((row, account)) = row else {
            return vec![format!("{table}: it has no row to try it with")];
        };
        let columns: Vec<String> = entity
            .columns
            .iter()
            .filter(|column| column.generated.is_none())
            .map(|column| format!("\"{}\"", column.name))
            .collect();
        let columns = columns.join(", ");
        let changed = entity.may.update.first().map_or(owner, String::as_str);
        let see = format!("select from \"{table}\"");
        let change = format!("update \"{table}\" set \"{changed}\" = \"{changed}\"");
        let delete = format!("delete from \"{table}\"");
        let add = format!(
            "insert into \"{table}\" ({columns}) \
             select {columns} from jsonb_populate_record(null::\"{table}\", $1)"
        );
        let give = format!("update \"{table}\" set \"{owner}\" = gen_random_uuid()");
        let mut found = Vec::new();
        for (who, caller) in [("another account", Some(Id::new())), ("nobody", None)] {
            for (what, sql) in [("sees", &see), ("changes", &change), ("deletes", &delete)] {
                if let Some(rows @ 1..) = self.rows(caller, sql, None).await {
                    found.push(format!("{table}: {who} {what} {rows} rows of account {account}"));
                }
            }
            if self.rows(caller, &add, Some(&row)).await.is_some() {
                found.push(format!("{table}: {who} adds a row of account {account}"));
            }
        }
        if self.rows(Some(account), &give, None).await.is_some() {
            found.push(format!("{table}: an account gives its rows to another one"));
        }
        found
    }

    /// How many rows a statement had to do with; `None` where it was refused. Nothing lasts.
    async fn rows(
        &self,
        caller: Option<Id<Account>>,
        sql: &str,
        row: Option<&Value>,
    ) -> Option<u64> {
        let mut tx: Tx = must("a transaction", self.db().db().begin(caller).await);
        let query = sqlx::query(AssertSqlSafe(sql.to_owned()));
        let query = if let Some(row) = row { query.bind(row.clone()) } else { query };
        let done = query.execute(&mut tx).await.map_err(db::Error::from);
        must("undoing", tx.rollback().await);
        match done {
            Ok(done) => Some(done.rows_affected()),
            Err(error) if error.sqlstate().as_deref() == Some(REFUSED) => None,
            Err(error) => panic!("{sql}: {error}"),
        }
    }
}
