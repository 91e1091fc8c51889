//! Follows an order to its end: by its events while they come, then by asking.
//!
//! A broken stream is no failure: a server that was restarted goes on with the order, and asking
//! finds it.

use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Result, bail};
use indicatif::ProgressBar;

use super::api::{Api, Shot};

const ASK_EVERY: Duration = Duration::from_millis(300);
const END_WITHIN: Duration = Duration::from_mins(5);

/// Waits until nothing more happens to the shot; moves the bar meanwhile.
pub(crate) fn to_the_end(api: &Api, id: &str, bar: &ProgressBar) -> Result<Shot> {
    by_events(api, id, bar);
    let begin = Instant::now();
    loop {
        let shot = api.shot(id)?;
        show(&shot, bar);
        if shot.is_over() {
            bar.finish_and_clear();
            return Ok(shot);
        }
        if begin.elapsed() > END_WITHIN {
            bail!("shot {id} is still {} after {} s", shot.status, END_WITHIN.as_secs());
        }
        thread::sleep(ASK_EVERY);
    }
}

/// Until the last event, or until the stream ends or is refused.
fn by_events(api: &Api, id: &str, bar: &ProgressBar) {
    let Ok(events) = api.events(id) else { return };
    for event in events {
        let shot = serde_json::from_str(&event.data).ok().and_then(|it| Shot::read(&it).ok());
        if let Some(shot) = shot {
            show(&shot, bar);
            if shot.is_over() {
                return;
            }
        }
    }
}

fn show(shot: &Shot, bar: &ProgressBar) {
    bar.set_position(shot.progress);
    bar.set_message(format!("{} {}", shot.status, shot.step));
}
