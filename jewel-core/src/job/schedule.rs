//! When a schedule is due: patterns, time zones, missed times. Pure.
//!
//! The clock that counts is the zone's: where it jumps forward, a time that does not exist is due
//! at the end of the gap; where it falls back, a time that comes twice is due the first time only.

use chrono_tz::Tz;
use croner::Cron;
use croner::parser::{CronParser, Seconds, Year};

use super::declared::{Missed, Schedule};
use crate::clock::Timestamp;

/// How late a time may be noticed and still count as kept.
const LATE: chrono::TimeDelta = chrono::TimeDelta::minutes(1);
/// The most missed times that one look makes jobs of; the rest has its turn with the next.
const AT_ONCE: usize = 100;

/// A schedule that is understood.
#[derive(Debug, Clone)]
pub(crate) struct Plan {
    cron: Cron,
    zone: Tz,
    missed: Missed,
}

/// What one planned time comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Tick {
    /// The time that was planned; whoever changes it has the tick.
    pub(super) planned: Timestamp,
    /// The time that is planned instead.
    pub(super) next: Timestamp,
    /// The time that the job is told.
    pub(super) at: Timestamp,
    /// Whether there is a job at all.
    pub(super) wanted: bool,
}

impl Plan {
    /// Reads a schedule; `Err` says what is wrong with it.
    pub(crate) fn read(schedule: &Schedule) -> Result<Self, String> {
        let Schedule { pattern, zone, missed } = *schedule;
        let parser = CronParser::builder().seconds(Seconds::Disallowed).year(Year::Disallowed);
        let cron = parser.build().parse(pattern);
        let cron = cron.map_err(|error| format!("the schedule `{pattern}`: {error}"))?;
        let zone: Tz = zone.parse().map_err(|_| {
            format!("the time zone `{zone}` is none that is known, like `Europe/Berlin` or `UTC`")
        })?;
        let plan = Self { cron, zone, missed };
        match plan.after(Timestamp::UNIX_EPOCH) {
            Some(_) => Ok(plan),
            None => Err(format!("the schedule `{pattern}` is never due")),
        }
    }

    /// The first time after this one.
    pub(crate) fn after(&self, time: Timestamp) -> Option<Timestamp> {
        let local = time.with_timezone(&self.zone);
        let next = self.cron.find_next_occurrence(&local, false).ok()?;
        Some(next.with_timezone(&chrono::Utc))
    }

    /// The last time up to this one.
    fn until(&self, time: Timestamp) -> Option<Timestamp> {
        let local = time.with_timezone(&self.zone);
        let last = self.cron.find_previous_occurrence(&local, true).ok()?;
        Some(last.with_timezone(&chrono::Utc))
    }

    /// What is to be done `now` about a time that was planned: nothing while it lies ahead.
    pub(super) fn ticks(&self, planned: Timestamp, now: Timestamp) -> Vec<Tick> {
        let mut ticks = Vec::new();
        let mut planned = planned;
        while planned <= now && ticks.len() < AT_ONCE {
            let Some(mut next) = self.after(planned) else { break };
            let mut at = planned;
            if self.missed != Missed::All && next <= now {
                // Only the last of those that are over by now counts.
                at = self.until(now).unwrap_or(planned);
                let Some(later) = self.after(now) else { break };
                next = later;
            }
            let wanted = self.missed != Missed::Skip || now - at <= LATE;
            ticks.push(Tick { planned, next, at, wanted });
            planned = next;
        }
        ticks
    }
}
