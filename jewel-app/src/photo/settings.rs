//! What the operator decides about photos.

use jewel_core::config::Size;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Settings of the photos.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// The largest file that is taken, up to 20MiB.
    pub max_size: Size,
    /// The most pixels that a photo may have, width times height.
    pub max_pixels: u64,
    /// How many photos are decoded at once, to see that they are whole; each takes up to 8 bytes a
    /// pixel.
    pub inspections: u16,
}

impl Default for Settings {
    fn default() -> Self {
        Self { max_size: Size::from_mib(20), max_pixels: 40_000_000, inspections: 2 }
    }
}
