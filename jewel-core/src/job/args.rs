//! What can be a job's arguments.

use schemars::JsonSchema;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::manifest::Describe;

/// The arguments of a job: stored as JSON when it is enqueued, read back when it runs.
///
/// Every type has it that derives the three and owns what it holds. They are no supertraits, so
/// that a type which lacks all three is one error, in the words above.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be the arguments of a job",
    label = "derive Serialize, Deserialize and JsonSchema for it"
)]
pub trait Args: Sized + Send + 'static {
    /// Writes them as JSON.
    ///
    /// # Errors
    /// What its `Serialize` says.
    fn write(&self) -> serde_json::Result<String>;

    /// Reads them back.
    ///
    /// # Errors
    /// What its `Deserialize` says.
    fn read(json: &str) -> serde_json::Result<Self>;

    /// Their schema.
    fn schema(describe: &mut Describe) -> Value;
}

#[diagnostic::do_not_recommend]
impl<T: Serialize + DeserializeOwned + JsonSchema + Send + 'static> Args for T {
    fn write(&self) -> serde_json::Result<String> {
        serde_json::to_string(self)
    }

    fn read(json: &str) -> serde_json::Result<Self> {
        serde_json::from_str(json)
    }

    fn schema(describe: &mut Describe) -> Value {
        describe.reads::<Self>()
    }
}
