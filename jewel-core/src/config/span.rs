//! A length of time in settings, such as `30s`.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::amount::{self, AmountError, Units};

/// In milliseconds.
const UNITS: &Units =
    &[("ms", 1), ("s", 1_000), ("m", 60_000), ("h", 3_600_000), ("d", 86_400_000)];

/// A length of time in whole milliseconds: a number and one of the units ms, s, m, h, d.
///
/// ```
/// use jewel_core::config::Span;
/// use std::time::Duration;
///
/// let span: Span = "90s".parse()?;
/// assert_eq!(Duration::from(span), Duration::from_secs(90));
/// assert_eq!(Span::from_secs(120).to_string(), "2m");
/// assert_eq!(
///     "90".parse::<Span>().unwrap_err().to_string(),
///     "`90` is wrong: expected one of the units ms, s, m, h, d after it, as in `30s`",
/// );
/// # Ok::<(), jewel_core::config::AmountError>(())
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    milliseconds: u64,
}

impl Span {
    /// So many milliseconds.
    pub const fn from_millis(milliseconds: u64) -> Self {
        Self { milliseconds }
    }

    /// So many seconds; the longest span where that is too many.
    pub const fn from_secs(seconds: u64) -> Self {
        Self { milliseconds: seconds.saturating_mul(1_000) }
    }

    /// The number of milliseconds.
    pub const fn millis(self) -> u64 {
        self.milliseconds
    }

    /// The span as the standard library has it.
    pub const fn get(self) -> Duration {
        Duration::from_millis(self.milliseconds)
    }
}

impl From<Span> for Duration {
    fn from(span: Span) -> Self {
        span.get()
    }
}

impl FromStr for Span {
    type Err = AmountError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        amount::parse(text, UNITS, "30s").map(Self::from_millis)
    }
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.milliseconds {
            0 => f.write_str("0s"),
            milliseconds => amount::write(milliseconds, UNITS, f),
        }
    }
}

impl Serialize for Span {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Span {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        amount::deserialize(deserializer, "a length of time such as `30s`")
    }
}

impl JsonSchema for Span {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Span".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        schemars::json_schema!({
            "type": "string",
            "pattern": "^[0-9]+ ?(ms|s|m|h|d)$",
            "description": "A length of time: a whole number and one of the units ms, s, m, h, d.",
            "examples": ["30s"],
            "x-kind": "time",
            "x-unit": "ms, s, m, h, d"
        })
    }
}
