//! All styles there are, pure: which one an id names, and what it costs.

/// A look that a shot can have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Style {
    /// What orders name.
    pub id: &'static str,
    /// What people read.
    pub name: &'static str,
    /// What it looks like, in a sentence.
    pub description: &'static str,
    /// What a shot in it costs, in credits.
    pub price: i64,
}

/// All styles, in the order in which they are shown.
#[derive(Debug, Clone, Default)]
pub struct Catalogue {
    styles: Vec<Style>,
}

impl Catalogue {
    /// A catalogue of these.
    pub fn new(styles: impl IntoIterator<Item = Style>) -> Self {
        Self { styles: styles.into_iter().collect() }
    }

    /// The style that an id names.
    pub fn find(&self, id: &str) -> Option<&Style> {
        self.styles.iter().find(|style| style.id == id)
    }

    /// All of them.
    pub fn all(&self) -> &[Style] {
        &self.styles
    }
}
