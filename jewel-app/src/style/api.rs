//! The catalogue, for everybody.

use jewel_core::{Page, Problem, State, get, output};
use thiserror::Error;

use super::catalogue::{Catalogue, Style};

/// A look that a shot can have.
#[output]
pub struct StyleView {
    /// What orders name; it never changes.
    pub id: String,
    /// What people read.
    pub name: String,
    /// What it looks like, in a sentence.
    pub description: String,
    /// What a shot in it costs, in credits.
    pub price: i64,
}

impl From<&Style> for StyleView {
    fn from(style: &Style) -> Self {
        Self {
            id: style.id.to_owned(),
            name: style.name.to_owned(),
            description: style.description.to_owned(),
            price: style.price,
        }
    }
}

/// Nothing can go wrong with a list in memory.
#[derive(Debug, Error, Problem)]
pub enum StyleProblem {}

/// List the styles.
///
/// The list is short: one page holds it.
#[get("/v1/styles", access(public), slo(p95 = 50ms))]
pub async fn list(catalogue: State<Catalogue>) -> Result<Page<StyleView>, StyleProblem> {
    let items = catalogue.all().iter().map(Into::into).collect();
    Ok(Page { items, next: None })
}
