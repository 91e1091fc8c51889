//! Body: read whole, within its size and its time, once the guard has said yes.
//!
//! Where the answer comes before the body has arrived (too large, wrong type), what is still coming
//! is drained within a bound and the connection closed, so that the client sees the answer and not
//! a reset.

use std::time::Duration;

use axum::body::Body;
use bytes::{Bytes, BytesMut};
use http::HeaderMap;
use http::header::{CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE};
use http_body_util::BodyExt;
use tokio::time::timeout;

use super::call::Call;
use super::endpoint::Reads;
use super::reject::Reject;
use crate::problem::{Details, codes};

/// How much of a refused body is read away before the connection closes.
const DRAIN_BYTES: usize = 4 << 20;
/// How long that may take in all.
const DRAIN_TIME: Duration = Duration::from_secs(2);

/// Reads the body where the operation takes it whole.
pub(super) async fn read(call: &mut Call) -> Result<(), Reject> {
    if call.entry.reads != Reads::Whole {
        return Ok(());
    }
    let pause = call.context.settings.body_timeout.get();
    let limit = usize::try_from(call.body_limit).unwrap_or(usize::MAX);
    let mut body = std::mem::take(&mut call.body);
    let read = match check(&call.parts.headers, call.body_limit) {
        Ok(()) => collect(&mut body, limit, pause).await,
        Err(details) => Err(details),
    };
    match read {
        Ok(bytes) => {
            call.bytes = bytes;
            Ok(())
        }
        Err(details) => {
            call.close = true;
            drain(body).await;
            Err(details.into())
        }
    }
}

/// What the head alone says against the body.
fn check(headers: &HeaderMap, limit: u64) -> Result<(), Details> {
    let text = |name| headers.get(name).and_then(|value: &http::HeaderValue| value.to_str().ok());
    let media = text(CONTENT_TYPE).map(|text| text.split(';').next().unwrap_or("").trim());
    if !media.is_some_and(is_json) {
        return Err(codes::UNSUPPORTED_MEDIA_TYPE.details().with("accepts", ["application/json"]));
    }
    if text(CONTENT_ENCODING).is_some_and(|coding| !coding.eq_ignore_ascii_case("identity")) {
        let mut details = codes::UNSUPPORTED_MEDIA_TYPE.details();
        details.detail = "bodies with a `Content-Encoding` are not read".into();
        return Err(details);
    }
    let announced = text(CONTENT_LENGTH).and_then(|text| text.parse::<u64>().ok());
    if announced.is_some_and(|length| length > limit) {
        return Err(too_large(limit));
    }
    Ok(())
}

fn is_json(media: &str) -> bool {
    media.eq_ignore_ascii_case("application/json")
        || (media.len() > 5 && media.as_bytes()[media.len() - 5..].eq_ignore_ascii_case(b"+json"))
}

/// The problem of a body that is larger than `limit` bytes.
pub(super) fn too_large(limit: u64) -> Details {
    codes::BODY_TOO_LARGE.details().with("limit_bytes", limit)
}

async fn collect(body: &mut Body, limit: usize, pause: Duration) -> Result<Bytes, Details> {
    let mut first: Option<Bytes> = None;
    let mut rest = BytesMut::new();
    loop {
        let frame = match timeout(pause, body.frame()).await {
            Err(_) => return Err(codes::BODY_TIMEOUT.details()),
            Ok(None) => break,
            Ok(Some(Err(error))) => return Err(codes::MALFORMED_BODY.details().because(&error)),
            Ok(Some(Ok(frame))) => frame,
        };
        let Ok(data) = frame.into_data() else { continue };
        let so_far = first.as_ref().map_or(0, Bytes::len) + rest.len();
        if so_far + data.len() > limit {
            return Err(too_large(limit as u64));
        }
        // Most bodies are one piece, which is then not copied.
        match &first {
            None => first = Some(data),
            Some(_) => rest.extend_from_slice(&data),
        }
    }
    let first = first.unwrap_or_default();
    if rest.is_empty() {
        return Ok(first);
    }
    let mut all = BytesMut::with_capacity(first.len() + rest.len());
    all.extend_from_slice(&first);
    all.extend_from_slice(&rest);
    Ok(all.freeze())
}

/// Reads away what the handler left of a body that it read by itself.
pub(super) async fn take_back(call: &mut Call) {
    let returned = call.lent.take().and_then(|mut lent| lent.try_recv().ok());
    if let Some(body) = returned {
        call.close = true;
        drain(body).await;
    }
}

/// Reads away what is still coming, within bounds.
async fn drain(mut body: Body) {
    let _ = timeout(DRAIN_TIME, async {
        let mut seen = 0;
        while let Some(Ok(frame)) = body.frame().await {
            seen += frame.data_ref().map_or(0, Bytes::len);
            if seen > DRAIN_BYTES {
                break;
            }
        }
    })
    .await;
}
