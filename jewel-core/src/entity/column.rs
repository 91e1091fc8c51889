//! What a field's type is in the database.

use std::any::TypeId;
use std::fmt::Debug;

use chrono::NaiveDate;
use serde_json::Value;
use sqlx::postgres::{PgArguments, PgHasArrayType, PgRow};
use sqlx::types::Json;
use sqlx::{Arguments, Decode, Encode, Postgres, Row, Type};
use uuid::Uuid;

use crate::clock::Timestamp;
use crate::id::Id;
use crate::manifest::entity as model;

/// A type that a column can have.
///
/// Closed enums get it by `#[derive(Column)]`, whatever else by hand: one constant.
///
/// ```
/// # use jewel_core::entity::Column;
/// assert_eq!(<Option<i64> as Column>::SQL, "bigint");
/// assert!(<Option<i64> as Column>::NULL);
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no column",
    label = "no column type is known for this",
    note = "a column is a `bool`, an integer, `f64`, a `String`, `Vec<u8>`, `[u8; N]`, `Uuid`, \
            `Id<_>`, `JobId`, `Timestamp`, `NaiveDate`, JSON as `Value` or `Json<_>`, an enum with \
            `#[derive(Column)]`, or an `Option` of one of these"
)]
pub trait Column:
    'static
    + Debug
    + Type<Postgres>
    + PgHasArrayType
    + for<'q> Encode<'q, Postgres>
    + for<'r> Decode<'r, Postgres>
{
    /// The type as PostgreSQL calls it.
    const SQL: &'static str;
    /// Whether a value may be absent.
    const NULL: bool = false;
    /// The words that a value can be; any where there are none.
    const WORDS: &'static [&'static str] = &[];
    /// The length in bytes that every value has.
    const BYTES: Option<usize> = None;

    /// What a value names, where it is an identifier.
    fn names() -> Option<TypeId> {
        None
    }
}

macro_rules! columns {
    ($($ty:ty => $sql:literal,)*) => {
        $(impl Column for $ty { const SQL: &'static str = $sql; })*
    };
}

columns! {
    bool => "boolean",
    i16 => "smallint",
    i32 => "integer",
    i64 => "bigint",
    f64 => "double precision",
    String => "text",
    Vec<u8> => "bytea",
    Uuid => "uuid",
    Timestamp => "timestamp with time zone",
    NaiveDate => "date",
    Value => "jsonb",
}

impl<T: serde::Serialize + serde::de::DeserializeOwned + Debug + 'static> Column for Json<T> {
    const SQL: &'static str = "jsonb";
}

impl<const N: usize> Column for [u8; N] {
    const SQL: &'static str = "bytea";
    const BYTES: Option<usize> = Some(N);
}

impl<T: 'static> Column for Id<T> {
    const SQL: &'static str = "uuid";

    fn names() -> Option<TypeId> {
        Some(TypeId::of::<T>())
    }
}

impl<T: Column + 'static> Column for Option<T> {
    const SQL: &'static str = T::SQL;
    const NULL: bool = true;
    const WORDS: &'static [&'static str] = T::WORDS;
    const BYTES: Option<usize> = T::BYTES;

    fn names() -> Option<TypeId> {
        T::names()
    }
}

/// What can be done with a field, once its type is a column.
///
/// The expansions ask for it in one way and at one place of the source, so that a type that is no
/// column is one error.
#[derive(Debug, Clone, Copy)]
pub struct Field<T> {
    /// Describes the column, by its name and what it means.
    pub describe: fn(&str, &str) -> model::Column,
    /// What a value names, where it is an identifier.
    pub names: fn() -> Option<TypeId>,
    /// Reads it from the column of a row that is called so.
    pub read: fn(&PgRow, &str) -> sqlx::Result<T>,
    /// Adds it to the arguments of a statement.
    pub bind: fn(&T, &mut PgArguments) -> sqlx::Result<()>,
    /// Adds many, as one array.
    pub bind_all: fn(&Vec<T>, &mut PgArguments) -> sqlx::Result<()>,
    /// Shows it.
    pub debug: fn(&T) -> &dyn Debug,
}

/// What can be done with a field of this type.
pub const fn field<T: Column>() -> Field<T> {
    Field {
        describe: describe::<T>,
        names: T::names,
        read: |row, name| row.try_get(name),
        bind: |value, arguments| arguments.add(value).map_err(sqlx::Error::Encode),
        bind_all: |values, arguments| arguments.add(values).map_err(sqlx::Error::Encode),
        debug: |value| value,
    }
}

fn describe<T: Column>(name: &str, summary: &str) -> model::Column {
    model::Column {
        name: name.to_owned(),
        summary: summary.to_owned(),
        r#type: T::SQL.to_owned(),
        null: T::NULL,
        words: T::WORDS.iter().map(|word| (*word).to_owned()).collect(),
        bytes: T::BYTES,
        ..model::Column::default()
    }
}
