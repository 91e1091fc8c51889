//! Waiting for something that says nothing when it happens, never longer than a limit.

use std::thread;
use std::time::{Duration, Instant};

/// Asks `step` until it has an answer; `None` when the limit is over. The pause between two
/// questions grows from 1 to 20 ms: what is quick is seen at once, what is slow costs nothing.
pub(super) fn until<T, E>(
    limit: Duration,
    mut step: impl FnMut() -> Result<Option<T>, E>,
) -> Result<Option<T>, E> {
    let begin = Instant::now();
    let mut pause = Duration::from_millis(1);
    loop {
        if let Some(answer) = step()? {
            return Ok(Some(answer));
        }
        if begin.elapsed() >= limit {
            return Ok(None);
        }
        thread::sleep(pause);
        pause = (pause * 5 / 4).min(Duration::from_millis(20));
    }
}
