//! Lists by keyset: a page, and the cursor that continues after it.
//!
//! A cursor names the last row seen, never a row number, so that rows which come and go between two
//! requests are neither shown twice nor skipped. It is opaque to clients and carries no rights:
//! each page is read under the caller's own access.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::clock::Timestamp;

/// The most rows that one page may hold.
pub const MAX_PAGE: u16 = 100;

/// How many rows a page has where the caller does not say.
pub const PAGE: u16 = 50;

/// Which part of a list: where it begins, and how many rows at most.
///
/// Handlers take it as `Query<Paging>`, the same for every list.
#[derive(Debug, Clone, Default, Deserialize, garde::Validate, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Paging {
    /// The `next` of the page before.
    #[garde(skip)]
    #[serde(default)]
    pub after: Option<Cursor>,
    /// How many at most, from 1 to 100; 50 where nothing is said.
    #[garde(range(min = 1, max = MAX_PAGE))]
    #[serde(default)]
    pub limit: Option<u16>,
}

impl Paging {
    /// Where the page begins, in a list with the newest first.
    ///
    /// Before the first page stands a cursor that every row comes after, so that the comparison has
    /// bare parameters: anything else would keep row-level security from the index.
    pub fn start(&self) -> Cursor {
        self.after.unwrap_or(Cursor { at: Timestamp::MAX_UTC, id: Uuid::max() })
    }

    /// How many rows the page has at most.
    pub fn size(&self) -> u16 {
        self.limit.unwrap_or(PAGE)
    }
}

/// One page of a list, newest first unless the operation says otherwise.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename = "{T}Page")]
pub struct Page<T> {
    /// The rows of this page.
    pub items: Vec<T>,
    /// Pass it as `after` to get the next page; absent on the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<Cursor>,
}

impl<T> Page<T> {
    /// Cuts `rows`, read with a limit of `size + 1`, to a page and its cursor.
    pub fn cut(mut rows: Vec<T>, size: u16, key: impl Fn(&T) -> Cursor) -> Self {
        let more = rows.len() > usize::from(size);
        rows.truncate(usize::from(size));
        let next = rows.last().filter(|_| more).map(key);
        Self { items: rows, next }
    }

    /// The same page with each row turned into something else.
    pub fn map<U>(self, turn: impl FnMut(T) -> U) -> Page<U> {
        Page { items: self.items.into_iter().map(turn).collect(), next: self.next }
    }
}

/// Where a page ended: the order's instant and the row's id.
///
/// ```
/// # use jewel_core::page::Cursor;
/// let cursor = Cursor { at: Default::default(), id: uuid::Uuid::nil() };
/// assert_eq!(Cursor::try_from(String::from(cursor)), Ok(cursor));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Cursor {
    /// The instant by which the list is ordered.
    pub at: Timestamp,
    /// The row, to tell equal instants apart.
    pub id: Uuid,
}

impl From<Cursor> for String {
    fn from(cursor: Cursor) -> Self {
        let mut bytes = [0; 24];
        bytes[..8].copy_from_slice(&cursor.at.timestamp_micros().to_be_bytes());
        bytes[8..].copy_from_slice(cursor.id.as_bytes());
        URL_SAFE_NO_PAD.encode(bytes)
    }
}

impl TryFrom<String> for Cursor {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        const WRONG: &str = "is no cursor: pass the `next` of a page, unchanged";
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| WRONG)?;
        let (at, id) = bytes.split_first_chunk::<8>().ok_or(WRONG)?;
        let at = Timestamp::from_timestamp_micros(i64::from_be_bytes(*at)).ok_or(WRONG)?;
        let id = Uuid::from_slice(id).map_err(|_| WRONG)?;
        Ok(Self { at, id })
    }
}

impl JsonSchema for Cursor {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Cursor".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "type": "string",
            "pattern": "^[A-Za-z0-9_-]{32}$",
            "description": "Opaque: pass it back unchanged."
        })
    }
}
