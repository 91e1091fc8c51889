//! What a plan cannot know by itself: told to people in words, to programs as data.

use serde::Serialize;

/// Something that the source has to say.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, thiserror::Error)]
#[serde(tag = "problem", rename_all = "snake_case")]
pub enum Unclear {
    /// A table is gone.
    #[error(
        "the table `{table}` has no entity any more{}: where it is called otherwise now, say \
         `was = {table}` at that entity; where it is meant to go with all its rows, say \
         `.dropped(&[\"{table}\"])` at the module",
        perhaps("entities are new", appeared)
    )]
    TableGone {
        /// The table.
        table: String,
        /// Tables that were not there before.
        appeared: Vec<String>,
    },
    /// A column is gone.
    #[error(
        "the column `{table}.{column}` is no field any more{}: where it is called otherwise now, \
         say `#[was(\"{column}\")]` at that field; where it is meant to go with all its values, \
         say `dropped({column})` at the entity",
        perhaps("fields are new", appeared)
    )]
    ColumnGone {
        /// The table.
        table: String,
        /// The column.
        column: String,
        /// Columns that were not there before.
        appeared: Vec<String>,
    },
    /// A new column must be there and nothing says what it is in old rows.
    #[error(
        "the column `{table}.{column}` is new and every old row needs a value: say what it is by \
         `#[default(\"..\")]`, or make it an `Option`"
    )]
    NoDefault {
        /// The table.
        table: String,
        /// The column.
        column: String,
    },
    /// A column has another type.
    #[error(
        "the column `{table}.{column}` was `{from}` and is `{to}`: every row is written anew, and \
         nobody reads or writes the table meanwhile. Where that is right, say how a value becomes \
         one of the new type: `#[using(\"{column}::{to}\")]`; else add a column, fill it, and drop \
         this one later"
    )]
    Retyped {
        /// The table.
        table: String,
        /// The column.
        column: String,
        /// The former type.
        from: String,
        /// The type.
        to: String,
    },
    /// A column becomes a generated one: its values would go.
    #[error(
        "the column `{table}.{column}` becomes a generated one, and its values would go: say \
         `dropped({column})` at the entity where they are meant to"
    )]
    Generated {
        /// The table.
        table: String,
        /// The column.
        column: String,
    },
    /// What is planned by no rule.
    #[error("{what} is another: write a migration by hand (`migrations new NAME`), it is checked")]
    ByHand {
        /// What.
        what: String,
    },
    /// A former name that nobody knows.
    #[error("`{was}` is said to be the former name of `{now}`, and there was none: leave it out")]
    NeverWas {
        /// The former name.
        was: String,
        /// The name.
        now: String,
    },
}

fn perhaps(what: &str, names: &[String]) -> String {
    if names.is_empty() {
        return String::new();
    }
    let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    format!(" (these {what}: {})", names.join(", "))
}
