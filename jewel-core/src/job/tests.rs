//! What the queue decides without a database.

use std::time::Duration;

use serde_json::json;
use tokio::time::Instant;
use uuid::Uuid;

use super::cancel::{Cancellation, Stop};
use super::ending::{Batch, Ended, Ending, Reason};
use super::error::Next;
use super::health::Health;
use super::outcome::{Outcome, Verdict};
use super::queue::Queue;
use super::schedule::{Plan, Tick};
use super::sealed;
use super::sources::Sources;
use super::storage::{From, Window};
use super::wake::{Notice, parse};
use super::{
    JobError, JobId, Limits, MAX_RESULT, Missed, Priority, Rate, Retry, Schedule, Settings, retry,
};
use crate::clock::Timestamp;
use crate::crypto::{KeyRing, MasterKey, SealError};

const RETRY: Retry =
    Retry { attempts: 8, min: Duration::from_secs(2), max: Duration::from_mins(1) };

#[test]
fn waits_double_up_to_the_longest() {
    let waits = |jitter| {
        (1..=8)
            .map(move |attempt| retry::wait(RETRY, attempt, jitter))
            .map(|wait| wait.map(|wait| wait.as_secs()))
    };
    let full: Vec<_> = waits(0.0).collect();
    let some = |seconds: [u64; 7]| seconds.map(Some).into_iter().chain([None]).collect::<Vec<_>>();
    assert_eq!(full, some([2, 4, 8, 16, 32, 60, 60]));
    let half: Vec<_> = waits(1.0).collect();
    assert_eq!(half, some([1, 2, 4, 8, 16, 30, 30]));
}

#[test]
fn no_attempt_follows_the_last_and_none_overflows() {
    assert_eq!(retry::wait(RETRY, 9, 0.5), None, "after lost workers");
    let many = Retry { attempts: u16::MAX, ..RETRY };
    assert_eq!(retry::wait(many, 60_000, 0.0), Some(RETRY.max));
}

fn sources() -> Sources {
    let limits = Limits::NONE;
    let queue =
        |(id, name): (i16, &str)| Queue { id, name: name.into(), limits, alone: false, batch: 1 };
    Sources::new(&[(1, "mail"), (2, "renders")].map(queue))
}

/// The queues and priorities of the next claims, each of which brings as much as was asked for.
fn next(sources: &mut Sources, claims: usize) -> Vec<(i16, i16)> {
    let claim = |_| {
        let (chosen, ask) = sources.next(false, |_| 10).expect("something waits");
        let From::Order(priority, window) = ask.from else { panic!("{ask:?}") };
        let span = (window.after + 1, window.after + 10);
        sources.brought((chosen, ask), ask.most, Some(span), Instant::now());
        (ask.queue, priority.number())
    };
    (0..claims).map(claim).collect()
}

#[test]
fn the_urgent_go_first_and_the_low_do_not_starve() {
    let mut sources = sources();
    sources.found(&[(1, 0, 5), (1, 2, 6), (2, 0, 7)]);
    let order = next(&mut sources, 16);
    assert_eq!(order[..7], [(1, 0), (2, 0), (1, 0), (2, 0), (1, 0), (2, 0), (1, 0)]);
    assert_eq!(order.iter().filter(|(_, priority)| *priority == 2).count(), 2, "one in eight");
}

#[test]
fn a_source_is_asked_from_where_the_last_claim_ended() {
    let mut sources = sources();
    assert!(sources.next(false, |_| 10).is_none(), "nothing is known to wait");
    sources.ready("mail", 100, None);
    sources.ready("nobody's", 1, None);
    // A hint says nothing of the priority: all three are asked, the normal one twice.
    let mut asked = Vec::new();
    while let Some((chosen, ask)) = sources.next(false, |_| 10) {
        let From::Order(priority, Window { after, .. }) = ask.from else { panic!("{ask:?}") };
        asked.push((ask.queue, priority.number(), after));
        let count = if asked.len() == 2 { 10 } else { 9 };
        sources.brought((chosen, ask), count, Some((100, 142)), Instant::now());
    }
    assert_eq!(asked, [(1, 0, 99), (1, 1, 99), (1, 1, 142), (1, 2, 99)]);
    // A claim that failed is asked again, from below its cursor if something committed late.
    sources.found(&[(1, 1, 143)]);
    let (chosen, ask) = sources.next(false, |_| 10).unwrap();
    sources.ready("mail", 60, None);
    sources.failed(chosen, ask);
    let after: Vec<From> =
        std::iter::from_fn(|| sources.next(false, |_| 10)).map(|(_, ask)| ask.from).collect();
    assert_eq!(
        after,
        Priority::ALL.map(|priority| { From::Order(priority, Window { after: 59, upto: None }) })
    );
}

#[test]
fn claims_that_come_back_full_divide_what_waits() {
    let (mut sources, now) = (sources(), Instant::now());
    sources.found(&[(1, 1, 101)]);
    // The next claim of a hundred, where there is one: its window.
    let next = |sources: &mut Sources, second| {
        let (chosen, ask) = sources.next(second, |_| 100)?;
        let From::Order(_, Window { after, upto }) = ask.from else { panic!("{ask:?}") };
        Some(((chosen, ask), (after, upto)))
    };
    let (first, window) = next(&mut sources, false).unwrap();
    assert_eq!(window, (100, None), "nothing is known of what waits");
    assert!(next(&mut sources, true).is_none(), "nor where the first one ends");
    sources.brought(first, 100, Some((101, 300)), now);
    let (second, window) = next(&mut sources, false).unwrap();
    assert_eq!(window, (300, Some(500)), "every other place was another queue's");
    let (third, window) = next(&mut sources, true).unwrap();
    assert_eq!(window, (500, Some(700)));
    sources.brought(third, 80, Some((502, 690)), now);
    assert_eq!(next(&mut sources, true).unwrap().1, (700, Some(1000)), "a bit further apart");
    // There was more than was asked for before the end: that is claimed next.
    sources.brought(second, 100, Some((221, 420)), now);
    assert_eq!(next(&mut sources, true).unwrap().1, (420, Some(620)));
    let (last, window) = next(&mut sources, true).unwrap();
    assert_eq!(window, (620, Some(820)));
    sources.brought(last, 49, Some((621, 700)), now);
    assert!(next(&mut sources, true).is_none(), "less than half: nothing more may wait");
    assert_eq!(next(&mut sources, false).unwrap().1, (820, None));
}

#[test]
fn a_keyed_queue_is_one_source_that_goes_on_with_the_next_lane() {
    let rate = Rate { count: 10, window: Duration::from_secs(1), burst: 1 };
    let limits = Limits { rate: Some(rate), ..Limits::NONE };
    let mut sources =
        Sources::new(&[Queue { id: 1, name: "mail".into(), limits, alone: false, batch: 1 }]);
    let now = Instant::now();
    sources.ready("mail", 100, None);
    let (chosen, ask) = sources.next(false, |_| 10).unwrap();
    assert_eq!((ask.from, ask.alone), (From::Lane(i64::MIN), true));
    assert!(sources.next(false, |_| 10).is_none(), "there is one source");
    sources.brought((chosen, ask), 9, Some((1, 7)), now);
    assert!(
        sources.next(false, |_| 10).is_none(),
        "less than was asked for: the rate, or nothing more"
    );
    assert_eq!(sources.due(), Some(now + Duration::from_millis(100)));
    sources.pass(now + Duration::from_millis(100));
    let (chosen, ask) = sources.next(false, |_| 10).unwrap();
    assert_eq!(ask.from, From::Lane(7), "behind the lane that had its turn");
    sources.brought((chosen, ask), 0, None, now);
    assert_eq!(sources.due(), None, "nothing came: there is nothing to wait for");
    sources.freed(1);
    assert!(sources.next(false, |_| 0).is_none(), "this process has as many as it may");
    assert!(sources.next(false, |_| 1).is_some());
}

fn plan(pattern: &'static str, zone: &'static str, missed: Missed) -> Plan {
    Plan::read(&Schedule { pattern, zone, missed }).unwrap()
}

fn time(text: &str) -> Timestamp {
    text.parse().unwrap()
}

#[test]
fn a_schedule_follows_the_clock_of_its_zone() {
    let plan = plan("30 2 * * *", "Europe/Berlin", Missed::Last);
    let after = |text| plan.after(time(text)).unwrap().to_rfc3339();
    assert_eq!(after("2026-01-15T00:00:00Z"), "2026-01-15T01:30:00+00:00", "winter");
    assert_eq!(after("2026-07-15T00:00:00Z"), "2026-07-15T00:30:00+00:00", "summer");
    // 29 March 2026: the clock goes from 02:00 to 03:00; there is no 02:30.
    assert_eq!(after("2026-03-28T12:00:00Z"), "2026-03-29T01:00:00+00:00");
    // 25 October 2026: the clock goes back from 03:00 to 02:00; 02:30 comes twice.
    assert_eq!(after("2026-10-24T12:00:00Z"), "2026-10-25T00:30:00+00:00");
    assert_eq!(after("2026-10-25T00:30:00Z"), "2026-10-26T01:30:00+00:00", "once");
}

#[test]
fn missed_times_are_skipped_taken_together_or_made_up_for() {
    let (planned, now) = (time("2026-01-15T10:00:00Z"), time("2026-01-15T13:30:00Z"));
    let ticks = |missed| {
        let ticks = plan("0 * * * *", "UTC", missed).ticks(planned, now);
        let told = |tick: &Tick| (tick.at.format("%H:%M").to_string(), tick.wanted);
        assert_eq!(ticks.last().unwrap().next, time("2026-01-15T14:00:00Z"));
        assert_eq!(ticks[0].planned, planned);
        ticks.iter().map(told).collect::<Vec<_>>()
    };
    let wanted = |texts: &[&str]| texts.iter().map(|t| ((*t).to_owned(), true)).collect::<Vec<_>>();
    assert_eq!(ticks(Missed::Skip), [("13:00".to_owned(), false)]);
    assert_eq!(ticks(Missed::Last), wanted(&["13:00"]));
    assert_eq!(ticks(Missed::All), wanted(&["10:00", "11:00", "12:00", "13:00"]));
    let hourly = plan("0 * * * *", "UTC", Missed::Skip);
    assert!(hourly.ticks(time("2026-01-15T14:00:00Z"), now).is_empty(), "it lies ahead");
    let kept = hourly.ticks(time("2026-01-15T13:00:00Z"), time("2026-01-15T13:00:05Z"));
    assert!(kept[0].wanted, "a few seconds are no miss");
}

#[test]
fn a_schedule_that_makes_no_sense_is_refused() {
    let refused =
        |pattern, zone| Plan::read(&Schedule { pattern, zone, missed: Missed::Last }).unwrap_err();
    assert!(refused("61 * * * *", "UTC").contains("`61 * * * *`"));
    assert!(refused("0 4 * * *", "Berlin").contains("`Berlin` is none that is known"));
    assert!(refused("0 0 30 2 *", "UTC").contains("never due"));
}

#[test]
fn payloads_say_what_they_mean_or_nothing() {
    let ready = |priority| Notice::Ready { queue: "mail".into(), seq: 118, priority };
    assert_eq!(parse("ready mail 118"), Some(ready(None)));
    assert_eq!(parse("ready mail 118 2"), Some(ready(Some(Priority::Background))));
    assert_eq!(parse("job 1 22"), Some(Notice::Changed([JobId(1), JobId(22)].into())));
    assert_eq!(parse("cancel 7"), Some(Notice::Cancel(JobId(7))));
    for nonsense in [
        "",
        "ready",
        "ready mail",
        "ready mail x",
        "ready mail 1 9",
        "job",
        "job x",
        "cancel",
        "more 1",
    ] {
        assert_eq!(parse(nonsense), None, "{nonsense}");
    }
}

#[test]
fn endings_are_sorted_into_the_three_ways_out() {
    let mut batch = Batch::default();
    let (lease, began) = (Uuid::from_u128(1), std::time::Instant::now());
    let failed = |reason, wait| Ending::Failed { reason, why: "a\0b".to_owned(), wait };
    let endings = [
        (Ending::Done(Some("7".to_owned())), "completed"),
        (failed(Reason::Error, Some(Duration::from_secs(2))), "retried"),
        (failed(Reason::Timeout, None), "dead"),
        (failed(Reason::Cancelled, None), "cancelled"),
        (failed(Reason::Snooze, Some(Duration::ZERO)), "snoozed"),
        (Ending::Released, "released"),
    ];
    for (id, (ending, word)) in (1..).zip(endings) {
        assert_eq!(ending.as_str(), word);
        batch.add(Ended { id: JobId(id), lease, began, ending, reported: id == 2 });
    }
    assert_eq!((batch.done.ids, batch.released.ids, batch.reported), (vec![1], vec![6], vec![2]));
    assert_eq!(batch.failed.ids, [2, 3, 4, 5]);
    assert_eq!(batch.failed.reasons, [1, 3, 5, 6]);
    assert_eq!(batch.failed.waits, [Some(2.0), None, None, Some(0.0)]);
    assert_eq!(batch.failed.messages[0], "a\u{fffd}b", "PostgreSQL keeps no NUL");
}

fn verdict(outcome: impl Outcome) -> Result<Option<String>, (Next, String)> {
    match outcome.verdict() {
        Verdict::Done(result) => Ok(result),
        Verdict::Failed(error) => Err(error.into_parts()),
        other => panic!("{other:?}"),
    }
}

#[test]
fn results_are_kept_where_they_can_be() {
    assert_eq!(verdict(Ok::<_, JobError>(vec![1, 2])), Ok(Some("[1,2]".to_owned())));
    assert_eq!(verdict(Ok::<_, JobError>(())), Ok(None));
    assert_eq!(verdict(Ok::<_, JobError>(r"\u0000")), Ok(Some(r#""\\u0000""#.to_owned())));
    for refused in ["\0".to_owned(), "x".repeat(MAX_RESULT)] {
        let (next, _) = verdict(Ok::<_, JobError>(refused)).unwrap_err();
        assert_eq!(next, Next::GiveUp);
    }
}

#[test]
fn any_error_means_another_attempt_and_tells_its_causes() {
    #[derive(Debug, thiserror::Error)]
    #[error("the page is not there")]
    struct Gone(#[source] std::fmt::Error);
    let (next, why) = verdict(Err::<(), _>(Gone(std::fmt::Error))).unwrap_err();
    assert_eq!(next, Next::Retry);
    assert_eq!(why, format!("the page is not there: {}", std::fmt::Error));
    let snooze = JobError::snooze(Duration::from_secs(9));
    let (next, _) = verdict(Err::<(), _>(snooze)).unwrap_err();
    assert_eq!(next, Next::Snooze(Duration::from_secs(9)));
}

#[tokio::test]
async fn the_first_reason_to_stop_stays() {
    let cancellation = Cancellation::default();
    let stopper = cancellation.stopper();
    assert!(!cancellation.is_cancelled());
    stopper.stop(Stop::Draining);
    stopper.stop(Stop::Ended);
    assert_eq!(cancellation.why(), Some(Stop::Draining));
    cancellation.cancelled().await;
    drop(stopper);
    assert_eq!(cancellation.stopped().await, Stop::Draining);
    let orphan = Cancellation::default();
    drop(orphan.stopper());
    assert_eq!(orphan.stopped().await, Stop::Ended, "nobody is left who could tell it");
}

#[test]
fn settings_have_bounds() {
    let read = |value| serde_json::from_value::<Settings>(value);
    let absurd = json!({ "concurrency": 0, "batch": 60000, "lease_ttl": "0s" });
    let absurd = read(absurd).unwrap();
    assert_eq!((absurd.slots(), absurd.batch()), (1, 1000));
    assert!(absurd.ttl() >= Duration::from_millis(100));
    assert!(absurd.beat() < absurd.trust() && absurd.trust() < absurd.ttl());
    assert!(read(json!({ "concurency": 3 })).is_err(), "unknown keys are refused");
}

#[test]
fn a_worker_is_stalled_where_jobs_wait_beside_free_slots() {
    let (health, queue) = (Health::default(), "letters".into());
    let later = || std::time::Instant::now() + Duration::from_secs(61);
    health.waiting(&queue, Some(90.0));
    assert_eq!(health.stalled(later()), None, "nobody said that a slot is free");
    health.free(true);
    assert_eq!(health.stalled(std::time::Instant::now()), None, "it has only just become free");
    let stalled = health.stalled(later()).unwrap();
    assert_eq!((&*stalled.queue, stalled.waited.as_secs()), ("letters", 90));
    health.free(false);
    health.free(true);
    health.waiting(&queue, Some(30.0));
    assert_eq!(health.stalled(later()), None, "it has not waited for long");
    health.waiting(&queue, None);
    assert_eq!(health.stalled(later()), None);
}

#[test]
fn a_job_that_died_is_opened_where_it_is_one() {
    let keys = KeyRing::from(MasterKey::random());
    let sealed = sealed::args(Some(&keys), "tell", r#"{"to":1}"#).unwrap();
    let dead = format!(r#"{{"args":{sealed},"kind":"tell"}}"#);
    let opened = sealed::open_dead(Some(&keys), &dead).unwrap();
    assert_eq!(opened, r#"{"args":{"to":1},"kind":"tell"}"#);
    let other = dead.replace("tell", "spread");
    assert_eq!(sealed::open_dead(Some(&keys), &other), Err(SealError::Altered.into()));
    let lacks = Err(SealError::NoKey(keys.current()).into());
    assert_eq!(sealed::open_dead(None, &dead), lacks);
    for none in [r#"["$sealed"]"#, r#""$sealed""#, "", r#"{"$sealed":1}"#] {
        assert_eq!(sealed::open_dead(Some(&keys), none).unwrap(), none, "nothing panics");
    }
}
