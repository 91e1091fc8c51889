//! What the operator decides about styles.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Settings of the styles.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// What a shot costs, in credits; at least 1.
    #[schemars(range(min = 1))]
    pub price: u32,
}

impl Default for Settings {
    fn default() -> Self {
        Self { price: 10 }
    }
}
