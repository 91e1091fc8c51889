//! Requests per second: pairs of short runs, interleaved so that a noisy moment hits both.

use std::time::Duration;

use super::load;
use super::server::{self, Side};

const PAIRS: usize = 9;
const LINES: usize = 16;
const TIME: Duration = Duration::from_secs(3);

/// The medians.
pub struct Pace {
    pub jewel: f64,
    pub twin: f64,
    /// The median of each pair's ratio.
    pub ratio: f64,
}

/// Measures all pairs, the server on one core and the load on the other.
pub fn pairs() -> Result<Pace, String> {
    let on_core = ["taskset", "-c", "0"];
    let jewel = server::start(Side::Jewel, &on_core)?;
    let twin = server::start(Side::Twin, &on_core)?;
    let own = std::process::id().to_string();
    let pinned = std::process::Command::new("taskset").args(["-a", "-p", "-c", "1", &own]).output();
    pinned.map_err(|error| format!("taskset: {error}"))?;
    eprintln!("requests per second, {PAIRS} pairs of {} s", TIME.as_secs());
    let mut rates = Vec::new();
    for pair in 1..=PAIRS {
        // The first of a pair is not always the same one.
        let order = if pair % 2 == 0 { [&jewel, &twin] } else { [&twin, &jewel] };
        let first = load::rate(order[0].port, LINES, TIME)?;
        let second = load::rate(order[1].port, LINES, TIME)?;
        let (j, t) = if pair % 2 == 0 { (first, second) } else { (second, first) };
        eprintln!("  {pair}/{PAIRS}  jewel {j:.0}  twin {t:.0}  ratio {:.3}", j / t);
        rates.push((j, t));
    }
    jewel.stop();
    twin.stop();
    Ok(Pace {
        jewel: median(rates.iter().map(|(j, _)| *j)),
        twin: median(rates.iter().map(|(_, t)| *t)),
        ratio: median(rates.iter().map(|(j, t)| j / t)),
    })
}

fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(0.0)
}
