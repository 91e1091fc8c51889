//! A small HTTP client for one server on this machine.
//!
//! It waits out 429 and 503 as told by Retry-After, and turns every other refusal into an error
//! that reads like its problem document. It knows no path of the API.

use std::fmt;
use std::io::Read;
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use serde_json::Value;
use ureq::Agent;
use ureq::http::{Request, Response, request::Builder};

const ANSWER_WITHIN: Duration = Duration::from_mins(2);
const STREAM_WITHIN: Duration = Duration::from_mins(10);
const LARGEST_ANSWER: u64 = 64 << 20;
const ATTEMPTS: u32 = 20;
const LONGEST_PAUSE_S: u64 = 10;

/// The client; after `authorise` it speaks for somebody.
pub(crate) struct Client {
    base: String,
    token: Option<String>,
    agent: Agent,
    streaming: Agent,
}

/// What is sent along.
pub(crate) enum Body<'a> {
    /// Nothing.
    None,
    /// A value.
    Json(&'a Value),
    /// Bytes and their media type.
    Bytes(&'a str, &'a [u8]),
}

/// An answer that is no refusal.
pub(crate) struct Reply {
    bytes: Vec<u8>,
}

/// An answer from 400 on, as its problem document tells it.
#[derive(Debug)]
pub(crate) struct Refusal {
    /// The status code.
    pub(crate) status: u16,
    asked: String,
    problem: Value,
}

impl fmt::Display for Refusal {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let told = |key: &str| self.problem[key].as_str();
        write!(out, "{}: {} {}", self.asked, self.status, told("title").unwrap_or("no title"))?;
        if let Some(detail) = told("detail") {
            write!(out, ": {detail}")?;
        }
        if let Some(code) = told("code") {
            write!(out, " (code {code})")?;
        }
        match &self.problem["errors"] {
            Value::Null => Ok(()),
            errors => write!(out, " {errors}"),
        }
    }
}

impl std::error::Error for Refusal {}

impl Reply {
    /// The body as JSON.
    pub(crate) fn json(self) -> Result<Value> {
        serde_json::from_slice(&self.bytes).context("the answer is not JSON")
    }
}

impl Client {
    /// A client of this server.
    pub(crate) fn new(base: &str) -> Self {
        let agent = |within| {
            let config = Agent::config_builder().http_status_as_error(false).proxy(None);
            Agent::new_with_config(config.timeout_global(Some(within)).build())
        };
        let (agent, streaming) = (agent(ANSWER_WITHIN), agent(STREAM_WITHIN));
        Self { base: base.to_owned(), token: None, agent, streaming }
    }

    /// Where the server is.
    pub(crate) fn base(&self) -> &str {
        &self.base
    }

    /// Sends this token from now on.
    pub(crate) fn authorise(&mut self, token: &str) {
        self.token = Some(token.to_owned());
    }

    /// The token that is sent.
    pub(crate) fn token(&self) -> Option<&str> {
        self.token.as_deref()
    }

    /// Asks once and tells the status, whatever it is.
    pub(crate) fn once(&self, method: &str, path: &str) -> Result<u16> {
        Ok(self.agent.run(self.request(method, path).body(())?)?.status().as_u16())
    }

    /// Sends a request and waits for its answer.
    pub(crate) fn send(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &Body<'_>,
    ) -> Result<Reply> {
        let asked = format!("{method} {path}");
        for _ in 0..ATTEMPTS {
            let mut request = self.request(method, path);
            for (name, value) in headers {
                request = request.header(*name, *value);
            }
            let response = self.dispatch(request, body);
            let response = response.with_context(|| format!("{asked} has no answer"))?;
            match pause(&response) {
                Some(pause) => thread::sleep(pause),
                None => return reply(asked, response),
            }
        }
        bail!("{asked}: still refused after {ATTEMPTS} attempts: is the server overloaded?")
    }

    /// The body of a long answer, as it comes.
    pub(crate) fn stream(&self, path: &str, accept: &str) -> Result<impl Read + use<>> {
        let request = self.request("GET", path).header("Accept", accept).body(())?;
        let response = self.streaming.run(request)?;
        if response.status().as_u16() >= 400 {
            reply(format!("GET {path}"), response)?;
            bail!("GET {path} was refused");
        }
        Ok(response.into_body().into_reader())
    }

    /// Fetches a signed link, relative or whole, without the token.
    pub(crate) fn fetch(&self, url: &str) -> Result<Vec<u8>> {
        let whole =
            if url.starts_with('/') { format!("{}{url}", self.base) } else { url.to_owned() };
        let response = self.agent.run(Request::get(&whole).body(())?)?;
        Ok(reply(format!("GET {whole}"), response)?.bytes)
    }

    fn request(&self, method: &str, path: &str) -> Builder {
        let request = Request::builder().method(method).uri(format!("{}{path}", self.base));
        match &self.token {
            Some(token) => request.header("Authorization", format!("Bearer {token}")),
            None => request,
        }
    }

    fn dispatch(&self, request: Builder, body: &Body<'_>) -> Result<Response<ureq::Body>> {
        let typed = |request: Builder, media: &str| request.header("Content-Type", media);
        Ok(match body {
            Body::None => self.agent.run(request.body(())?)?,
            Body::Json(value) => {
                let bytes = value.to_string().into_bytes();
                self.agent.run(typed(request, "application/json").body(bytes)?)?
            }
            Body::Bytes(media, bytes) => self.agent.run(typed(request, media).body(*bytes)?)?,
        })
    }
}

/// How long to wait before asking again, where the answer says so.
fn pause(response: &Response<ureq::Body>) -> Option<Duration> {
    if !matches!(response.status().as_u16(), 429 | 503) {
        return None;
    }
    let told = response.headers().get("Retry-After")?.to_str().ok()?.parse().unwrap_or(1_u64);
    Some(Duration::from_secs(told.clamp(1, LONGEST_PAUSE_S)))
}

fn reply(asked: String, response: Response<ureq::Body>) -> Result<Reply> {
    let status = response.status().as_u16();
    let mut body = response.into_body();
    let bytes = body.with_config().limit(LARGEST_ANSWER).read_to_vec()?;
    if status < 400 {
        return Ok(Reply { bytes });
    }
    let problem = serde_json::from_slice(&bytes).unwrap_or_default();
    Err(Refusal { status, asked, problem }.into())
}
