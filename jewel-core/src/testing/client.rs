//! A client of the application under test: requests go through every stage, and no socket.

use std::net::IpAddr;

use axum::Router;
use axum::body::Body;
use bytes::Bytes;
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use http::{HeaderMap, Method, StatusCode};
use http_body_util::BodyExt;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use tower::ServiceExt;

use super::must;
use crate::http::Peer;

/// The boundary between a form's parts.
const BOUNDARY: &str = "jewel-test-boundary";

/// Sends requests, as one caller.
#[derive(Debug, Clone)]
pub struct Client {
    pub(super) router: Router,
    pub(super) token: Option<String>,
    pub(super) peer: IpAddr,
}

impl Client {
    /// The same client with an access token.
    #[must_use]
    pub fn bearer(&self, token: impl Into<String>) -> Self {
        Self { token: Some(token.into()), ..self.clone() }
    }

    /// The same client at another address.
    #[must_use]
    pub fn from(&self, peer: IpAddr) -> Self {
        Self { peer, ..self.clone() }
    }

    /// Its access token; empty where it has none.
    pub fn token(&self) -> &str {
        self.token.as_deref().unwrap_or("")
    }

    /// A request; `path` may be an endpoint's `path(..)`.
    pub fn request(&self, method: Method, path: impl Into<String>) -> Request {
        let client = self.clone();
        let mut headers = HeaderMap::new();
        if let Some(token) = &self.token {
            let value = must("the token", format!("Bearer {token}").try_into());
            headers.insert(AUTHORIZATION, value);
        }
        Request { client, method, path: path.into(), headers, body: Bytes::new() }
    }

    /// A GET request.
    pub fn get(&self, path: impl Into<String>) -> Request {
        self.request(Method::GET, path)
    }

    /// A POST request.
    pub fn post(&self, path: impl Into<String>) -> Request {
        self.request(Method::POST, path)
    }

    /// A PUT request.
    pub fn put(&self, path: impl Into<String>) -> Request {
        self.request(Method::PUT, path)
    }

    /// A PATCH request.
    pub fn patch(&self, path: impl Into<String>) -> Request {
        self.request(Method::PATCH, path)
    }

    /// A DELETE request.
    pub fn delete(&self, path: impl Into<String>) -> Request {
        self.request(Method::DELETE, path)
    }
}

/// A request that is being put together.
#[derive(Debug, Clone)]
pub struct Request {
    client: Client,
    method: Method,
    path: String,
    headers: HeaderMap,
    body: Bytes,
}

impl Request {
    /// Adds a header.
    ///
    /// # Panics
    /// Where it is none.
    #[must_use]
    pub fn header(mut self, name: &'static str, value: &str) -> Self {
        self.headers.insert(name, must("the header", value.try_into()));
        self
    }

    /// The key under which a repetition is the same request.
    #[must_use]
    pub fn key(self, key: &str) -> Self {
        self.header("idempotency-key", key)
    }

    /// A body of JSON.
    ///
    /// # Panics
    /// Where the value is none.
    #[must_use]
    pub fn json(self, value: &impl Serialize) -> Self {
        let body = must("the body", serde_json::to_vec(value));
        self.body("application/json", body)
    }

    /// A body of any type.
    #[must_use]
    pub fn body(mut self, media: &str, body: impl Into<Bytes>) -> Self {
        self.headers.insert(CONTENT_TYPE, must("the media type", media.try_into()));
        self.body = body.into();
        self
    }

    /// A form of files: each a field's name, a file's name and its content.
    #[must_use]
    pub fn files(self, files: &[(&str, &str, &[u8])]) -> Self {
        let mut body = Vec::new();
        for (field, name, content) in files {
            body.extend_from_slice(
                format!(
                    "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{field}\"; \
                     filename=\"{name}\"\r\nContent-Type: application/octet-stream\r\n\r\n"
                )
                .as_bytes(),
            );
            body.extend_from_slice(content);
            body.extend_from_slice(b"\r\n");
        }
        body.extend_from_slice(format!("--{BOUNDARY}--\r\n").as_bytes());
        self.body(&format!("multipart/form-data; boundary={BOUNDARY}"), body)
    }

    /// Sends it, and reads the whole answer.
    ///
    /// # Panics
    /// Where the answer breaks off.
    pub async fn send(self) -> Response {
        let mut request = http::Request::new(Body::from(self.body));
        *request.method_mut() = self.method;
        *request.uri_mut() = must("the path", self.path.parse());
        *request.headers_mut() = self.headers;
        request.extensions_mut().insert(Peer(self.client.peer));
        let response = must("the router", self.client.router.oneshot(request).await);
        let (parts, body) = response.into_parts();
        let body = must("the answer's body", body.collect().await).to_bytes();
        Response { status: parts.status, headers: parts.headers, body }
    }
}

/// An answer.
#[derive(Debug, Clone)]
pub struct Response {
    /// Its status.
    pub status: StatusCode,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body.
    pub body: Bytes,
}

impl Response {
    /// The status as a number.
    pub fn code(&self) -> u16 {
        self.status.as_u16()
    }

    /// A header's text; empty where there is none.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or("")
    }

    /// The body as a text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The body of a good answer.
    ///
    /// # Panics
    /// Where the answer is none, or its body is no `T`.
    #[track_caller]
    pub fn ok<T: DeserializeOwned>(&self) -> T {
        assert!(self.status.is_success(), "{} {}", self.status, self.text());
        must("the answer", serde_json::from_slice(&self.body))
    }

    /// The body as JSON; null where it is none.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }

    /// The status and the code of a problem.
    ///
    /// # Panics
    /// Where the answer is no problem.
    #[track_caller]
    pub fn problem(&self) -> (u16, String) {
        let media = self.header("content-type");
        assert_eq!(media, "application/problem+json", "{} {}", self.status, self.text());
        (self.code(), self.json()["code"].as_str().unwrap_or("").to_owned())
    }
}
