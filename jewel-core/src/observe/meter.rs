//! Metrics, kept in this process and shown in Prometheus' text format.

use std::sync::LazyLock;

use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};

/// Bounds of latency histograms, in seconds.
const SECONDS: [f64; 12] =
    [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0, 30.0];

/// What has been measured so far.
#[derive(Clone)]
pub struct Meter(Option<PrometheusHandle>);

static METER: LazyLock<Meter> = LazyLock::new(|| {
    let builder = PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), &SECONDS);
    let installed = builder.and_then(PrometheusBuilder::install_recorder);
    if let Err(error) = &installed {
        tracing::warn!(%error, "metrics are kept by somebody else");
    }
    Meter(installed.ok())
});

/// Turns metrics on for this process, at the first call.
pub fn meter() -> Meter {
    METER.clone()
}

impl Meter {
    /// All figures in Prometheus' text format.
    pub fn render(&self) -> String {
        self.0.as_ref().map(PrometheusHandle::render).unwrap_or_default()
    }

    /// Sorts what was measured since the last call; without it memory grows.
    pub fn upkeep(&self) {
        if let Some(handle) = &self.0 {
            handle.run_upkeep();
        }
    }
}

impl std::fmt::Debug for Meter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Meter")
    }
}
