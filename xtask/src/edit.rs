//! Changes one handler's body for the length of a measurement, and puts it back.
//!
//! A touched time stamp would measure nothing: the compiler finds every query green. The file is
//! put back on every way out that runs destructors; after a Ctrl-C `git diff` shows the edit.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use syn::Item;

const VERBS: [&str; 5] = ["get", "post", "put", "patch", "delete"];
/// A statement that changes what is compiled and nothing that happens.
const STATEMENT: &str = " let () = std::hint::black_box(());";

/// A file with its edit; the original text comes back when this goes.
pub(crate) struct Edit {
    path: PathBuf,
    original: String,
}

impl Edit {
    /// Edits the first handler of the file.
    pub(crate) fn first_handler(path: &Path) -> Result<Self> {
        let original = read(path)?;
        let at = body(&original).with_context(|| format!("{} has no handler", path.display()))?;
        let (before, after) = original.split_at(at);
        let edited = format!("{before}{STATEMENT}{after}");
        fs::write(path, edited).with_context(|| format!("cannot write {}", path.display()))?;
        Ok(Self { path: path.to_owned(), original })
    }
}

impl Drop for Edit {
    fn drop(&mut self) {
        if let Err(error) = fs::write(&self.path, &self.original) {
            eprintln!("{} could not be put back ({error}): use git", self.path.display());
        }
    }
}

/// The first file under the folder with a handler in it.
pub(crate) fn file_with_handler(folder: &Path) -> Result<PathBuf> {
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        let mut entries: Vec<_> =
            fs::read_dir(&folder)?.map(|entry| Ok(entry?.path())).collect::<Result<_>>()?;
        entries.sort();
        for path in entries {
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|it| it == "rs") && body(&read(&path)?).is_some()
            {
                return Ok(path);
            }
        }
    }
    anyhow::bail!("no file under {} has a handler", folder.display())
}

fn read(path: &Path) -> Result<String> {
    fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))
}

/// The byte behind the opening brace of the first handler's body.
fn body(text: &str) -> Option<usize> {
    let file = syn::parse_file(text).ok()?;
    let block = file.items.into_iter().find_map(|item| match item {
        Item::Fn(function) if function.attrs.iter().any(is_verb) => Some(function.block),
        _ => None,
    })?;
    let brace = block.brace_token.span.open().start();
    let line_begin: usize = text.split_inclusive('\n').take(brace.line - 1).map(str::len).sum();
    let line = &text[line_begin..];
    let (column, open) = line.char_indices().nth(brace.column)?;
    Some(line_begin + column + open.len_utf8())
}

fn is_verb(attribute: &syn::Attribute) -> bool {
    let last = attribute.path().segments.last();
    last.is_some_and(|last| VERBS.iter().any(|verb| last.ident == verb))
}

#[cfg(test)]
mod tests;
