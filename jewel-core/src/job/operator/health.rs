//! Whether all is well with the queue: findings, each with what to do, and the conservation law.
//!
//! The other checks are in `checks`. Nothing here mends anything.

use std::time::Duration;

use serde::Serialize;
use tokio::time::Instant;

use crate::db;
use crate::job::Jobs;

/// How many ids one statement checks.
const STEP: i64 = 1_000_000;
/// How many ids a finding names.
pub(super) const NAMED: usize = 5;

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// As it should be.
    Ok,
    /// Nothing is wrong, but somebody may want to know.
    Info,
    /// It may become bad, or is on purpose.
    Warn,
    /// It is bad.
    Fail,
}

/// What a check found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// The check, in one word.
    pub check: &'static str,
    /// How bad it is.
    pub level: Level,
    /// What it is.
    pub said: String,
    /// What to do about it.
    pub advice: Option<String>,
}

impl Finding {
    /// As it should be.
    pub fn ok(check: &'static str, said: impl Into<String>) -> Self {
        Self { check, level: Level::Ok, said: said.into(), advice: None }
    }

    /// Anything else.
    pub fn new(
        check: &'static str,
        level: Level,
        said: impl Into<String>,
        advice: impl Into<String>,
    ) -> Self {
        Self { check, level, said: said.into(), advice: Some(advice.into()) }
    }
}

/// For whom it is checked, and how thoroughly.
#[derive(Debug, Clone, Copy, Default)]
pub struct Program<'a> {
    /// The kinds of jobs that the program has, by name.
    pub kinds: &'a [&'a str],
    /// The queues in which these wait.
    pub queues: &'a [&'a str],
    /// Those of the kinds whose jobs are encrypted.
    pub encrypted: &'a [&'a str],
    /// How long the conservation law may be checked, from the newest jobs on; without, all are.
    pub patience: Option<Duration>,
}

impl Jobs {
    /// Checks the queue: whether the conservation law holds, whether what should move moves, and
    /// whether this program can run what waits. `progress` hears how many ids are checked, of how
    /// many. A check that fails is a finding itself.
    pub async fn check(
        &self,
        program: Program<'_>,
        mut progress: impl FnMut(i64, i64) + Send,
    ) -> Vec<Finding> {
        let mut all = Vec::new();
        let mut add = |check, found: Result<Vec<Finding>, db::Error>| match found {
            Ok(found) => all.extend(found),
            Err(error) => all.push(unchecked(check, &error)),
        };
        add("conservation", self.conservation(program.patience, &mut progress).await);
        add("workers", self.check_workers().await);
        add("leases", self.check_leases().await);
        add("locks", self.check_locks().await);
        add("kinds", self.check_kinds(program).await);
        add("keys", self.check_keys(program).await);
        add("partitions", self.check_partitions().await);
        add("blocked", self.check_blocked().await);
        add("paused", self.check_paused().await);
        add("dead", self.check_dead().await);
        all
    }

    async fn conservation(
        &self,
        patience: Option<Duration>,
        progress: &mut (impl FnMut(i64, i64) + Send),
    ) -> Result<Vec<Finding>, db::Error> {
        let (first, last): (Option<i64>, Option<i64>) =
            sqlx::query_as("select min(id), max(id) from jewel.job").fetch_one(self.db()).await?;
        let (first, last) = (first.unwrap_or(0), last.unwrap_or(0));
        let start = Instant::now();
        let (mut broken, mut top) = (Broken::default(), i64::MAX);
        let mut low = last.saturating_sub(STEP - 1).max(first);
        loop {
            // The lowest part begins, and the highest ends, beyond all jobs: a place may name none.
            let from = if low <= first { i64::MIN } else { low };
            broken.add(self.unconserved(from, top).await?);
            progress(last - low + 1, last - first + 1);
            if low <= first {
                return Ok(vec![broken.finding(None)]);
            }
            if patience.is_some_and(|patience| start.elapsed() >= patience) {
                return Ok(vec![broken.finding(Some(low))]);
            }
            top = low;
            low = low.saturating_sub(STEP).max(first);
        }
    }

    async fn unconserved(&self, low: i64, top: i64) -> Result<Vec<Row>, db::Error> {
        Ok(sqlx::query_as("select id, has_job, at from jewel.unconserved($1, $2)")
            .bind(low)
            .bind(top)
            .fetch_all(self.db())
            .await?)
    }
}

/// A job's number, whether there is such a job, and the places that name it.
type Row = (i64, bool, Option<Vec<String>>);

/// What breaks the law.
#[derive(Debug, Default)]
struct Broken {
    lost: Vec<i64>,
    twice: Vec<(i64, String)>,
    ghosts: Vec<(i64, String)>,
}

impl Broken {
    fn add(&mut self, rows: Vec<Row>) {
        for (id, has_job, at) in rows {
            let places = at.unwrap_or_default().join(", ");
            match (has_job, places.is_empty()) {
                (false, _) => self.ghosts.push((id, places)),
                (true, true) => self.lost.push(id),
                (true, false) => self.twice.push((id, places)),
            }
        }
    }

    /// `down_to`: the last id that was looked at, where not all were.
    fn finding(&self, down_to: Option<i64>) -> Finding {
        const CHECK: &str = "conservation";
        let (mut said, mut advice) = (Vec::new(), Vec::new());
        if !self.lost.is_empty() {
            let ids = named(self.lost.iter());
            said.push(format!("{} in no place: {ids}", jobs(self.lost.len(), "is", "are")));
            advice.push(format!(
                "write the lost ones down as dead and run them again: `insert into \
                 jewel.finished (id, outcome, kind_id, queue_id, attempt) select id, 2, kind_id, \
                 queue_id, 0 from jewel.job where id in ({ids})`, then `jobs retry`"
            ));
        }
        if !self.twice.is_empty() {
            let count = jobs(self.twice.len(), "is", "are");
            said.push(format!("{count} in several places: {}", placed(&self.twice)));
            advice.push("pause their queues, and delete all but one of their places".to_owned());
        }
        if !self.ghosts.is_empty() {
            let count = self.ghosts.len();
            said.push(format!("{count} times a place names no job: {}", placed(&self.ghosts)));
            advice.push("delete those rows: there is nothing to run".to_owned());
        }
        if !said.is_empty() {
            advice.push(
                "only a change of the tables by hand, or a fault in the queue, does this: keep \
                 a dump, and tell who maintains it"
                    .to_owned(),
            );
            return Finding::new(CHECK, Level::Fail, said.join("; "), advice.join("; "));
        }
        match down_to {
            None => Finding::ok(CHECK, "every job is in exactly one place"),
            Some(id) => Finding::new(
                CHECK,
                Level::Ok,
                format!("every job from {id} on is in exactly one place"),
                "`jobs doctor --full` looks at the older ones too",
            ),
        }
    }
}

fn unchecked(check: &'static str, error: &db::Error) -> Finding {
    let advice = match error.sqlstate().as_deref() {
        Some("57014") => "give it more time, as in `--set db.statement_timeout=10m`",
        Some("42P01" | "42883" | "3F000") => "bring the database up to date: `migrate`",
        _ => "see to the database first",
    };
    Finding::new(check, Level::Fail, format!("it could not be checked: {error}"), advice)
}

/// The first of them, for people.
pub(super) fn named(ids: impl ExactSizeIterator<Item = impl ToString>) -> String {
    let more = ids.len() > NAMED;
    let mut words: Vec<String> = ids.take(NAMED).map(|id| id.to_string()).collect();
    if more {
        words.push("..".to_owned());
    }
    words.join(", ")
}

fn placed(all: &[(i64, String)]) -> String {
    named(all.iter().map(|(id, places)| format!("{id} ({places})")))
}

/// `1 job is`, `2 jobs are`.
pub(super) fn jobs(count: impl TryInto<u64>, one: &str, several: &str) -> String {
    match count.try_into().unwrap_or(0) {
        1 => format!("1 job {one}"),
        count => format!("{count} jobs {several}"),
    }
}
