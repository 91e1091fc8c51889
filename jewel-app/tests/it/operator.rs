//! The real program as an operator uses it: what it asks before it acts, and what it refuses.

use std::process::{Command, Stdio};

use jewel_core::testing::TestApp;
use serde_json::Value;
use tempfile::TempDir;

use super::person::{Person, swift};

/// What a command said: whether it went well, its output, its complaints.
struct Said {
    well: bool,
    out: String,
    err: String,
}

/// Runs commands on a test's database, with nobody at the keyboard.
struct Operator {
    home: TempDir,
    url: String,
}

impl Operator {
    fn of(test: &TestApp) -> Self {
        Self { home: TempDir::new().unwrap(), url: test.db().url().to_owned() }
    }

    async fn say(&self, words: &str) -> Said {
        let mut command = Command::new(env!("CARGO_BIN_EXE_jewel-app"));
        command.args(words.split(' ')).env("DATABASE_URL", &self.url);
        command.current_dir(self.home.path()).stdin(Stdio::null());
        let done = tokio::task::spawn_blocking(move || command.output()).await.unwrap().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Said { well: done.status.success(), out: text(done.stdout), err: text(done.stderr) }
    }

    async fn state(&self, id: i64) -> String {
        let shown = self.say(&format!("jobs show {id} --json")).await;
        let shown: Value = serde_json::from_str(&shown.out).unwrap();
        shown["state"].as_str().unwrap().to_owned()
    }
}

#[tokio::test]
async fn an_operator_is_asked_before_much_is_done() {
    let test = swift(&[]).await;
    let ada = Person::new(&test, "ada").await;
    let photo = ada.photo().await;
    ada.order(&photo, "one").await;
    let operator = Operator::of(&test);

    let listed = operator.say("jobs list --kind render --json").await;
    let listed: Value = serde_json::from_str(&listed.out).unwrap();
    assert_eq!(listed["jobs"].as_array().unwrap().len(), 1, "{listed}");
    assert_eq!((&listed["jobs"][0]["state"], &listed["next"]), (&"ready".into(), &Value::Null));
    let id = listed["jobs"][0]["id"].as_i64().unwrap();

    let unasked = operator.say("jobs cancel --kind render").await;
    assert!(!unasked.well && unasked.err.contains("Cancel 1 job ("), "{}", unasked.err);
    assert!(unasked.err.contains("say --yes"), "{}", unasked.err);
    let dry = operator.say("jobs cancel --kind render --yes --dry-run").await;
    assert!(dry.well && dry.err.contains("would cancel 1 job"), "{}", dry.err);
    assert_eq!(operator.state(id).await, "ready");
    let cancelled = operator.say("jobs cancel --kind render --yes").await;
    assert_eq!((cancelled.well, cancelled.out), (true, format!("job {id} is cancelled\n")));

    let unasked = operator.say(&format!("jobs discard {id}")).await;
    assert!(!unasked.well && unasked.err.contains("for good"), "{}", unasked.err);
    assert_eq!(operator.state(id).await, "cancelled");
    let worse = operator.say(&format!("jobs retry {id} --args {{\"shot\":7}}")).await;
    assert!(!worse.well && worse.err.contains("/shot: 7 is not"), "{}", worse.err);
    let retried = operator.say(&format!("jobs retry {id}")).await;
    assert_eq!((retried.well, retried.out), (true, format!("job {id} is ready again\n")));
    test.work().await;
    assert_eq!(operator.state(id).await, "completed");

    assert!(operator.say(&format!("jobs discard {id} --yes")).await.well);
    let gone = operator.say(&format!("jobs show {id}")).await;
    assert_eq!((gone.well, gone.err), (false, format!("error: there is no job {id}\n")));
}

#[tokio::test]
async fn an_operator_is_told_what_was_meant() {
    let test = swift(&[]).await;
    let operator = Operator::of(&test);
    let refused = async |words: &str, why: &str| {
        let said = operator.say(words).await;
        assert!(!said.well && said.err.contains(why), "{words}: {}", said.err);
    };
    refused("jobs retry", "say which: numbers, or --state").await;
    refused("jobs retry 1 --kind render", "not both").await;
    refused("jobs retry --state ready", "for jobs that are over; a ready one is not").await;
    refused("jobs cancel --state dead", "for jobs that are not over; a dead one is").await;
    refused("jobs discard --since 1h", "say --state").await;
    refused("jobs retry 1 2 --args {}", "--args is for one job").await;
    refused("jobs retry 1 --args {", "no JSON").await;
    refused("jobs retry 404", "job 404: there is no such job").await;
    refused("schedule run nightly", "there is no schedule `nightly`").await;
    let doctor = operator.say("doctor --json").await;
    assert!(doctor.well, "{}", doctor.out);
    let doctor: Value = serde_json::from_str(&doctor.out).unwrap();
    assert_eq!(doctor["level"], "ok", "{doctor}");
}
