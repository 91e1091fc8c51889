//! What can be a job's arguments.

use schemars::JsonSchema;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// The arguments of a job: stored as JSON when it is enqueued, read back when it runs.
///
/// Every type has it that derives the three and owns what it holds.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be the arguments of a job",
    label = "derive Serialize, Deserialize and JsonSchema for it"
)]
pub trait Args: Serialize + DeserializeOwned + JsonSchema + Send + 'static {}

#[diagnostic::do_not_recommend]
impl<T: Serialize + DeserializeOwned + JsonSchema + Send + 'static> Args for T {}
