//! Which jobs a command is about, and asking before it does what is much or cannot be undone.

use std::io::{IsTerminal, stderr, stdin};

use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser};

use crate::app::Error;
use crate::config::{Span, nearest};
use crate::job::operator::Filter;
use crate::job::{JobId, Jobs, Place};

/// Filters.
#[derive(Debug, Clone, Default, PartialEq, Eq, Args)]
pub(super) struct Which {
    /// Only jobs in this state; may be repeated.
    #[arg(long = "state", value_name = "STATE", value_parser = state())]
    pub(super) states: Vec<Place>,
    /// Only jobs of this kind; may be repeated.
    #[arg(long = "kind", value_name = "KIND")]
    pub(super) kinds: Vec<String>,
    /// Only jobs of this queue; may be repeated.
    #[arg(long = "queue", value_name = "QUEUE")]
    pub(super) queues: Vec<String>,
    /// Only what ended badly at most so long ago or, for all other states, was enqueued at most so
    /// long ago: 30s, 5m, 1h, 7d.
    #[arg(long, value_name = "SPAN")]
    pub(super) since: Option<Span>,
}

/// Jobs by number, or by filter.
#[derive(Debug, Clone, Default, Args)]
pub(in crate::app) struct Selection {
    /// The jobs' numbers.
    #[arg(value_name = "ID")]
    pub(super) ids: Vec<i64>,
    #[command(flatten)]
    pub(super) which: Which,
    /// Do not ask.
    #[arg(long, short)]
    pub(super) yes: bool,
    /// Say how many jobs it is about, and do nothing.
    #[arg(long)]
    pub(super) dry_run: bool,
    /// Print JSON.
    #[arg(long)]
    pub(super) json: bool,
}

/// What a command does with the jobs it selects.
#[derive(Debug, Clone, Copy)]
pub(super) struct Deed {
    /// As in `Cancel 3 jobs?`.
    pub(super) verb: &'static str,
    /// The states that filters mean where none is named.
    pub(super) usual: &'static [Place],
    /// The states it is for.
    pub(super) possible: fn(Place) -> bool,
    /// Whether it can be undone: if not, it asks even where the numbers are given.
    pub(super) undoable: bool,
}

fn state() -> impl TypedValueParser<Value = Place> {
    PossibleValuesParser::new(Place::ALL.map(Place::as_str)).try_map(Place::try_from)
}

impl Which {
    /// The filter; a name that is not known is refused, with the nearest.
    pub(super) async fn filter(&self, jobs: &Jobs) -> Result<Filter, Error> {
        if !self.kinds.is_empty() {
            known("kind", "kinds", &self.kinds, &jobs.kinds().await?)?;
        }
        if !self.queues.is_empty() {
            known("queue", "queues", &self.queues, &jobs.queues().await?)?;
        }
        Ok(Filter {
            states: self.states.clone(),
            kinds: self.kinds.clone(),
            queues: self.queues.clone(),
            since: self.since.map(Span::get),
            after: None,
        })
    }

    /// `state dead/poisoned, kind render, since 1h`.
    pub(super) fn words(&self) -> String {
        let states: Vec<_> = self.states.iter().map(|state| state.as_str().to_owned()).collect();
        let since: Vec<_> = self.since.iter().map(ToString::to_string).collect();
        let all =
            [("state", &states), ("kind", &self.kinds), ("queue", &self.queues), ("since", &since)];
        let named = all.iter().filter(|(_, values)| !values.is_empty());
        let words: Vec<_> =
            named.map(|(name, values)| format!("{name} {}", values.join("/"))).collect();
        words.join(", ")
    }
}

impl Selection {
    /// The jobs, once somebody has agreed where that is needed; `None` where nothing is to be done,
    /// which is then said already.
    pub(super) async fn agreed(
        &self,
        jobs: &Jobs,
        deed: Deed,
    ) -> Result<Option<Vec<JobId>>, Error> {
        let mut which = self.which.clone();
        let by_number = !self.ids.is_empty();
        let ids = match (by_number, which == Which::default()) {
            (true, true) => unique(&self.ids),
            (false, false) => {
                if which.states.is_empty() {
                    which.states = deed.usual.to_vec();
                }
                refuse_states(&which, deed)?;
                jobs.select(&which.filter(jobs).await?).await?
            }
            (true, false) => return refused("give numbers or filters, not both"),
            (false, true) => {
                return refused("say which: numbers, or --state, --kind, --queue, --since");
            }
        };
        let what = match (ids.len(), by_number) {
            (1, true) => format!("job {}", ids[0]),
            (1, false) => format!("1 job ({})", which.words()),
            (count, true) => format!("{count} jobs"),
            (count, false) => format!("{count} jobs ({})", which.words()),
        };
        if ids.is_empty() {
            eprintln!("there are no such jobs ({})", which.words());
            return Ok(None);
        }
        if self.dry_run {
            eprintln!("would {} {what}", deed.verb.to_lowercase());
            return Ok(None);
        }
        let asks = !by_number || !deed.undoable;
        let last = if deed.undoable { "" } else { " for good" };
        if asks && !confirm(&format!("{} {what}{last}", deed.verb), self.yes)? {
            eprintln!("nothing was done");
            return Ok(None);
        }
        Ok(Some(ids))
    }
}

/// States that the deed is not for are a misunderstanding, not an empty selection.
fn refuse_states(which: &Which, deed: Deed) -> Result<(), Error> {
    if which.states.is_empty() {
        return refused("say --state: it is not clear which jobs you mean");
    }
    let verb = deed.verb.to_lowercase();
    match which.states.iter().find(|state| !(deed.possible)(**state)) {
        None => Ok(()),
        Some(state) if state.is_final() => {
            refused(&format!("`jobs {verb}` is for jobs that are not over; a {state} one is"))
        }
        Some(state) => {
            refused(&format!("`jobs {verb}` is for jobs that are over; a {state} one is not"))
        }
    }
}

/// Asks on the terminal; without one, only `--yes` agrees.
fn confirm(question: &str, yes: bool) -> Result<bool, Error> {
    if yes {
        return Ok(true);
    }
    if !stdin().is_terminal() || !stderr().is_terminal() {
        return refused(&format!("{question}? Nobody is here to be asked: say --yes"));
    }
    eprint!("{question}? [y/N] ");
    let mut answer = String::new();
    stdin().read_line(&mut answer).map_err(Error::io("the answer"))?;
    Ok(agrees(&answer))
}

/// Whether an answer is a yes.
pub(super) fn agrees(answer: &str) -> bool {
    matches!(answer.trim().to_lowercase().as_str(), "y" | "yes")
}

fn unique(ids: &[i64]) -> Vec<JobId> {
    let mut seen = Vec::with_capacity(ids.len());
    for id in ids.iter().copied().map(JobId) {
        if !seen.contains(&id) {
            seen.push(id);
        }
    }
    seen
}

/// Refuses a name that is not known, with the nearest or all.
pub(super) fn known(
    what: &str,
    plural: &str,
    names: &[String],
    all: &[String],
) -> Result<(), Error> {
    let Some(name) = names.iter().find(|name| !all.contains(name)) else { return Ok(()) };
    if all.is_empty() {
        return refused(&format!("there is no {what} `{name}`: there are no {plural} yet"));
    }
    let list = all.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    match nearest(name, all.iter().map(String::as_str)) {
        Some(near) => refused(&format!(
            "there is no {what} `{name}`: did you mean `{near}`? The {plural} are {list}"
        )),
        None => refused(&format!("there is no {what} `{name}`; the {plural} are {list}")),
    }
}

/// An error that says why a command is not done.
pub(super) fn refused<T>(why: &str) -> Result<T, Error> {
    Err(Error::Refused(why.to_owned()))
}
