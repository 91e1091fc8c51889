//! The JSON Schema of the manifest itself, for programs that read it.

use schemars::generate::SchemaSettings;
use serde_json::Value;

use crate::manifest::Manifest;

/// The schema of what the `manifest` command prints.
pub fn manifest_schema() -> Value {
    let generator = SchemaSettings::draft2020_12().for_serialize().into_generator();
    let mut schema = generator.into_root_schema_for::<Manifest>().to_value();
    schema.sort_all_objects();
    schema
}
