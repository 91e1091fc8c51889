//! The OpenAPI 3.1 document of an application.
//!
//! It is put together as JSON, with the manifest's schemas as they are: parameters, headers and
//! problem members have schemas of their own, which a typed document model would have to hold, and
//! the one at hand loses or refuses half of JSON Schema. Whatever is used by no operation is left
//! out, so that the document has no dead parts.

mod answers;
mod components;
mod headers;
mod operation;
mod problems;

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use self::components::Components;
use crate::manifest::Manifest;

/// The version of the format that is written.
const VERSION: &str = "3.1.0";

/// The document of everything that the application answers, its keys sorted.
pub fn openapi(manifest: &Manifest) -> Value {
    let mut components = Components::new(manifest);
    let mut paths = Map::new();
    for operation in &manifest.operations {
        let item = paths.entry(operation.path.clone()).or_insert_with(|| json!({}));
        let method = operation.method.to_ascii_lowercase();
        item[method] = operation::operation(operation, &mut components);
    }
    let paths = Value::Object(paths);
    let mut document = json!({
        "openapi": VERSION,
        "info": info(manifest),
        "servers": [{ "url": "/", "description": "The server that this document comes from." }],
        "tags": tags(manifest),
        "components": components.used_by(&paths),
        "paths": paths,
    });
    document.sort_all_objects();
    document
}

fn info(manifest: &Manifest) -> Value {
    let mut info = json!({
        "title": manifest.title,
        "version": manifest.version,
        "description": manifest.description,
        "x-generated-by": "the `openapi` command, from the application's manifest; do not edit",
    });
    if let Some(license) = &manifest.license {
        info["license"] = json!({ "name": license, "identifier": license });
    }
    // An application that names nobody is itself whom to ask; the field is expected of a document.
    info["contact"] = match &manifest.contact {
        Some(contact) => json!(contact),
        None => json!({ "name": manifest.title }),
    };
    info
}

/// The modules that have operations, in the order of their mounting.
fn tags(manifest: &Manifest) -> Value {
    let used: BTreeSet<&str> = manifest.operations.iter().map(|o| o.tag.as_str()).collect();
    let modules = manifest.modules.iter().filter(|module| used.contains(module.name.as_str()));
    modules.map(|m| json!({ "name": m.name, "description": m.description })).collect()
}
