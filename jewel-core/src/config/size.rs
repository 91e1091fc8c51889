//! A number of bytes in settings, such as `10MiB`.

use std::fmt;
use std::str::FromStr;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::amount::{self, AmountError, Units};

/// In bytes.
const UNITS: &Units = &[
    ("B", 1),
    ("kB", 1_000),
    ("KiB", 1 << 10),
    ("MB", 1_000_000),
    ("MiB", 1 << 20),
    ("GB", 1_000_000_000),
    ("GiB", 1 << 30),
];

/// A number of bytes: a number and one of the units B, kB, KiB, MB, MiB, GB, GiB.
///
/// ```
/// use jewel_core::config::Size;
///
/// let size: Size = "10MiB".parse()?;
/// assert_eq!(size.get(), 10 * 1024 * 1024);
/// assert_eq!(Size::new(2_048).to_string(), "2KiB");
/// assert_eq!(Size::new(1_500).to_string(), "1500B");
/// # Ok::<(), jewel_core::config::AmountError>(())
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Size {
    bytes: u64,
}

impl Size {
    /// So many bytes.
    pub const fn new(bytes: u64) -> Self {
        Self { bytes }
    }

    /// So many kibibytes; the largest size where that is too many.
    pub const fn from_kib(kibibytes: u64) -> Self {
        Self { bytes: kibibytes.saturating_mul(1 << 10) }
    }

    /// So many mebibytes; the largest size where that is too many.
    pub const fn from_mib(mebibytes: u64) -> Self {
        Self { bytes: mebibytes.saturating_mul(1 << 20) }
    }

    /// The number of bytes.
    pub const fn get(self) -> u64 {
        self.bytes
    }
}

impl FromStr for Size {
    type Err = AmountError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        amount::parse(text, UNITS, "10MiB").map(Self::new)
    }
}

impl fmt::Display for Size {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        amount::write(self.bytes, UNITS, f)
    }
}

impl Serialize for Size {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Size {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        amount::deserialize(deserializer, "a size such as `10MiB`")
    }
}

impl JsonSchema for Size {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Size".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        schemars::json_schema!({
            "type": "string",
            "pattern": "^[0-9]+ ?(B|kB|KiB|MB|MiB|GB|GiB)$",
            "description":
                "Bytes: a whole number and one of the units B, kB, KiB, MB, MiB, GB, GiB.",
            "examples": ["10MiB"],
            "x-kind": "size",
            "x-unit": "B, kB, KiB, MB, MiB, GB, GiB"
        })
    }
}
