//! From one catalogue to another: the steps, in an order in which each can be done and none holds
//! up who reads and writes meanwhile.
//!
//! Pure. It does not know which side is newer: the way back is the same plan with its sides
//! swapped. Renames are done before ([`super::rename`]), because only PostgreSQL can say what they
//! make of an expression.
//!
//! ```text
//! change ─▶ build, each alone ─▶ attach ─▶ validate ─▶ finish
//! ```
//!
//! What would scan a table under a lock that stops its writers is done in two steps: a rule first
//! holds for new rows (`not valid`), then old rows are looked at; an index is built beside them.

mod code;
mod column;
mod constraint;
mod index;
mod rights;
mod table;
mod unclear;

use std::collections::{BTreeMap, BTreeSet};

pub use unclear::Unclear;

use super::Catalogue;

/// What the source says about changes that a catalogue cannot show.
#[derive(Debug, Clone, Default)]
pub struct Meant {
    /// Tables that are meant to go, with what is in them.
    pub dropped_tables: BTreeSet<String>,
    /// Columns that are meant to go, by table.
    pub dropped: BTreeSet<(String, String)>,
    /// How a value becomes one of a new type, by table and column.
    pub using: BTreeMap<(String, String), String>,
    /// Whether this is a way back: everything may go, and what was there before is made up.
    pub back: bool,
}

/// One migration's worth of statements.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Step {
    /// What it does, as the end of a file's name: nothing for the change itself.
    pub name: String,
    /// The statements, without semicolons.
    pub statements: Vec<String>,
    /// Whether it is one statement that no transaction may hold.
    pub alone: bool,
    /// What is lost by it.
    pub loses: Vec<String>,
}

/// The steps from one catalogue to another.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Plan {
    /// In order.
    pub steps: Vec<Step>,
}

/// Statements by the step in which they are done.
#[derive(Debug, Default)]
struct Draft {
    /// Takes away what others stand in the way of.
    clear: Vec<String>,
    /// Tables and columns.
    change: Vec<String>,
    /// Rules for new rows, and everything that is quick.
    add: Vec<String>,
    /// Indexes, each alone: a name and the statement.
    build: Vec<(String, String)>,
    /// What stands on them.
    attach: Vec<String>,
    /// Old rows are looked at.
    validate: Vec<String>,
    /// What stands on that.
    finish: Vec<String>,
    /// Indexes that nobody needs any more, each alone.
    remove: Vec<(String, String)>,
    loses: Vec<String>,
    unclear: Vec<Unclear>,
}

/// Plans the way from one catalogue to another.
///
/// # Errors
/// Everything that the source has to say before this can be planned; nothing is planned then.
pub fn plan(from: &Catalogue, to: &Catalogue, meant: &Meant) -> Result<Plan, Vec<Unclear>> {
    let mut draft = Draft::default();
    code::before(from, to, &mut draft);
    table::tables(from, to, meant, &mut draft);
    rights::schema(from, to, &mut draft);
    code::after(from, to, &mut draft);
    draft.unclear.is_empty().then_some(()).ok_or_else(|| std::mem::take(&mut draft.unclear))?;
    Ok(draft.steps())
}

impl Plan {
    /// The same, behind these statements.
    pub fn after(mut self, mut statements: Vec<String>) -> Self {
        if statements.is_empty() {
            return self;
        }
        match self.steps.first_mut().filter(|step| step.name.is_empty()) {
            Some(first) => {
                statements.append(&mut first.statements);
                first.statements = statements;
            }
            None => self.steps.insert(0, Step { statements, ..Step::default() }),
        }
        self
    }
}

impl Draft {
    fn steps(self) -> Plan {
        let step =
            |name: &str, statements| Step { name: name.to_owned(), statements, ..Step::default() };
        let alone = |(name, statement)| Step {
            name,
            statements: vec![statement],
            alone: true,
            ..Step::default()
        };
        let first = [self.clear, self.change, self.add].concat();
        let mut steps = vec![Step { loses: self.loses, ..step("", first) }];
        steps.extend(self.build.into_iter().map(alone));
        steps.push(step("attach", self.attach));
        steps.push(step("validate", self.validate));
        steps.push(step("finish", self.finish));
        steps.extend(self.remove.into_iter().map(alone));
        steps.retain(|step| !step.statements.is_empty());
        Plan { steps }
    }

    /// Makes up its mind about something that the source did not say.
    fn ask(&mut self, unclear: Unclear) {
        self.unclear.push(unclear);
    }
}

/// The pairs of two maps that differ: what is gone, what is new, and what is another.
fn differences<'a, V: PartialEq>(
    from: &'a BTreeMap<String, V>,
    to: &'a BTreeMap<String, V>,
) -> impl Iterator<Item = (&'a String, Option<&'a V>, Option<&'a V>)> {
    let names: BTreeSet<&String> = from.keys().chain(to.keys()).collect();
    let pairs = names.into_iter().map(|name| (name, from.get(name), to.get(name)));
    pairs.filter(|(_, was, now)| was != now)
}
