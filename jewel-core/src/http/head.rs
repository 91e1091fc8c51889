//! Head: is the answer something that the client accepts?
//!
//! Arguments are read from the head later, when the guard has said yes: a stranger learns nothing
//! about identifiers or parameters.

use http::header::ACCEPT;

use super::call::Call;
use super::reject::Reject;
use crate::problem::codes;

/// Answers 406 where `Accept` leaves out all that the operation can say.
pub(super) fn check(call: &Call) -> Result<(), Reject> {
    let offered = call.entry.media;
    let mut fields = call.parts.headers.get_all(ACCEPT).iter().peekable();
    if fields.peek().is_none() || offered.is_empty() {
        return Ok(());
    }
    let accepted = fields
        .filter_map(|field| field.to_str().ok())
        .flat_map(|field| field.split(','))
        .any(|range| accepts(range, offered));
    if accepted {
        return Ok(());
    }
    let detail = format!("this operation answers {}", offered.join(" or "));
    let mut details = codes::NOT_ACCEPTABLE.details();
    details.detail = detail.into();
    Err(details.into())
}

/// Whether one media range, as `text/*;q=0.5`, takes any of the offered types.
fn accepts(range: &str, offered: &[&str]) -> bool {
    let mut parts = range.split(';');
    let media = parts.next().unwrap_or("").trim();
    let refused = parts.any(|parameter| {
        let weight = parameter.trim().strip_prefix("q=");
        weight.is_some_and(|q| q.parse::<f32>().is_ok_and(|q| q <= 0.0))
    });
    let fits = |offer: &&str| match media.split_once('/') {
        Some(("*", "*")) => true,
        Some((kind, "*")) => offer.split('/').next().is_some_and(|o| o.eq_ignore_ascii_case(kind)),
        _ => offer.eq_ignore_ascii_case(media),
    };
    !refused && offered.iter().any(fits)
}

#[cfg(test)]
mod tests {
    use super::accepts;

    #[test]
    fn media_ranges() {
        let check = |range, expect| {
            assert_eq!(accepts(range, &["application/json"]), expect, "{range}");
        };
        check("*/*", true);
        check("application/*;q=0.1", true);
        check(" Application/JSON ; charset=utf-8", true);
        check("application/json;q=0", false);
        check("text/html", false);
        check("", false);
    }
}
