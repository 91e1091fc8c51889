//! A long task: begun by a request, followed by asking or by events, its result kept with the job.
//!
//! `cargo run -p examples --example long`; its interface is shown at `localhost:8080/docs`.

use std::process::ExitCode;

use jewel_core::job::{Enqueue, Job, JobError, JobId, Jobs, Work};
use jewel_core::live::Events;
use jewel_core::{
    Accepted, Account, App, Body, Caller, Module, Path, Problem, State, Tx, db, endpoints, get,
    input, job, jobs, output, post,
};

/// A text whose words are to be counted.
#[input]
#[derive(serde::Serialize)]
pub struct Count {
    /// Words, with blanks between them.
    #[garde(length(chars, min = 1, max = 10_000))]
    pub text: String,
}

/// What is known of a text.
#[output]
#[derive(serde::Deserialize)]
pub struct Counted {
    /// How many words it has.
    pub words: usize,
}

/// What can go wrong.
#[derive(Debug, thiserror::Error, Problem)]
pub enum CountProblem {
    /// There is no such count, or it is another account's.
    #[error("there is no such count")]
    #[problem(404, "count_not_found")]
    NotFound,
    /// The database.
    #[error("internal error")]
    #[problem(internal)]
    Internal(#[from] db::Error),
}

type Answer<T> = Result<T, CountProblem>;

/// Count the words of a text.
#[post("/v1/counts", access(account), idempotent)]
pub async fn begin(
    _caller: Caller<Account>,
    text: Body<Count>,
    tx: &mut Tx,
) -> Answer<Accepted<Work<Counted>>> {
    let ticket = text.into_inner().enqueue(tx).await?;
    Ok(Accepted::at(show::path(ticket.id), Work::begun(ticket)))
}

/// Show a count.
#[get("/v1/counts/{count}", access(account))]
pub async fn show(
    caller: Caller<Account>,
    count: Path<JobId>,
    jobs: State<Jobs>,
) -> Answer<Work<Counted>> {
    let work = jobs.work::<Count, _>(caller.account(), *count).await?;
    work.ok_or(CountProblem::NotFound)
}

/// Follow a count.
#[get("/v1/counts/{count}/events", access(account))]
pub async fn events(
    caller: Caller<Account>,
    count: Path<JobId>,
    jobs: State<Jobs>,
) -> Answer<Events<Work<Counted>>> {
    let events = Events::work::<Count>(&jobs, caller.account(), *count).await?;
    events.ok_or(CountProblem::NotFound)
}

/// Counts the words of a text.
#[job(queue = counts)]
pub async fn count(count: Count, job: &mut Job) -> Result<Counted, JobError> {
    job.progress(50, "counting");
    Ok(Counted { words: count.text.split_whitespace().count() })
}

/// The application; its test uses it too.
pub fn app() -> App {
    let counts = Module::new("counts", "Counts words.");
    App::new("counts", "1.0.0")
        .module(counts.endpoints(endpoints![begin, show, events]).jobs(jobs![count]))
}

fn main() -> ExitCode {
    jewel_core::main(app())
}
