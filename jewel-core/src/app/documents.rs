//! The application's own documents, served by itself: `/openapi.json` and the page at `/docs`.

use axum::Router;
use axum::body::Body;
use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use http::header::{
    ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_SECURITY_POLICY, CONTENT_TYPE,
    HeaderValue, X_CONTENT_TYPE_OPTIONS,
};
use http::{HeaderMap, HeaderName, StatusCode};

use crate::generate::docs::{self, File, POLICY};

/// The router of the documents.
pub(super) fn router(title: &'static str, openapi: String) -> Router {
    let page = move || async move { file(docs::page(title)) };
    Router::new()
        .route("/openapi.json", get(move || async move { json(openapi.clone()) }))
        .route("/docs", get(async || Redirect::permanent("/docs/")))
        .route("/docs/", get(page))
        .route("/docs/{name}", get(named))
}

async fn named(Path(name): Path<String>, headers: HeaderMap) -> Response {
    let accepts = headers.get(ACCEPT_ENCODING).and_then(|value| value.to_str().ok());
    let gzip = accepts.is_some_and(|codings| codings.contains("gzip"));
    match docs::file(&name) {
        None => StatusCode::NOT_FOUND.into_response(),
        Some(found) if found.gzip && gzip => {
            let mut response = file(File { gzip: false, ..found });
            response.headers_mut().insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
            response
        }
        Some(found) => file(found),
    }
}

/// A file of the page.
fn file(file: File) -> Response {
    let media = file.media;
    let headers: [(HeaderName, &str); 4] = [
        (CONTENT_TYPE, media),
        (CONTENT_SECURITY_POLICY, POLICY),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (CACHE_CONTROL, "public, max-age=3600"),
    ];
    (headers, Body::from(file.plain().into_owned())).into_response()
}

fn json(text: String) -> Response {
    let mut response = Response::new(Body::from(text));
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}
