//! All settings of an application: the framework's sections, and one of its own.

use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::config::Span;
use crate::secret::Secret;
use crate::{blob, db, http, job, observe};

/// All settings; `S` is the application's own section, `app`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, bound = "S: Serialize + DeserializeOwned + Default")]
#[schemars(bound = "S: Serialize + Default + JsonSchema")]
pub struct Settings<S = Nothing> {
    /// Bounds of every request, and where the server listens.
    pub http: http::Settings,
    /// How the database is reached.
    pub db: db::Settings,
    /// How this process works on jobs.
    pub jobs: job::Settings,
    /// Where objects are kept.
    pub blob: blob::Settings,
    /// What access is proven with.
    pub auth: Auth,
    /// What is logged, and how.
    pub log: observe::Settings,
    /// The application's own settings.
    pub app: S,
}

/// The section of an application without settings of its own.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Nothing {}

/// What access is proven with.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Auth {
    /// 32 random bytes in base64, from which every key is derived (`openssl rand -base64 32`).
    /// Without one, and where development is allowed, a key is made and kept in `.jewel/key`.
    pub key: Secret,
    /// The keys that were `auth.key` before, from the newest to the oldest: they still open what
    /// they sealed, and tokens and links that they signed are taken. Nothing new is sealed or
    /// signed by them.
    pub former_keys: Vec<Secret>,
    /// How long an access token is good for.
    pub token_life: Span,
}

impl Default for Auth {
    fn default() -> Self {
        Self {
            key: Secret::default(),
            former_keys: Vec::new(),
            token_life: Span::from_secs(15 * 60),
        }
    }
}
