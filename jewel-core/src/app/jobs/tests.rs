//! How commands look and what they refuse, without a database.

use clap::{Parser, Subcommand};
use insta::assert_snapshot;
use serde_json::json;

use super::select::{agrees, known};
use super::table::{line, when};
use super::{JobsWhat, ScheduleWhat, change, findings, list, schedule, show, stats};
use crate::app::{App, Module};
use crate::clock::Timestamp;
use crate::config::Span;
use crate::job::operator::{
    Detail, Failure, Finding, Found, Holder, KindStats, Level, QueueStats, Schedule, Standing,
    Stats, Workers,
};
use crate::job::{JobError, JobId, Place};
use crate::{job, jobs};

#[derive(Debug, Parser)]
struct Command {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    #[command(subcommand)]
    Jobs(JobsWhat),
    #[command(subcommand)]
    Schedule(ScheduleWhat),
}

fn parse(words: &str) -> Result<What, String> {
    let words = std::iter::once("app").chain(words.split(' '));
    Command::try_parse_from(words).map(|command| command.what).map_err(|error| error.to_string())
}

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_timestamp(1_700_000_000 + seconds, 0).unwrap()
}

#[test]
fn commands_are_read() {
    use clap::CommandFactory;
    Command::command().debug_assert();
    let Ok(What::Jobs(JobsWhat::List(listing))) =
        parse("jobs list --state dead --state running --kind render --since 2h --after 7")
    else {
        panic!("a list");
    };
    assert_eq!(listing.which.states, [Place::Dead, Place::Running]);
    assert_eq!(listing.which.since, Some(Span::from_secs(7200)));
    assert_eq!(listing.which.words(), "state dead/running, kind render, since 2h");
    assert_eq!((listing.after, listing.limit, listing.json), (Some(7), 50, false));
    let refused = |words, why| {
        let told = parse(words).unwrap_err();
        assert!(told.contains(why), "{words}: {told}");
    };
    refused("jobs list --state ded", "a similar value exists: 'dead'");
    refused("jobs list --since soon", "expected a whole number and a unit");
    refused("jobs list --limit 0", "0 is not in 1..=10000");
    refused("jobs show first", "invalid digit");
    refused("jobs pause", "<QUEUE>");
    assert!(matches!(parse("schedule run nightly"), Ok(What::Schedule(_))));
}

#[test]
fn times_are_told_from_now() {
    for (then, told) in [
        (0, "now"),
        (-1, "1s ago"),
        (-90, "90s ago"),
        (-180, "3m ago"),
        (-7200, "2h ago"),
        (-86_400 * 3, "3d ago"),
        (30, "in 30s"),
        (86_400 * 30, "in 30d"),
    ] {
        assert_eq!(when(at(then), at(0)), told, "{then}");
    }
}

#[test]
fn what_a_job_says_cannot_move_the_cursor() {
    assert_eq!(line("\n\x1b[2Jbroken\r\nmore", 60), "[2Jbroken");
    assert_eq!(line("äöü is too long", 6), "äöü i…");
    assert_eq!(line("", 6), "");
}

#[test]
fn an_answer_is_yes_or_no() {
    for yes in ["y\n", "Yes\n", " y "] {
        assert!(agrees(yes), "{yes}");
    }
    for no in ["\n", "n\n", "yo\n", "ye\n", ""] {
        assert!(!agrees(no), "{no}");
    }
}

#[test]
fn an_unknown_name_is_refused_with_the_nearest() {
    let all = ["renders".to_owned(), "upkeep".to_owned()];
    let told = |name: &str, all: &[String]| {
        known("queue", "queues", &[name.to_owned()], all).unwrap_err().to_string()
    };
    known("queue", "queues", &all, &all).unwrap();
    let near = "there is no queue `render`: did you mean `renders`? The queues are `renders`, \
                `upkeep`";
    assert_eq!(told("render", &all), near);
    let far = "there is no queue `mails`; the queues are `renders`, `upkeep`";
    assert_eq!(told("mails", &all), far);
    assert_eq!(told("mails", &[]), "there is no queue `mails`: there are no queues yet");
}

fn found(id: i64, state: Place) -> Found {
    Found {
        id: JobId(id),
        kind: "render".to_owned(),
        queue: "renders".to_owned(),
        priority: 1,
        state,
        attempt: 3,
        created_at: at(-600),
        run_at: Some(at(45)),
        started_at: Some(at(-30)),
        finished_at: Some(at(-10)),
        worker_id: None,
        error: Some("the model is away\nat studio.rs:7".to_owned()),
    }
}

#[test]
fn a_list_shows_the_time_that_matters() {
    let mut all: Vec<Found> = (8..).zip(Place::ALL).map(|(id, place)| found(id, place)).collect();
    all.reverse();
    all[0].error = None;
    assert_snapshot!(list::table(&all, at(0)), @r"
    ID  KIND    QUEUE    STATE      ATTEMPT  WHEN     LAST ERROR
    16  render  renders  poisoned         3  10s ago
    15  render  renders  cancelled        3  10s ago  the model is away
    14  render  renders  dead             3  10s ago  the model is away
    13  render  renders  completed        3  10s ago  the model is away
    12  render  renders  retrying         3  in 45s   the model is away
    11  render  renders  running          3  30s ago  the model is away
    10  render  renders  blocked          3  10m ago  the model is away
     9  render  renders  ready            3  10m ago  the model is away
     8  render  renders  scheduled        3  in 45s   the model is away
    ");
}

#[test]
fn a_job_is_shown_in_full() {
    let mut detail = Detail {
        standing: Standing {
            id: JobId(42),
            kind: "render".to_owned(),
            queue: "renders".to_owned(),
            priority: 0,
            state: Some(Place::Dead),
            attempt: 2,
            created_at: at(-600),
            run_at: None,
            started_at: Some(at(-30)),
            finished_at: Some(at(-10)),
            args: json!({"shot": 7, "note": "\u{1b}[31m"}),
            meta: Some(json!({"account": "0192", "traceparent": "00-ab-cd-01"})),
            result: None,
            percent: None,
            step: None,
            lease: None,
            crashes: None,
            cancel_requested: false,
            lane_key: None,
            holds_key: false,
        },
        worker: Some(Holder { id: 3, name: Some("box".into()), started_at: None, alive: false }),
        failures: vec![Failure {
            attempt: 2,
            at: at(-10),
            reason: "worker_lost".to_owned(),
            message: Some("the model is away\nat studio.rs:7".to_owned()),
            worker_id: Some(3),
        }],
        waits_for: vec![],
        awaited_by: vec![JobId(50), JobId(51)],
    };
    assert_snapshot!(show::text(&detail, at(0)), @r#"
    job 42: render is dead

      queue      renders, urgent
      attempt    2
      enqueued   10m ago (2023-11-14T22:03:20Z)
      started    30s ago (2023-11-14T22:12:50Z)
      ended      10s ago (2023-11-14T22:13:10Z)
      worker     3 box, dead
      awaited by 50, 51
      carries    account=0192 traceparent=00-ab-cd-01

      arguments
        {
          "note": "\u001b[31m",
          "shot": 7
        }

      failures
        attempt 2, 10s ago: worker lost
          the model is away
          at studio.rs:7

    Run it again with `jobs retry 42`, with better arguments by `--args JSON`.
    "#);
    detail.standing.args = json!({"$sealed": "v1.00ff00ff00ff00ff.c2VjcmV0"});
    let sealed =
        "\n  arguments\n    sealed under the key 00ff00ff00ff00ff; `--reveal` opens them\n\n";
    assert!(show::text(&detail, at(0)).contains(sealed), "{}", show::text(&detail, at(0)));
    detail.standing.state = None;
    assert!(show::text(&detail, at(0)).starts_with("job 42: render is LOST"));
}

#[test]
fn counts_are_two_tables() {
    let stats = Stats {
        queues: vec![QueueStats {
            queue: "renders".to_owned(),
            paused_at: Some(at(-300)),
            ready: 12_345,
            scheduled: 1,
            retrying: 2,
            blocked: 0,
            running: 4,
            oldest_ready_at: Some(at(-3600)),
        }],
        kinds: vec![KindStats {
            kind: "render".to_owned(),
            ready: 12_345,
            scheduled: 1,
            retrying: 2,
            blocked: 0,
            running: 4,
            dead: 5,
            cancelled: 6,
            poisoned: 7,
        }],
        workers: Workers { alive: 2, lost: 1 },
        bad_ends_within_s: 3600,
    };
    assert_snapshot!(stats::text(&stats, Span::from_secs(3600), at(0)), @r"
    QUEUE    READY  OLDEST   SCHEDULED  RETRYING  BLOCKED  RUNNING  PAUSED
    renders  12345  60m ago          1         2        0        4  5m ago

    KIND    READY  SCHEDULED  RETRYING  BLOCKED  RUNNING  DEAD  CANCELLED  POISONED
    render  12345          1         2        0        4     5          6         7

    dead, cancelled, poisoned: in the last 1h
    workers: 2 alive, 1 lost
    ");
}

#[test]
fn schedules_are_a_table() {
    let schedule = |name: &str, paused_at| Schedule {
        name: name.to_owned(),
        kind: "reconcile".to_owned(),
        queue: "upkeep".to_owned(),
        expression: "0 3 * * *".to_owned(),
        zone: "Europe/Vienna".to_owned(),
        next_at: at(7200),
        paused_at,
    };
    let all = [schedule("nightly", None), schedule("weekly", Some(at(-60)))];
    assert_snapshot!(schedule::table(&all, at(0)), @r"
    NAME     KIND       QUEUE   EXPRESSION  ZONE           NEXT   PAUSED
    nightly  reconcile  upkeep  0 3 * * *   Europe/Vienna  in 2h  -
    weekly   reconcile  upkeep  0 3 * * *   Europe/Vienna  in 2h  60s ago
    ");
}

#[test]
fn findings_say_what_to_do() {
    let all = [
        Finding::ok("leases", "nobody holds a job who is dead"),
        Finding::new("paused", Level::Info, "queue `renders`, for 5m", "`jobs resume renders`"),
        Finding::new("locks", Level::Fail, "1 job holds a unique key", "give it back"),
    ];
    assert_snapshot!(findings::text(&all), @r"
    ok     leases: nobody holds a job who is dead
    info   paused: queue `renders`, for 5m
             -> `jobs resume renders`
    FAIL   locks: 1 job holds a unique key
             -> give it back
    ");
}

/// A letter to write.
#[derive(Debug, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
struct Letter {
    to: String,
    pages: u8,
}

/// Writes a letter.
#[job(queue = letters, retry(5, 1s..1m), timeout = 10s)]
async fn write(_letter: Letter, _job: &mut job::Job) -> Result<(), JobError> {
    Ok(())
}

#[test]
fn better_arguments_are_those_of_the_kind() {
    let app = App::new("test", "1.0.0").module(Module::new("post", "Post.").jobs(jobs![write]));
    change::fits(&app, "write", &json!({"to": "Ada", "pages": 2})).unwrap();
    change::fits(&app, "somebody_elses", &json!(7)).unwrap();
    let told = change::fits(&app, "write", &json!({"pages": 300})).unwrap_err();
    assert_snapshot!(told, @r#"
    these are no arguments of `write`:
      - "to" is a required property
      - /pages: 300 is greater than the maximum of 255
    "#);
}
