//! jewel-app's public API, version 1, as the demo and the drills call it.
//!
//! All knowledge of paths, fields and headers is here and nowhere else in xtask. Answers are read
//! leniently: a field that is missing and not needed is no error.

use std::io::BufReader;

use anyhow::{Context, Result};
use serde_json::{Value, json};

use super::http::{Body, Client, Reply};
use super::multipart;
use super::sse::Events;

/// A form in which a shot is downloaded.
pub(crate) struct Format {
    /// As the API names it.
    pub(crate) name: &'static str,
    /// As files are named.
    pub(crate) extension: &'static str,
    /// The bytes at an offset by which it is known.
    magic: (usize, &'static [u8]),
}

/// The forms, the first one for the table.
pub(crate) const FORMATS: &[Format] = &[
    Format { name: "jpeg", extension: "jpg", magic: (0, b"\xff\xd8\xff") },
    Format { name: "webp", extension: "webp", magic: (8, b"WEBP") },
];

/// The field of the upload's form that carries the photo.
const PHOTO_FIELD: &str = "file";
const LAST_STATES: [&str; 3] = ["completed", "failed", "cancelled"];

/// A look from the catalogue.
pub(crate) struct Style {
    /// What an order names.
    pub(crate) id: String,
    /// What a person reads.
    pub(crate) name: String,
    /// In credits.
    pub(crate) price: i64,
}

/// An account's credits.
pub(crate) struct Credits {
    /// All that are owned, the held ones included.
    pub(crate) balance: i64,
    /// Set aside for running orders.
    pub(crate) held: i64,
    /// Free to spend.
    pub(crate) available: i64,
}

/// An uploaded photo.
pub(crate) struct Photo {
    /// What an order names.
    pub(crate) id: String,
}

/// An order and where it is.
#[derive(Debug, PartialEq)]
pub(crate) struct Shot {
    /// What everything else names.
    pub(crate) id: String,
    /// `queued`, `rendering`, or one of the last states.
    pub(crate) status: String,
    /// From 0 to 100.
    pub(crate) progress: u64,
    /// What is being done.
    pub(crate) step: String,
    /// The style's id.
    pub(crate) style: String,
    /// In credits.
    pub(crate) price: i64,
    /// Why it failed.
    pub(crate) problem: Option<String>,
}

/// The API as one account sees it.
pub(crate) struct Api {
    client: Client,
}

impl Api {
    /// The API before anyone logged in.
    pub(crate) fn new(base: &str) -> Self {
        Self { client: Client::new(base) }
    }

    /// Where the server is.
    pub(crate) fn base(&self) -> &str {
        self.client.base()
    }

    /// Whether the server answers at all.
    pub(crate) fn answers(&self) -> bool {
        self.client.once("GET", "/v1/styles").is_ok_and(|status| status < 500)
    }

    /// Makes an account.
    pub(crate) fn sign_up(&self, email: &str, password: &str) -> Result<()> {
        let body = json!({"email": email, "password": password});
        self.client.send("POST", "/v1/accounts", &[], &Body::Json(&body)).map(drop)
    }

    /// Opens a session; what follows is said in its name.
    pub(crate) fn log_in(&mut self, email: &str, password: &str) -> Result<()> {
        let body = json!({"email": email, "password": password});
        let session = self.client.send("POST", "/v1/sessions", &[], &Body::Json(&body))?.json()?;
        let token = session["token"].as_str().context("the session has no `token`")?;
        self.client.authorise(token);
        Ok(())
    }

    /// The account's credits.
    pub(crate) fn credits(&self) -> Result<Credits> {
        let value = self.get("/v1/credits")?;
        let number = |key: &str| value[key].as_i64();
        let balance = number("balance").context("the credits have no `balance`")?;
        let held = number("held").unwrap_or_default();
        let available = number("available").unwrap_or(balance - held);
        Ok(Credits { balance, held, available })
    }

    /// The whole catalogue; it is short, so one page holds it.
    pub(crate) fn styles(&self) -> Result<Vec<Style>> {
        let value = self.get("/v1/styles")?;
        let items = value["items"].as_array().context("the styles have no `items`")?;
        items.iter().map(style).collect()
    }

    /// Uploads a photo.
    pub(crate) fn upload(&self, file: &str, bytes: &[u8]) -> Result<Photo> {
        let form = multipart::form(PHOTO_FIELD, file, bytes);
        let body = Body::Bytes(&form.content_type, &form.bytes);
        let value = self.client.send("POST", "/v1/photos", &[], &body)?.json()?;
        Ok(Photo { id: text(&value, "id").context("the photo has no `id`")? })
    }

    /// Orders a shot; the same key orders it once.
    pub(crate) fn order(&self, photo: &str, style: &str, key: &str) -> Result<Shot> {
        let path = format!("/v1/photos/{photo}/shots");
        let (body, key) = (json!({"style": style}), [("Idempotency-Key", key)]);
        Shot::read(&self.client.send("POST", &path, &key, &Body::Json(&body))?.json()?)
    }

    /// An order as it stands.
    pub(crate) fn shot(&self, id: &str) -> Result<Shot> {
        Shot::read(&self.get(&format!("/v1/shots/{id}"))?)
    }

    /// An order's events as they come.
    pub(crate) fn events(&self, id: &str) -> Result<Events<impl std::io::BufRead>> {
        let path = format!("/v1/shots/{id}/events");
        let body = self.client.stream(&path, "text/event-stream")?;
        Ok(Events::new(BufReader::new(body)))
    }

    /// A completed shot's bytes, by its signed link.
    pub(crate) fn download(&self, id: &str, format: &Format) -> Result<Vec<u8>> {
        let link = self.get(&format!("/v1/shots/{id}/download?format={}", format.name))?;
        let url = text(&link, "url").context("the download has no `url`")?;
        self.client.fetch(&url)
    }

    /// A line for the shell that goes on where the demo ended.
    pub(crate) fn curl_line(&self) -> String {
        let token = self.client.token().unwrap_or_default();
        format!("curl -H 'Authorization: Bearer {token}' {}/v1/shots", self.base())
    }

    fn get(&self, path: &str) -> Result<Value> {
        self.client.send("GET", path, &[], &Body::None).and_then(Reply::json)
    }
}

impl Shot {
    /// Reads a shot, or an event about one.
    pub(crate) fn read(value: &Value) -> Result<Self> {
        let problem = &value["problem"];
        let told = |key: &str| problem[key].as_str();
        let problem = told("detail").or(told("title")).or(told("code")).or(problem.as_str());
        Ok(Self {
            id: text(value, "id").context("the shot has no `id`")?,
            status: text(value, "status").context("the shot has no `status`")?,
            progress: value["progress"].as_u64().unwrap_or_default(),
            step: text(value, "step").unwrap_or_default(),
            style: text(value, "style").unwrap_or_default(),
            price: value["price"].as_i64().unwrap_or_default(),
            problem: problem.map(str::to_owned),
        })
    }

    /// Whether nothing more happens to it.
    pub(crate) fn is_over(&self) -> bool {
        LAST_STATES.contains(&self.status.as_str())
    }
}

impl Format {
    /// Whether the bytes are of this form.
    pub(crate) fn fits(&self, bytes: &[u8]) -> bool {
        let (offset, magic) = self.magic;
        bytes.get(offset..).is_some_and(|rest| rest.starts_with(magic))
    }
}

fn style(value: &Value) -> Result<Style> {
    let id = text(value, "id").context("a style has no `id`")?;
    let name = text(value, "name").unwrap_or_else(|| id.clone());
    Ok(Style { id, name, price: value["price"].as_i64().unwrap_or_default() })
}

fn text(value: &Value, key: &str) -> Option<String> {
    value[key].as_str().map(str::to_owned)
}

#[cfg(test)]
mod tests;
