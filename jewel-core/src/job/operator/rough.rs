//! A length of time as people say it.

use std::time::Duration;

/// In the largest unit of which there are two, or the seconds: `90s`, `3m`, `47h`, `12d`.
pub(crate) fn rough(span: Duration) -> String {
    let seconds = span.as_secs();
    match seconds {
        0..120 => format!("{seconds}s"),
        120..7_200 => format!("{}m", seconds / 60),
        7_200..172_800 => format!("{}h", seconds / 3_600),
        _ => format!("{}d", seconds / 86_400),
    }
}
