//! One Rust file as the rules see it: text, tokens, syntax, and where it stands.
//!
//! Here is decided which files are read at all and which code counts as test code; no rule
//! decides that for itself.

use std::fs;
use std::ops::RangeInclusive;
use std::path::Path;

use anyhow::{Context, Result};

use super::tokens::{self, Token};
use crate::workspace;

/// The crates under the rules, in rank order.
const CRATES: [&str; 7] =
    ["jewel-macros", "jewel-core", "jewel-app/studio", "jewel-app", "examples", "tests", "xtask"];
/// Folders that are not our code: built files, and macro mistakes made on purpose.
const NOT_OURS: [&str; 3] = ["target", "ui", "snapshots"];
/// The crate that is nothing but tests.
const ALL_TESTS: &str = "tests";

/// One file.
pub(super) struct Source {
    /// The crate's folder: `jewel-core`.
    pub(super) krate: String,
    /// The path from the checkout's root, with `/`.
    pub(super) file: String,
    /// The module path within the crate; nothing for a crate's root and outside `src`.
    pub(super) module: Vec<String>,
    /// The whole text.
    pub(super) text: String,
    /// The tokens, comments left out.
    pub(super) tokens: Vec<Token>,
    /// The syntax tree.
    pub(super) syntax: syn::File,
    /// Test code, in lines.
    tests: Vec<RangeInclusive<usize>>,
    /// Modules written inside this file: their lines and their names.
    inline: Vec<(RangeInclusive<usize>, String)>,
}

impl Source {
    /// Reads a file of this crate.
    pub(super) fn parse(krate: &str, file: &str, text: String) -> Result<Self> {
        let syntax = syn::parse_file(&text).with_context(|| format!("{file} does not parse"))?;
        let tokens = tokens::of(&text).with_context(|| format!("{file} has no tokens"))?;
        let tests = tokens::test_lines(&tokens);
        let inline = tokens::inline_modules(&tokens);
        let module = module_of(krate, file);
        let (krate, file) = (krate.to_owned(), file.to_owned());
        Ok(Self { krate, file, module, text, tokens, syntax, tests, inline })
    }

    /// Whether the file lies under the crate's `src`.
    pub(super) fn in_src(&self) -> bool {
        self.file.starts_with(&format!("{}/src/", self.krate))
    }

    /// Whether the line is test code: by its file, or by `#[cfg(test)]` and `#[test]`.
    pub(super) fn is_test(&self, line: usize) -> bool {
        let timed = self.file.contains("/benches/") || self.file.contains("/drills/");
        let by_file = self.krate == ALL_TESTS && !timed
            || self.file.ends_with("/tests.rs")
            || self.file.contains("/tests/");
        by_file || self.tests.iter().any(|lines| lines.contains(&line))
    }

    /// The module path at a line, modules written inside the file included.
    pub(super) fn module_at(&self, line: usize) -> Vec<String> {
        let inside = self.inline.iter().filter(|(lines, _)| lines.contains(&line));
        self.module.iter().cloned().chain(inside.map(|(_, name)| name.clone())).collect()
    }
}

/// Every file under the rules.
pub(super) fn all() -> Result<Vec<Source>> {
    let root = workspace::root();
    let mut sources = Vec::new();
    for krate in CRATES {
        let mut files = Vec::new();
        walk(&root.join(krate), &mut files)?;
        files.sort();
        for path in files {
            let text = fs::read_to_string(&path)
                .with_context(|| format!("cannot read {}", path.display()))?;
            let file = path.strip_prefix(&root).unwrap_or(&path).to_string_lossy().into_owned();
            sources.push(Source::parse(krate, &file, text)?);
        }
    }
    Ok(sources)
}

fn walk(folder: &Path, files: &mut Vec<std::path::PathBuf>) -> Result<()> {
    let entries =
        fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))?;
    for entry in entries {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let nested = path.join("Cargo.toml").exists();
        if path.is_dir() && !nested && !NOT_OURS.contains(&name.as_str()) && !name.starts_with('.')
        {
            walk(&path, files)?;
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    Ok(())
}

/// `jewel-core/src/http/guard.rs` → `http`, `guard`.
fn module_of(krate: &str, file: &str) -> Vec<String> {
    let Some(inside) = file.strip_prefix(&format!("{krate}/src/")) else {
        return Vec::new();
    };
    let path = inside.strip_suffix(".rs").unwrap_or(inside);
    let mut parts: Vec<String> = path.split('/').map(str::to_owned).collect();
    let root = matches!(path, "lib" | "main") || parts[0] == "bin";
    if root {
        return Vec::new();
    }
    if parts.last().is_some_and(|last| last == "mod") {
        parts.pop();
    }
    parts
}
