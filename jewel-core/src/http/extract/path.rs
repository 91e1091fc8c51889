//! A segment of the path.

use std::ops::Deref;
use std::str::FromStr;

use percent_encoding::percent_decode_str;
use schemars::JsonSchema;

use super::super::call::Call;
use super::super::reject::Reject;
use super::Extract;
use crate::manifest::Describe;
use crate::problem::Details;

/// The path's segment that is named like the argument.
///
/// A text that is no `T` names nothing that exists, so it is answered 404.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Path<T>(pub T);

impl<T> Deref for Path<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T: FromStr + JsonSchema + Send + 'static> Extract for Path<T> {
    fn extract(call: &mut Call, name: &'static str) -> Result<Self, Reject> {
        let text = call.segment(name).and_then(|raw| percent_decode_str(raw).decode_utf8().ok());
        let value = text.and_then(|text| text.parse().ok());
        value.map(Self).ok_or_else(|| {
            Details::new(404, "not_found", format!("the path's `{name}` names nothing here")).into()
        })
    }

    fn describe(name: &'static str, describe: &mut Describe) {
        describe.path::<T>(name);
    }
}
