//! Logs to standard error: readable text for a person, JSON lines for a machine.

use std::io::IsTerminal;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

use super::fields::Fields;

/// How logs look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// Text on a terminal, JSON elsewhere.
    #[default]
    Auto,
    /// Readable text.
    Text,
    /// One JSON object a line.
    Json,
}

/// The settings of logs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// How logs look: `auto`, `text` or `json`.
    pub format: Format,
    /// What is logged: a level (`error`, `warn`, `info`, `debug`, `trace`), or levels by module as
    /// `info,sqlx=warn`.
    pub filter: String,
}

impl Default for Settings {
    fn default() -> Self {
        Self { format: Format::Auto, filter: "info,sqlx=warn".to_owned() }
    }
}

/// Turns logs on for this process; a second call changes nothing.
///
/// # Errors
/// Where the filter cannot be read: what is wrong with it.
pub fn log(settings: &Settings) -> Result<(), String> {
    // Levels by module are compared when a place in the code is first reached; what also looks at
    // spans costs every span something.
    let plain = settings.filter.parse::<Targets>().ok();
    let spans = plain.is_none().then(|| EnvFilter::try_new(&settings.filter)).transpose();
    let spans = spans.map_err(|error| format!("`log.filter`: `{}`: {error}", settings.filter))?;
    let terminal = std::io::stderr().is_terminal();
    let registry = tracing_subscriber::registry().with(plain).with(spans);
    let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr);
    let json = match settings.format {
        Format::Auto => !terminal,
        Format::Text => false,
        Format::Json => true,
    };
    // Another subscriber is there already where an application runs inside a test.
    let _ = if json {
        let lines = lines.json().flatten_event(true).with_span_list(false).fmt_fields(Fields);
        registry.with(lines).try_init()
    } else {
        registry.with(lines.with_ansi(terminal).with_target(false)).try_init()
    };
    Ok(())
}

/// Turns warnings and errors on for a test, which shows them only where it fails.
#[cfg(feature = "testing")]
pub(crate) fn log_for_tests() {
    let level = tracing::Level::WARN;
    let _ = tracing_subscriber::fmt().with_test_writer().with_max_level(level).try_init();
}
