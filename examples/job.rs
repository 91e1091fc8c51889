//! Work after the answer: a letter that a job writes, enqueued with the request's own transaction.
//!
//! `cargo run -p examples --example job`, then
//! `curl -X POST localhost:8080/v1/letters -H 'content-type: application/json' \
//!       -H 'idempotency-key: one' -d '{"name":"Ada"}'`

use std::process::ExitCode;
use std::sync::atomic::{AtomicU32, Ordering};

use jewel_core::job::{Enqueue, Job, JobError};
use jewel_core::{
    App, Body, Module, Problem, State, Tx, db, endpoints, input, job, jobs, output, post,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Whom to greet.
#[input]
pub struct Whom {
    /// A name.
    #[garde(length(chars, min = 1, max = 40))]
    pub name: String,
}

/// The letter was handed in.
#[output]
pub struct Posted {
    /// The job that writes it.
    pub job: i64,
}

/// What can go wrong.
#[derive(Debug, thiserror::Error, Problem)]
pub enum GreetProblem {
    /// The database.
    #[error("internal error")]
    #[problem(internal)]
    Internal(#[from] db::Error),
}

/// Greet somebody by letter.
#[post("/v1/letters", access(public), limit(60 / minute, per = ip), idempotent)]
pub async fn greet(whom: Body<Whom>, tx: &mut Tx) -> Result<Posted, GreetProblem> {
    let ticket = Letter { name: whom.into_inner().name }.enqueue(tx).await?;
    Ok(Posted { job: ticket.id.0 })
}

/// A letter to write.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
pub struct Letter {
    name: String,
}

/// How many letters were written.
#[derive(Debug, Default)]
pub struct Written(pub AtomicU32);

/// Write a letter; the first attempt runs out of ink.
#[job(queue = letters, retry(5, 1s..1m), timeout = 10s)]
pub async fn write(letter: Letter, job: &mut Job, written: State<Written>) -> Result<(), JobError> {
    if job.attempt() == 1 {
        return Err(JobError::retry("no ink"));
    }
    println!("Dear {}, good morning!", letter.name);
    written.0.fetch_add(1, Ordering::Relaxed);
    Ok(())
}

/// The application; its test uses it too.
pub fn app() -> App {
    let letters = Module::new("letters", "Greets by letter.");
    App::new("letters", "1.0.0")
        .state(|_| Ok(Written::default()))
        .module(letters.endpoints(endpoints![greet]).jobs(jobs![write]))
}

fn main() -> ExitCode {
    jewel_core::main(app())
}
