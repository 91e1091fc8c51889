//! What happens to a photo's bytes when its row is gone.

use jewel_core::State;
use jewel_core::blob::{Blob, Key};
use jewel_core::job;
use jewel_core::job::JobError;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Bytes that nothing names any more.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
pub struct Discard {
    /// Where they are in the object store.
    pub object: String,
}

/// Take bytes out of the object store.
#[job(queue = upkeep, priority = background, retry(20, 5s..1h), timeout = 1m)]
pub async fn discard(args: Discard, blob: State<Blob>) -> Result<(), JobError> {
    let key = Key::new(args.object).map_err(JobError::give_up)?;
    Ok(blob.delete(&key).await?)
}
