//! What a job carries beside its arguments, as it is stored.

use std::borrow::Cow;

use serde::{Deserialize, Deserializer, Serialize};

use crate::clock::Timestamp;
use crate::id::Id;
use crate::tenant::Account;
use crate::trace::TraceParent;

/// What a job carries beside its arguments.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Meta {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) account: Option<Id<Account>>,
    #[serde(skip_serializing_if = "Option::is_none", default, deserialize_with = "trace")]
    pub(super) traceparent: Option<TraceParent>,
    /// The time of its schedule.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) tick: Option<Timestamp>,
}

/// One that is malformed is none: a job does not wait for its trace.
fn trace<'de, D: Deserializer<'de>>(from: D) -> Result<Option<TraceParent>, D::Error> {
    #[derive(Deserialize)]
    struct Text<'a>(#[serde(borrow)] Cow<'a, str>);
    let text = Option::<Text<'de>>::deserialize(from)?;
    Ok(text.and_then(|text| TraceParent::parse(&text.0)))
}
