//! An item's doc comment, as the two texts that documents are made of.

use syn::{Attribute, Expr, Lit, Meta};

/// A doc comment.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Doc {
    /// The first paragraph, in one line.
    pub(crate) summary: String,
    /// The rest, in Markdown.
    pub(crate) description: String,
}

impl Doc {
    /// Puts the doc comment among `attrs` together.
    pub(crate) fn of(attrs: &[Attribute]) -> Self {
        let text: Vec<String> = attrs.iter().filter_map(line).collect();
        let text = text.join("\n");
        let lines: Vec<&str> =
            text.lines().map(|line| line.strip_prefix(' ').unwrap_or(line)).collect();
        let start = lines.iter().position(|line| !line.trim().is_empty()).unwrap_or(lines.len());
        let lines = &lines[start..];
        let end = lines.iter().position(|line| line.trim().is_empty()).unwrap_or(lines.len());
        let summary: Vec<&str> = lines[..end].iter().map(|line| line.trim()).collect();
        Self { summary: summary.join(" "), description: lines[end..].join("\n").trim().to_owned() }
    }
}

/// The text of one `#[doc = ".."]`, which is what a line of `///` stands for.
fn line(attr: &Attribute) -> Option<String> {
    let Meta::NameValue(pair) = &attr.meta else { return None };
    if !pair.path.is_ident("doc") {
        return None;
    }
    match &pair.value {
        Expr::Lit(literal) => match &literal.lit {
            Lit::Str(text) => Some(text.value()),
            _ => None,
        },
        _ => None,
    }
}
