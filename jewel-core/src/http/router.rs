//! The table of routes: every endpoint at its path, and an answer for everything else.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

use axum::Router;
use axum::extract::Request;
use axum::response::Response;
use axum::routing::{MethodFilter, MethodRouter};
use http::header::{ALLOW, HeaderValue};

use super::accept::{Slots, identify};
use super::admit::{identity, may};
use super::context::Context;
use super::endpoint::Route;
use super::flow::{Figures, Mounted, answer};
use super::respond::{About, respond};
use crate::guard::Identity;
use crate::guard::limit::Limiter;
use crate::manifest::{Declared, Kind, Limit, Verb};
use crate::problem::{Code, codes};

/// Where the client of a connection is; the server puts it on every request.
#[derive(Debug, Clone, Copy)]
pub struct Peer(pub IpAddr);

/// An endpoint and the name of its operation.
#[derive(Debug, Clone)]
pub(crate) struct Named {
    pub(crate) operation: String,
    pub(crate) route: Route,
}

impl Named {
    /// The endpoint of a module.
    pub(crate) fn of(module: &str, route: Route) -> Self {
        Self { operation: format!("{module}.{}", route.entry.declared.name), route }
    }
}

/// The router of these endpoints.
pub(crate) fn router(endpoints: &[Named], context: &Arc<Context>, slots: &Slots) -> Router {
    let mut paths: BTreeMap<&str, Vec<&Named>> = BTreeMap::new();
    for named in endpoints {
        paths.entry(named.route.entry.declared.path).or_default().push(named);
    }
    let mut router = Router::new();
    for (path, endpoints) in paths {
        router = router.route(path, methods(&endpoints, context, slots));
    }
    router.fallback(|request: Request| async move { refuse(&request, codes::NOT_FOUND) })
}

fn methods(endpoints: &[&Named], context: &Arc<Context>, slots: &Slots) -> MethodRouter {
    let mut methods = MethodRouter::new();
    let mut allow = Vec::new();
    for named in endpoints {
        let verb = named.route.entry.declared.verb;
        allow.push(verb.as_str());
        if verb == Verb::Get {
            allow.push("HEAD");
        }
        let mounted = Arc::new(mount(named, context, slots));
        methods = methods.on(filter(verb), move |request: Request| {
            let peer = peer(&request);
            answer(Arc::clone(&mounted), request, peer)
        });
    }
    let allow = HeaderValue::try_from(allow.join(", ")).unwrap_or(HeaderValue::from_static(""));
    methods.fallback(move |request: Request| {
        let mut response = refuse(&request, codes::METHOD_NOT_ALLOWED);
        response.headers_mut().insert(ALLOW, allow.clone());
        async move { response }
    })
}

fn mount(named: &Named, context: &Arc<Context>, slots: &Slots) -> Mounted {
    let declared = &named.route.entry.declared;
    let settings = &context.settings;
    Mounted {
        route: named.route,
        operation: named.operation.as_str().into(),
        limiter: Limiter::new(&limits(declared, settings.limit_factor), &context.clock),
        deadline: declared.deadline.unwrap_or(settings.deadline.get()),
        body_limit: declared.body_limit.unwrap_or(settings.body_limit.get()),
        figures: Figures::new(&named.operation),
        context: Arc::clone(context),
        slots: slots.clone(),
    }
}

/// An operation's own limits, multiplied by the setting.
fn limits(declared: &Declared, factor: u32) -> Vec<Limit> {
    let scaled = |limit: &Limit| Limit { count: limit.count.saturating_mul(factor), ..*limit };
    declared.limits.iter().map(scaled).collect()
}

fn filter(verb: Verb) -> MethodFilter {
    match verb {
        Verb::Get => MethodFilter::GET,
        Verb::Post => MethodFilter::POST,
        Verb::Put => MethodFilter::PUT,
        Verb::Patch => MethodFilter::PATCH,
        Verb::Delete => MethodFilter::DELETE,
    }
}

/// Where the client is.
fn peer(request: &Request) -> IpAddr {
    let known = request.extensions().get::<Peer>();
    known.map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |peer| peer.0)
}

/// Lets a request pass to a router that was written by hand, or says why not. The handler finds
/// the caller's [`Identity`] among the request's extensions.
pub(crate) fn admit_by_hand(
    context: &Context,
    request: &mut Request,
    access: Kind,
) -> Result<(), Response> {
    let standing = context.limiter.count(peer(request), &Identity::Anonymous);
    let spent = standing.and_then(|standing| standing.wait);
    let proven = match spent {
        Some(wait) => Err(codes::RATE_LIMITED.details().retry_after(wait)),
        None => may(access, identity(context, request.headers())),
    };
    let (request_id, trace) = identify(request.headers());
    let about = About { request_id, trace, standing, close: false };
    let identity = proven.map_err(|details| respond(&about, Err(details)))?;
    request.extensions_mut().insert(identity);
    Ok(())
}

/// A problem for a request that reached no endpoint.
fn refuse(request: &Request, code: Code) -> Response {
    let (request_id, trace) = identify(request.headers());
    let about = About { request_id, trace, standing: None, close: false };
    respond(&about, Err(code.details()))
}
