//! Rules `head`, `size`, `function`, `columns` and `name`: a file's outer shape.
//!
//! What stands in the file is other rules' matter.

use std::collections::BTreeSet;

use syn::spanned::Spanned;
use syn::visit::{self, Visit};

use super::Finding;
use super::source::Source;

const LINES_EXPLAINED: usize = 400;
const LINES_MOST: usize = 800;
const FUNCTION_LINES_MOST: usize = 70;
const COLUMNS_MOST: usize = 100;
const EMPTY_NAMES: [&str; 7] =
    ["util", "utils", "common", "helper", "helpers", "manager", "prelude"];

/// A file begins with `//!`.
pub(super) fn head(source: &Source) -> Vec<Finding> {
    if source.text.starts_with("//!") {
        return Vec::new();
    }
    let what = "begin the file with `//!`: what it is and what it deliberately is not";
    vec![Finding::new(1, what)]
}

/// A file ends at 800 lines; above 400 its head says why it is long.
pub(super) fn size(source: &Source) -> Vec<Finding> {
    let lines = source.text.lines().count();
    if lines > LINES_MOST {
        return vec![Finding::new(1, format!("{lines} lines, {LINES_MOST} at most: split it"))];
    }
    let explained = head_text(&source.text).split_whitespace().any(|word| word.contains("long"));
    if lines > LINES_EXPLAINED && !explained {
        let what = format!("{lines} lines: split it, or let the `//!` head say why it is long");
        return vec![Finding::new(1, what)];
    }
    Vec::new()
}

fn head_text(text: &str) -> String {
    let head = text.lines().take_while(|line| line.starts_with("//!"));
    head.collect::<Vec<_>>().join("\n")
}

/// A function ends at 70 lines, from its `fn` to its brace.
pub(super) fn functions(source: &Source) -> Vec<Finding> {
    let mut walk = Functions(Vec::new());
    walk.visit_file(&source.syntax);
    walk.0
}

struct Functions(Vec<Finding>);

impl Functions {
    fn measure(&mut self, signature: &syn::Signature, block: &syn::Block) {
        let begin = signature.fn_token.span.start().line;
        let lines = block.span().end().line + 1 - begin;
        if lines > FUNCTION_LINES_MOST {
            let name = &signature.ident;
            let what = format!("`{name}` has {lines} lines, {FUNCTION_LINES_MOST} at most: split");
            self.0.push(Finding::new(begin, what));
        }
    }
}

impl<'ast> Visit<'ast> for Functions {
    fn visit_item_fn(&mut self, item: &'ast syn::ItemFn) {
        self.measure(&item.sig, &item.block);
        visit::visit_item_fn(self, item);
    }

    fn visit_impl_item_fn(&mut self, item: &'ast syn::ImplItemFn) {
        self.measure(&item.sig, &item.block);
        visit::visit_impl_item_fn(self, item);
    }

    fn visit_trait_item_fn(&mut self, item: &'ast syn::TraitItemFn) {
        if let Some(block) = &item.default {
            self.measure(&item.sig, block);
        }
        visit::visit_trait_item_fn(self, item);
    }
}

/// A line ends at column 100.
pub(super) fn columns(source: &Source) -> Vec<Finding> {
    let lines = source.text.lines().enumerate();
    let long = lines.map(|(at, line)| (at + 1, line.chars().count()));
    let whole = verbatim(source);
    let long = long.filter(|(line, columns)| *columns > COLUMNS_MOST && !whole.contains(line));
    long.map(|(line, columns)| {
        Finding::new(line, format!("{columns} columns, {COLUMNS_MOST} at most: break the line"))
    })
    .collect()
}

/// The lines of texts that run over several, a snapshot's for one: they are as long as what they
/// quote. A text that is broken by `\` can be broken elsewhere.
fn verbatim(source: &Source) -> BTreeSet<usize> {
    let quotes = source.tokens.iter().filter(|token| {
        token.text.contains('"') && token.text.contains('\n') && !token.text.contains("\\\n")
    });
    let lines = quotes.map(|token| token.line + 1..=token.line + token.text.matches('\n').count());
    lines.flatten().collect()
}

/// A file's and a folder's name says what is in it.
pub(super) fn name(source: &Source) -> Vec<Finding> {
    let path = source.file.strip_suffix(".rs").unwrap_or(&source.file);
    let empty = path.split('/').filter(|part| EMPTY_NAMES.contains(part));
    empty.map(|part| Finding::new(1, format!("`{part}` says nothing: name its subject"))).collect()
}
