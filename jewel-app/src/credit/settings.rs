//! What the operator decides about credits.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Settings of the credits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// How many credits a new account starts with.
    pub welcome: u32,
}

impl Default for Settings {
    fn default() -> Self {
        Self { welcome: 100 }
    }
}
