//! Arguments that need nothing but what the earlier stages know: the caller, state, the clock, ids.

use super::super::call::Call;
use super::super::reject::Reject;
use super::Extract;
use crate::guard::{Caller, Proof};
use crate::manifest::{self, Describe};
use crate::problem::{Details, codes};
use crate::state::State;
use crate::trace::{RequestId, TraceParent};

impl<K: Proof> Extract for Caller<K> {
    fn extract(call: &mut Call, _: &'static str) -> Result<Self, Reject> {
        Self::admitted(call.identity).ok_or_else(|| codes::UNAUTHENTICATED.details().into())
    }

    fn describe(_: &'static str, _: &mut Describe) {}
}

impl<T: Send + Sync + 'static> Extract for State<T> {
    fn extract(call: &mut Call, _: &'static str) -> Result<Self, Reject> {
        call.context.states.get::<T>().map_err(|missing| Details::internal(&missing).into())
    }

    fn describe(_: &'static str, describe: &mut Describe) {
        describe.states.push(manifest::State {
            id: std::any::TypeId::of::<T>(),
            name: std::any::type_name::<T>(),
        });
    }
}

impl Extract for RequestId {
    fn extract(call: &mut Call, _: &'static str) -> Result<Self, Reject> {
        Ok(call.request_id.clone())
    }

    fn describe(_: &'static str, _: &mut Describe) {}
}

impl Extract for TraceParent {
    fn extract(call: &mut Call, _: &'static str) -> Result<Self, Reject> {
        Ok(call.trace)
    }

    fn describe(_: &'static str, _: &mut Describe) {}
}
