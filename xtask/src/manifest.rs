//! Reads the names of mounted endpoints, jobs and entities from the manifest.
//!
//! Deliberately tolerant: it takes what it needs from the JSON and ignores the rest, so that a
//! new manifest version breaks it only where the names themselves move.

use std::collections::BTreeSet;

use anyhow::{Context, Result, bail};
use serde_json::Value;

/// The manifest's lists that hold annotated items.
const LISTS: [&str; 3] = ["operations", "jobs", "entities"];
/// Where an entry may carry its item's name, the best first.
const NAME: [&str; 2] = ["name", "id"];

/// The items that the app mounts.
#[derive(Debug, PartialEq)]
pub(crate) struct Mounted(BTreeSet<(String, String)>);

impl Mounted {
    /// Reads `operations[]`, `jobs[]` and `entities[]`, each with its `name` and its `module`.
    pub(crate) fn read(text: &str) -> Result<Self> {
        let value: Value = serde_json::from_str(text).context("the manifest is not JSON")?;
        let mut found = BTreeSet::new();
        if !LISTS.iter().any(|list| value[list].is_array()) {
            bail!("the manifest holds none of {LISTS:?}: adapt xtask/src/manifest.rs");
        }
        for list in LISTS {
            for entry in value[list].as_array().into_iter().flatten() {
                let names = NAME.iter().find_map(|key| entry[key].as_str());
                let name = names.with_context(|| format!("{list}: an entry has no name"))?;
                let module = entry["module"].as_str().unwrap_or_default();
                found.insert((within_crate(module), name.to_owned()));
            }
        }
        Ok(Self(found))
    }

    /// Whether this item of this module (`shot::api`, without the crate) is mounted. An entry
    /// without a module counts for every module.
    pub(crate) fn holds(&self, module: &str, name: &str) -> bool {
        let at = |module: &str| self.0.contains(&(module.to_owned(), name.to_owned()));
        at(module) || at("")
    }
}

/// `jewel_app::shot::api` → `shot::api`: the library and the binary name the crate differently.
fn within_crate(module: &str) -> String {
    module.split_once("::").map_or("", |(_, rest)| rest).to_owned()
}

#[cfg(test)]
mod tests;
