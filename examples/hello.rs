//! The smallest application: one endpoint, no database.
//!
//! `cargo run -p examples --example hello`, then
//! `curl localhost:8080/v1/greetings -H 'content-type: application/json' -d '{"name":"Ada"}'`

use std::process::ExitCode;

use jewel_core::{App, Body, Module, Problem, endpoints, input, output, post};
use thiserror::Error;

/// Whom to greet.
#[input]
pub struct Whom {
    /// A name.
    #[garde(length(chars, min = 1, max = 40))]
    pub name: String,
}

/// A greeting.
#[output]
pub struct Greeting {
    /// What is said.
    pub text: String,
}

/// Why somebody is not greeted.
#[derive(Debug, Error, Problem)]
pub enum Rude {
    /// There is one name that we do not greet.
    #[error("we do not greet {name}")]
    #[problem(403, "not_greeted")]
    NotGreeted {
        /// The name.
        name: String,
    },
}

/// Greet somebody.
///
/// The greeting is in English, whoever it is.
#[post("/v1/greetings", access(public), limit(60 / minute, per = ip), repeatable)]
pub async fn greet(whom: Body<Whom>) -> Result<Greeting, Rude> {
    match whom.name.as_str() {
        "Voldemort" => Err(Rude::NotGreeted { name: whom.into_inner().name }),
        name => Ok(Greeting { text: format!("Hello, {name}!") }),
    }
}

/// The application; its test uses it too.
pub fn app() -> App {
    App::new("hello", "1.0.0")
        .title("Hello")
        .module(Module::new("hello", "Says hello.").endpoints(endpoints![greet]))
}

fn main() -> ExitCode {
    jewel_core::main(app())
}
