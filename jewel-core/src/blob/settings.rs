//! Where objects are kept.

use std::path::PathBuf;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The object store's settings.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// The folder of the local store. Without one, and where development is allowed, it is
    /// `.jewel/blob`.
    pub folder: Option<PathBuf>,
}
