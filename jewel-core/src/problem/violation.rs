//! One thing that is wrong with a request, and where.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What is wrong with one place of a request.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct Violation {
    /// A JSON Pointer into the body, or the name of a path, query or header parameter.
    pub at: String,
    /// Which rule: `required`, `unknown`, `type`, `value`, or `rule`.
    pub rule: String,
    /// What is wrong, in words.
    pub detail: String,
}

impl Violation {
    /// A violation.
    pub fn new(at: impl Into<String>, rule: impl Into<String>, detail: impl Into<String>) -> Self {
        Self { at: at.into(), rule: rule.into(), detail: detail.into() }
    }
}
