//! What the queue decides without a database.

use std::time::Duration;

use serde_json::json;
use uuid::Uuid;

use super::cancel::{Stop, Stopper};
use super::ending::{Batch, Ended, Ending, Reason};
use super::error::Next;
use super::outcome::{Outcome, Verdict};
use super::queue::Queue;
use super::sources::Sources;
use super::wake::{Notice, parse};
use super::{JobError, JobId, MAX_RESULT, Retry, Settings, retry};

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
    let queue = |(id, name): (i16, &str)| Queue { id, name: name.into() };
    Sources::new(&[(1, "mail"), (2, "renders")].map(queue))
}

/// The queues and priorities of the next claims, each of which brings as much as was asked for.
fn next(sources: &mut Sources, claims: usize) -> Vec<(i16, i16)> {
    let claim = |_| {
        let (chosen, ask) = sources.next(10).expect("something waits");
        sources.brought(chosen, Some(ask.after + 10));
        (ask.queue, ask.priority.number())
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
    assert!(sources.next(10).is_none(), "nothing is known to wait");
    sources.ready("mail", 100);
    sources.ready("nobody's", 1);
    // A hint says nothing of the priority: all three are asked, the normal one twice.
    let mut asked = Vec::new();
    while let Some((chosen, ask)) = sources.next(10) {
        asked.push((ask.queue, ask.priority.number(), ask.after));
        sources.brought(chosen, (asked.len() == 2).then_some(142));
    }
    assert_eq!(asked, [(1, 0, 99), (1, 1, 99), (1, 1, 142), (1, 2, 99)]);
    // A claim that failed is asked again, from below its cursor if something committed late.
    sources.found(&[(1, 1, 143)]);
    let (chosen, ask) = sources.next(10).unwrap();
    sources.ready("mail", 60);
    sources.failed(chosen, ask);
    let after: Vec<i64> =
        std::iter::from_fn(|| sources.next(10)).map(|(_, ask)| ask.after).collect();
    assert_eq!(after, [59, 59, 59]);
}

#[test]
fn payloads_say_what_they_mean_or_nothing() {
    let ready = Notice::Ready { queue: "mail".into(), seq: 118 };
    assert_eq!(parse("ready mail 118"), Some(ready));
    assert_eq!(parse("job 1 22"), Some(Notice::Changed([JobId(1), JobId(22)].into())));
    assert_eq!(parse("cancel 7"), Some(Notice::Cancel(JobId(7))));
    for nonsense in ["", "ready", "ready mail", "ready mail x", "job", "job x", "cancel", "more 1"]
    {
        assert_eq!(parse(nonsense), None, "{nonsense}");
    }
}

#[test]
fn endings_are_sorted_into_the_three_ways_out() {
    let mut batch = Batch::default();
    let lease = Uuid::from_u128(1);
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
        batch.add(Ended { id: JobId(id), lease, ending, reported: id == 2 });
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
    let stopper = Stopper::new();
    let cancellation = stopper.cancellation();
    assert!(!cancellation.is_cancelled());
    stopper.stop(Stop::Draining);
    stopper.stop(Stop::Ended);
    assert_eq!(cancellation.why(), Some(Stop::Draining));
    cancellation.cancelled().await;
    drop(stopper);
    assert_eq!(cancellation.stopped().await, Stop::Draining);
    let orphan = Stopper::new().cancellation();
    assert!(orphan.is_cancelled(), "nobody is left who could tell it");
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
