//! Guard: who calls, whether they may, and how often.
//!
//! The address is counted before credentials are looked at, so that guessing them is limited too.

use std::time::Duration;

use http::HeaderMap;
use http::header::AUTHORIZATION;

use super::call::Call;
use super::context::Context;
use super::reject::Reject;
use crate::guard::Identity;
use crate::guard::limit::{Limiter, Standing};
use crate::manifest::Kind;
use crate::problem::{Details, codes};

/// Lets the caller pass, or answers 401, 403 or 429.
pub(super) fn admit(call: &mut Call, own: &Limiter) -> Result<(), Reject> {
    let shared = call.context.limiter.count(call.peer, &Identity::Anonymous);
    stand(call, shared)?;
    who(call)?;
    let own = own.count(call.peer, &call.identity);
    stand(call, own)
}

/// Who calls; an operation for everybody takes credentials that do not hold for none.
fn who(call: &mut Call) -> Result<(), Reject> {
    let proven = identity(&call.context, &call.parts.headers);
    call.identity = may(call.entry.declared.access, proven)?;
    Ok(())
}

/// Whether a caller is of the kind that is asked for.
pub(super) fn may(wanted: Kind, proven: Result<Identity, Details>) -> Result<Identity, Details> {
    match (wanted, proven) {
        (Kind::Public, proven) => Ok(proven.unwrap_or_default()),
        (_, Ok(Identity::Anonymous)) => Err(codes::UNAUTHENTICATED.details()),
        (_, Err(details)) => Err(details),
        (kind, Ok(known)) if known.is(kind) => Ok(known),
        _ => Err(codes::FORBIDDEN.details()),
    }
}

/// What the credentials of a request prove.
pub(super) fn identity(context: &Context, headers: &HeaderMap) -> Result<Identity, Details> {
    let Some(header) = headers.get(AUTHORIZATION) else {
        return Ok(Identity::Anonymous);
    };
    let refuse = |why: &str| {
        let mut details = codes::UNAUTHENTICATED.details();
        details.detail = why.to_owned().into();
        details
    };
    let text = header.to_str().ok().and_then(|text| text.split_once(' '));
    let token = match text {
        Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer") => token.trim(),
        _ => return Err(refuse("the `Authorization` header is not `Bearer` and a token")),
    };
    let Some(tokens) = &context.tokens else {
        return Err(refuse("this application issues no access tokens"));
    };
    let claims = tokens.check(token).map_err(|refused| refuse(&refused.to_string()))?;
    Ok(Identity::User { user: claims.user(), account: claims.account() })
}

/// Keeps the standing that is nearest to its end, and answers 429 where one is used up.
fn stand(call: &mut Call, standing: Option<Standing>) -> Result<(), Reject> {
    let Some(standing) = standing else { return Ok(()) };
    let nearer = |other: Standing| {
        let share = |s: &Standing| f64::from(s.remaining) / f64::from(s.limit.count);
        standing.wait.is_some() || share(&standing) <= share(&other)
    };
    if call.standing.is_none_or(nearer) {
        call.standing = Some(standing);
    }
    match standing.wait {
        None => Ok(()),
        Some(wait) => Err(codes::RATE_LIMITED
            .details()
            .with("limit", standing.limit.count)
            .with("window_s", standing.limit.window.as_secs())
            .with("per", standing.limit.per.as_str())
            .retry_after(wait.max(Duration::from_secs(1)))
            .into()),
    }
}
