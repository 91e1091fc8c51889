//! What a process tells of itself: logs and metrics.
//!
//! Everyone emits with `tracing` and `metrics`; only `app` turns this on, once per process.

mod fields;
mod log;
mod meter;
#[cfg(test)]
mod tests;

#[cfg(feature = "testing")]
pub(crate) use log::log_for_tests;
pub use log::{Format, Settings, log};
pub use meter::{Meter, meter};
