//! The manifest itself: the whole application as plain, versioned, serialisable data.
//!
//! Every generator, check and test matrix reads this and nothing else. It is built by `App`, and
//! its own JSON Schema is derived from these types.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::entity::Entity;

/// The version of this format; a reader refuses one that it does not know.
pub const FORMAT: u32 = 1;

/// A whole application.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Manifest {
    /// The version of the format.
    pub format: u32,
    /// The application's name, in kebab-case.
    pub name: String,
    /// The application's title, for people.
    pub title: String,
    /// The application's version.
    pub version: String,
    /// What it is, in Markdown.
    pub description: String,
    /// Its licence, as an SPDX expression.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub license: Option<String>,
    /// Whom its users ask.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contact: Option<Contact>,
    /// The modules, in the order of their mounting.
    pub modules: Vec<Module>,
    /// Every endpoint.
    pub operations: Vec<Operation>,
    /// Every job.
    pub jobs: Vec<Job>,
    /// Every entity.
    pub entities: Vec<Entity>,
    /// Every named schema.
    pub schemas: BTreeMap<String, Value>,
}

/// Whom an application's users ask.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Contact {
    /// The name of the team or the project.
    pub name: String,
    /// A page to ask at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// An address to write to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
}

/// A feature of the application.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Module {
    /// Its name: the tag of its operations.
    pub name: String,
    /// What it is.
    pub description: String,
}

/// One endpoint, with everything that its annotation and its types say.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Operation {
    /// `module.function`: unique, stable, in metrics and traces too.
    pub id: String,
    /// The function's name.
    pub name: String,
    /// The Rust module it stands in.
    pub module: String,
    /// The module it is mounted in.
    pub tag: String,
    /// `file:line`.
    pub source: String,
    /// GET, POST, PUT, PATCH or DELETE.
    pub method: String,
    /// The path, with `{segment}`s.
    pub path: String,
    /// One sentence.
    pub summary: String,
    /// The rest, in Markdown.
    pub description: String,
    /// `public`, `user` or `account`.
    pub access: String,
    /// How often each caller may call, the application's defaults included.
    pub limits: Vec<Limit>,
    /// Whether an `Idempotency-Key` is required and a repetition replayed.
    pub idempotent: bool,
    /// Whether the handler's effects are one transaction.
    pub transaction: bool,
    /// What it promises.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub slo: Option<Slo>,
    /// How long it may take, in milliseconds.
    pub deadline_ms: u64,
    /// The largest body, in bytes; 0 where none is read.
    pub body_limit: u64,
    /// What it reads beside the body.
    pub parameters: Vec<Parameter>,
    /// What it reads as body, by media type.
    pub body: Vec<Content>,
    /// Its good answers.
    pub answers: Vec<Answer>,
    /// Every problem that it can answer: its error type's, and those of its declared stages.
    pub problems: Vec<Problem>,
}

/// A rate limit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Limit {
    /// Calls per window.
    pub count: u32,
    /// The window, in seconds.
    pub window_s: u64,
    /// `global`, `ip`, `user` or `account`.
    pub per: String,
}

/// A service level objective.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Slo {
    /// The latency that 95 % of requests stay under, in milliseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub p95_ms: Option<u64>,
    /// The percentage of requests that are not answered by a 5xx.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub available: Option<f64>,
}

/// Where a parameter stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Place {
    /// A segment of the path.
    Path,
    /// A field of the query.
    Query,
    /// A header.
    Header,
}

/// Something that an operation reads beside its body.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Parameter {
    /// Its name on the wire.
    pub name: String,
    /// Where it stands.
    pub place: Place,
    /// Whether a request without it is refused.
    pub required: bool,
    /// What it means.
    pub description: String,
    /// What it may be.
    pub schema: Value,
}

/// A body in one media type.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Content {
    /// The media type.
    pub media: String,
    /// What it may be.
    pub schema: Value,
}

/// A good answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// What it means.
    pub description: String,
    /// Its body, where it has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content: Option<Content>,
    /// The headers that it adds to those of every answer.
    pub headers: Vec<Header>,
}

/// A header of an answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Header {
    /// Its name.
    pub name: String,
    /// What it says.
    pub description: String,
    /// What it may be.
    pub schema: Value,
}

/// A problem that can be answered.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Problem {
    /// The status.
    pub status: u16,
    /// The stable code.
    pub code: String,
    /// What it means, in a few words.
    pub title: String,
    /// The members that it adds to those of every problem, with their schemas.
    pub members: BTreeMap<String, Value>,
}

/// Until when a job is the only one of its kind and key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Unique {
    /// Until it is over.
    Finish,
    /// Until it begins to run.
    Start,
    /// For so many milliseconds after it was enqueued.
    AfterMs(u64),
}

/// How many jobs of a queue run at once, and how many begin in a time.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct JobLimits {
    /// The most that run in one process.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub process: Option<u32>,
    /// The most that run in all processes together.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub queue: Option<u32>,
    /// The most that run with the same value of `key`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub per_key: Option<u32>,
    /// The field of the arguments.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// How many begin in a window.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rate: Option<JobRate>,
}

/// How many jobs of a queue begin in a time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct JobRate {
    /// How many in a window.
    pub count: u32,
    /// The window, in milliseconds.
    pub window_ms: u64,
    /// How many at once, after a pause.
    pub burst: u32,
}

/// When the clock enqueues a job.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Schedule {
    /// Minute, hour, day of month, month, weekday.
    pub pattern: String,
    /// The IANA name of the time zone.
    pub zone: String,
    /// `skip`, `last` or `all`: what becomes of times at which no process ran.
    pub missed: String,
}

/// One kind of job.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Job {
    /// The kind in the queue's tables: the function's name.
    pub id: String,
    /// The function's name.
    pub name: String,
    /// The Rust module it stands in.
    pub module: String,
    /// The module it is mounted in.
    pub tag: String,
    /// `file:line`.
    pub source: String,
    /// One sentence.
    pub summary: String,
    /// The rest, in Markdown.
    pub description: String,
    /// The queue.
    pub queue: String,
    /// The priority's number: 0 runs first.
    pub priority: i16,
    /// How many attempts it has in all.
    pub attempts: u16,
    /// The first wait between attempts, in milliseconds.
    pub backoff_min_ms: u64,
    /// The longest wait between attempts, in milliseconds.
    pub backoff_max_ms: u64,
    /// How long one attempt may take, in milliseconds.
    pub timeout_ms: u64,
    /// How long what is known of it is kept after it did its work, in milliseconds; 0: not at all.
    pub keep_ms: u64,
    /// Whether its own transaction settles it, so that its effects happen once.
    pub transactional: bool,
    /// How many of them one call takes at most.
    pub batch: u32,
    /// Whether its arguments and its result are sealed before the database has them.
    pub encrypted: bool,
    /// The job that is enqueued when it dies.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub on_dead: Option<String>,
    /// Until when a second one like it is not enqueued.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unique: Option<Unique>,
    /// What holds for its queue.
    pub limits: JobLimits,
    /// When the clock enqueues it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub schedule: Option<Schedule>,
    /// Its arguments.
    pub arguments: Value,
    /// Its result.
    pub result: Value,
}
