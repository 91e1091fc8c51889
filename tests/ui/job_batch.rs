use jewel_core::job::{Job, JobError};
use jewel_core::job;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, JsonSchema)]
pub struct One {}

/// Many, without saying how many.
#[job]
pub async fn unsaid(_all: Vec<One>) -> Result<(), JobError> {
    Ok(())
}

#[derive(Serialize, Deserialize, JsonSchema)]
pub struct Two {}

/// One, said to be many.
#[job(batch = 10)]
pub async fn single(_one: Two) -> Result<(), JobError> {
    Ok(())
}

#[derive(Serialize, Deserialize, JsonSchema)]
pub struct Three {}

/// Many are not a job.
#[job(batch = 10)]
pub async fn whose(_all: Vec<Three>, _job: &mut Job) -> Result<(), JobError> {
    Ok(())
}

#[derive(Serialize, Deserialize, JsonSchema)]
pub struct Four {}

/// Too many.
#[job(batch = 5000)]
pub async fn endless(_all: Vec<Four>) -> Result<(), JobError> {
    Ok(())
}

#[derive(Serialize, Deserialize, JsonSchema)]
pub struct Five {}

/// Nothing that anybody could keep.
#[job(batch = 10)]
pub async fn mute(_all: Vec<Five>) -> Vec<u8> {
    Vec::new()
}

fn main() {}
