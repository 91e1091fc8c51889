//! A table as its entity states it: columns, rules, keys, and who may do what.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// One table.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Entity {
    /// The type's name.
    pub name: String,
    /// The Rust module it stands in.
    pub module: String,
    /// The module it is listed in.
    pub tag: String,
    /// `file:line`.
    pub source: String,
    /// The table, in schema `public`.
    pub table: String,
    /// The name that it had before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub was: Option<String>,
    /// One sentence.
    pub summary: String,
    /// The rest, in Markdown.
    pub description: String,
    /// The column that names the account whose row it is: row-level security goes by it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// The percentage of a page that inserts fill: the rest is for updates.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fillfactor: Option<u8>,
    /// What the application's role may do beside reading.
    pub may: May,
    /// The columns, in order.
    pub columns: Vec<Column>,
    /// Sets of columns that no two rows have alike, beside the key.
    pub unique: Vec<Unique>,
    /// What holds for every row.
    pub checks: Vec<Check>,
    /// What its columns refer to together.
    pub foreign: Vec<Foreign>,
    /// What rows are found by, beside the key and what is unique.
    pub indexes: Vec<Index>,
    /// Columns that it had and that are meant to go, with what is in them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub dropped: Vec<String>,
}

/// What the application's role may do with rows, beside reading them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct May {
    /// Add some.
    pub insert: bool,
    /// Change these columns.
    pub update: Vec<String>,
    /// Delete some.
    pub delete: bool,
}

/// Whose business a value is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Class {
    /// Nothing personal.
    #[default]
    Plain,
    /// It tells something of a person: exported for that person, erased with the account.
    Pii,
    /// It lets somebody in: exported for nobody, shown nowhere.
    Secret,
}

/// One column.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Column {
    /// Its name: that of the field.
    pub name: String,
    /// The name that it had before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub was: Option<String>,
    /// What it means.
    pub summary: String,
    /// Its type in PostgreSQL.
    pub r#type: String,
    /// How a value of a former type becomes one of this type, as an expression.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub using: Option<String>,
    /// Whether it may be absent.
    pub null: bool,
    /// Whether it is part of the key.
    pub key: bool,
    /// Whether it counts the row's changes.
    pub version: bool,
    /// Whose business its values are.
    pub class: Class,
    /// What it is where nothing is said, as an expression.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default: Option<String>,
    /// What it always is, as an expression of the others.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub generated: Option<String>,
    /// The words that it can be; any text where there are none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub words: Vec<String>,
    /// The length in bytes that every value has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bytes: Option<usize>,
    /// The rules of a request that hold here too.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rules: Vec<Rule>,
    /// The row that it names.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub references: Option<Foreign>,
}

/// A rule that a request and the database hold alike.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Rule {
    /// So many characters.
    Length {
        /// At least.
        min: Option<u64>,
        /// At most.
        max: Option<u64>,
    },
    /// A number between these, as they stand in the source.
    Range {
        /// At least.
        min: Option<String>,
        /// At most.
        max: Option<String>,
    },
    /// A text that this regular expression finds something in.
    Pattern(String),
}

/// Columns that no two rows have alike.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Unique {
    /// The constraint's name; PostgreSQL's own choice where there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The columns.
    pub columns: Vec<String>,
}

/// What holds for every row.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Check {
    /// The constraint's name; PostgreSQL's own choice where there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The column that it is about; none where it is about several.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub column: Option<String>,
    /// The expression.
    pub holds: String,
}

/// Columns that name a row of another table, or of the same.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Foreign {
    /// The constraint's name; PostgreSQL's own choice where there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The columns here.
    pub columns: Vec<String>,
    /// The table there.
    pub table: String,
    /// The columns there; its key where there are none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub to: Vec<String>,
    /// What becomes of a row here when the one there goes: `cascade`, `restrict`, `set null` or
    /// `set null (column)`; nothing may, where nothing is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_delete: Option<String>,
}

/// What rows are found by.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Index {
    /// The index's name; PostgreSQL's own choice where there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Whether no two rows are alike in it.
    pub unique: bool,
    /// The access method, where it is not `btree`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub method: Option<String>,
    /// Columns with their direction, and expressions in parentheses.
    pub parts: Vec<String>,
    /// Columns that are read from it and not found by.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub include: Vec<String>,
    /// Which rows are in it; all, where nothing is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub only: Option<String>,
}
