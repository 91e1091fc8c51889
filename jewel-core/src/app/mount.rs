//! Routers written by hand, behind the same guard as everything else.

use std::sync::Arc;

use axum::Router;
use axum::extract::Request;
use axum::middleware::{Next, from_fn};

use super::module::Mount;
use crate::http::{self, Context};

/// The router, whose requests must come from the kind of caller that the mount asks for.
pub(super) fn guarded(mount: &Mount, context: &Arc<Context>) -> Router {
    let (access, context) = (mount.access, Arc::clone(context));
    mount.router.clone().layer(from_fn(move |mut request: Request, next: Next| {
        let admitted = http::admit_by_hand(&context, &mut request, access);
        async move {
            match admitted {
                Ok(()) => next.run(request).await,
                Err(refusal) => refusal,
            }
        }
    }))
}
