//! What the macros take and what becomes of it, and what they say to mistakes.

use std::time::Duration;

use jewel_core::job::{KEEP, Limits, Missed, OnDead, Priority, Rate, Schedule, Until};
use jewel_core::manifest::{Describe, Kind, Limit, Per, Repeat, Verb};
use jewel_core::{Id, Problem as _};

#[path = "../../ui/pass/endpoint.rs"]
mod endpoint;
#[path = "../../ui/pass/job.rs"]
mod job;
#[path = "../../ui/pass/wire.rs"]
mod wire;

/// Every fixture is one mistake; beside it stands what the compiler says.
#[test]
fn every_mistake_is_told_at_its_place_with_its_mend() {
    trybuild::TestCases::new().compile_fail("ui/*.rs");
}

#[test]
fn an_annotation_is_declared_as_it_is_written() {
    let declared = endpoint::routes()[0].entry.declared;
    assert_eq!(declared.name, "order");
    assert!(declared.module.ends_with("ui::endpoint"), "{}", declared.module);
    assert!(declared.source.file.ends_with("endpoint.rs"), "{}", declared.source.file);
    assert_eq!((declared.verb, declared.path), (Verb::Post, "/v1/photos/{photo}/shots"));
    assert_eq!(declared.segments, ["photo"]);
    assert_eq!(declared.summary, "Order a shot of a photo.");
    assert_eq!(declared.description, "Holds the credits.\n\nThen renders.");
    assert_eq!((declared.access, declared.repeat), (Kind::Account, Repeat::Once));
    let limit = |count, seconds, per| Limit { count, window: Duration::from_secs(seconds), per };
    assert_eq!(declared.limits, [limit(30, 60, Per::Account), limit(3, 1, Per::Account)]);
    let slo = declared.slo.map(|slo| (slo.p95, slo.available));
    assert_eq!(slo, Some((Some(Duration::from_millis(200)), Some(99.9))));
    assert_eq!(declared.deadline, Some(Duration::from_secs(30)));
    assert_eq!(declared.body_limit, Some(10 << 20));
    let names: Vec<&str> = declared.arguments.iter().map(|argument| argument.name).collect();
    assert_eq!(names, ["caller", "photo"]);
}

#[test]
fn what_is_not_said_has_its_default() {
    let list = endpoint::routes()[3].entry.declared;
    assert_eq!(list.limits[0].per, Per::Global);
    assert_eq!((list.repeat, list.slo, list.deadline), (Repeat::Natural, None, None));
    let open = endpoint::routes()[2].entry;
    assert_eq!((open.declared.path, open.declared.limits.len()), ("/", 0));
    assert_eq!((open.declared.body_limit, open.opens), (None, false));
    let job = job::tasks()[1].entry.declared;
    assert_eq!((job.queue, job.retry.attempts), ("default", 3));
    assert_eq!(job.timeout, Duration::from_mins(5));
}

#[test]
fn an_url_is_the_path_with_its_segments_encoded() {
    let id = Id::<endpoint::Photo>::new();
    assert_eq!(endpoint::order::path(id).as_str(), format!("/v1/photos/{id}/shots"));
    let [root, replace] = endpoint::urls();
    assert_eq!(root.as_str(), "/");
    assert_eq!(replace.as_str(), "/v1/photos/7/a%2Fb%20%C3%A4%3F/~x");
}

#[test]
fn an_endpoint_describes_what_its_types_say() {
    let mut describe = Describe::default();
    (endpoint::routes()[0].entry.describe)(&mut describe);
    let parameters: Vec<&str> = describe.parameters.iter().map(|p| p.name.as_str()).collect();
    assert_eq!(parameters, ["photo"]);
    assert_eq!((describe.body.len(), describe.answers[0].status), (1, 202));
    let codes: Vec<(u16, &str)> =
        describe.problems.iter().map(|problem| (problem.status, problem.code.as_str())).collect();
    let wanted = [(402, "insufficient_credits"), (500, "internal"), (503, "unavailable")];
    assert_eq!(codes, wanted);
    assert_eq!(describe.problems[0].members["need"]["type"], "integer");
}

#[test]
fn a_job_is_declared_as_it_is_written() {
    let declared = job::tasks()[0].entry.declared;
    assert_eq!((declared.name, declared.queue), ("render", "renders"));
    assert_eq!(declared.priority.as_str(), "urgent");
    let retry = declared.retry;
    assert_eq!((retry.attempts, retry.min.as_secs(), retry.max.as_secs()), (8, 2, 300));
    assert_eq!(declared.timeout, Duration::from_mins(3));
    assert_eq!(declared.arguments.len(), 2);
    let said = (declared.keep, declared.unique, declared.limits, declared.schedule);
    assert_eq!(said, (KEEP, None, Limits::NONE, None), "what is not said has its default");
}

#[test]
fn what_is_said_of_many_jobs_is_declared_too() {
    let entry = job::tasks()[2].entry;
    let declared = entry.declared;
    assert_eq!(declared.keep, Duration::from_hours(7 * 24));
    assert_eq!(declared.unique, Some(Until::After(Duration::from_hours(24))));
    let rate = Rate { count: 30, window: Duration::from_mins(1), burst: 5 };
    let (process, queue, key) = (Some(8), Some(50), Some((2, "account")));
    assert_eq!(declared.limits, Limits { process, queue, key, rate: Some(rate) });
    let (pattern, zone, missed) = ("0 4 * * MON", "Europe/Berlin", Missed::Skip);
    assert_eq!(declared.schedule, Some(Schedule { pattern, zone, missed }));
    assert!(entry.solo, "it takes the transaction");
    assert_eq!(entry.tick.unwrap()().unwrap(), r#"{"account":0,"day":""}"#);

    let tidy = job::tasks()[3].entry;
    assert_eq!(tidy.declared.schedule.unwrap().zone, "UTC");
    assert_eq!((tidy.declared.keep, tidy.solo), (Duration::ZERO, false));
    assert_eq!(tidy.declared.unique, Some(Until::Finish));
    let encrypted: Vec<bool> = job::tasks().iter().map(|t| t.entry.declared.encrypted).collect();
    assert_eq!(encrypted, [false, false, false, false, true, true, false]);
    let on_dead = job::tasks().iter().map(|task| task.entry.declared.on_dead);
    let on_dead: Vec<Option<&str>> = on_dead.map(|job| job.map(|job| job.kind)).collect();
    assert_eq!(on_dead, [None, None, None, Some("bury"), Some("mourn"), None, None]);
    let mourn = OnDead { kind: "mourn", queue: "secrets_kept", priority: Priority::Background };
    assert_eq!(job::tasks()[4].entry.declared.on_dead, Some(mourn));
    assert!(job::tasks()[5].entry.declared.buries && job::tasks()[6].entry.declared.buries);
}

#[test]
fn an_input_refuses_what_it_does_not_know_and_what_breaks_its_rules() {
    use garde::Validate;

    let order = |json: &str| serde_json::from_str::<wire::Order>(json);
    let json = |count: u32, tag: &str, more: &str| {
        let of = Id::<wire::Status>::new();
        format!(
            r#"{{"yes": true, "of": "{of}", "count": {count}, "tags": ["{tag}"],
                "look": "dark_velvet"{more}}}"#
        )
    };
    assert!(order(&json(1, "ä", "")).is_ok_and(|order| order.validate().is_ok()));
    assert!(order(&json(0, "ä", "")).is_ok_and(|order| order.validate().is_err()));
    assert!(order(&json(1, "äöüäöüäöüäö", "")).is_ok_and(|order| order.validate().is_err()));
    assert!(order(&json(1, "ä", r#", "price": 0"#)).is_err());
}

#[test]
fn an_enum_goes_over_the_wire_in_snake_case() {
    let status = serde_json::to_value([wire::Status::NotBegun, wire::Status::Done]);
    assert_eq!(status.ok(), Some(serde_json::json!(["not_begun", "done"])));
    let event = serde_json::to_value(wire::Event::Progress { percent: 0.5 });
    assert_eq!(event.ok(), Some(serde_json::json!({ "progress": { "percent": 0.5 } })));
}

#[test]
fn a_problem_tells_callers_its_half_and_the_log_the_other() {
    let credits = wire::Wrong::Credits { need: 3, have: 1, why: "secret".to_owned() }.details();
    assert_eq!((credits.status, credits.code), (402, "insufficient_credits"));
    assert_eq!(credits.detail, "3 of 1");
    assert_eq!(
        serde_json::to_string(&credits.members).ok().as_deref(),
        Some(r#"{"have":1,"need":3}"#)
    );

    let early = wire::Wrong::Early { retry_after: Duration::from_secs(4) }.details();
    assert_eq!((early.retry_after, early.members.len()), (Some(Duration::from_secs(4)), 0));

    let parse = "x".parse::<u8>().map_err(wire::Wrong::Unreadable).err().map(|e| e.details());
    let cause = parse.and_then(|details| details.cause);
    assert_eq!(cause.as_deref(), Some("unreadable: invalid digit found in string"));

    let odd = wire::Wrong::Odd { r#type: 2, source: std::fmt::Error }.details();
    assert_eq!((odd.members.len(), &odd.members["type"]), (1, &serde_json::json!(2)));

    let gone = wire::Wrong::from(wire::Other::Gone).details();
    assert_eq!((gone.status, gone.code), (410, "gone"));

    let internal = wire::Wrong::from(std::io::Error::other("disk on fire")).details();
    assert_eq!((internal.status, internal.cause.as_deref()), (500, Some("disk on fire")));
}

#[test]
fn a_problem_describes_all_of_its_codes_once() {
    let mut describe = Describe::default();
    wire::Wrong::describe(&mut describe);
    let codes: Vec<&str> = describe.problems.iter().map(|problem| problem.code.as_str()).collect();
    let wanted = [
        "shot_not_found",
        "insufficient_credits",
        "too_early",
        "unreadable",
        "odd",
        "gone",
        "internal",
        "unavailable",
    ];
    assert_eq!(codes, wanted);
    assert_eq!(describe.problems[1].title, "Insufficient credits");
    assert!(describe.problems[1].members.keys().eq(["have", "need"]));
}
