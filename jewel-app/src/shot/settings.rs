//! What the operator decides about shots.

use jewel_core::config::Span;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Settings of the shots.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// How long a download link is good for.
    pub link_life: Span,
    /// How many shots the built-in studio renders at once; each takes one processor.
    pub render_threads: u16,
}

impl Default for Settings {
    fn default() -> Self {
        Self { link_life: Span::from_secs(600), render_threads: 2 }
    }
}
