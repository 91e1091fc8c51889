//! An application as the generators' tests see it: of each kind of operation one.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;
use uuid::Uuid;

use crate::clock::Timestamp;
use crate::manifest::{
    Answer, Contact, Content, Describe, FORMAT, Header, LimitEntry, Manifest, Module, Operation,
    Problem, SloEntry,
};
use crate::page::{Cursor, Page};

/// Who signs up.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "only its schema is used")]
struct SignUp {
    /// The address to log in with.
    #[schemars(email)]
    email: String,
    #[schemars(length(min = 12, max = 200))]
    password: String,
    /// How the account is shown.
    #[schemars(length(min = 1, max = 80))]
    name: Option<String>,
}

/// An account.
#[derive(Serialize, JsonSchema)]
struct AccountView {
    id: Uuid,
    created_at: Timestamp,
}

/// A session's token.
#[derive(Serialize, JsonSchema)]
struct Session {
    access_token: String,
    #[schemars(range(min = 1))]
    expires_in: u32,
}

/// What an account has.
#[derive(Serialize, JsonSchema)]
struct Credits {
    free: i64,
    held: i64,
}

/// A photo as a form.
#[derive(Deserialize, JsonSchema)]
#[expect(dead_code, reason = "only its schema is used")]
struct Upload {
    /// A JPEG, PNG or WebP file.
    #[schemars(extend("format" = "binary"))]
    photo: String,
}

/// What to make of a photo.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "only its schema is used")]
struct OrderShot {
    #[schemars(regex(pattern = "^[a-z][a-z-]{1,58}$"))]
    style: String,
    #[schemars(length(max = 500))]
    note: Option<String>,
    #[serde(default)]
    crop: Option<Crop>,
}

/// Which part of the photo counts.
#[derive(Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[expect(dead_code, reason = "only its schema is used")]
enum Crop {
    /// A square around the piece.
    Square { margin: f32 },
    /// All of it.
    Whole,
}

/// Where a shot stands.
#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum ShotStatus {
    /// It waits.
    Queued,
    /// It is there.
    Done,
}

/// A shot.
#[derive(Serialize, JsonSchema)]
struct ShotView {
    id: Uuid,
    status: ShotStatus,
    /// How much of it is done, from 0 to 1.
    #[schemars(range(min = 0, max = 1))]
    progress: f64,
    url: Option<String>,
    created_at: Timestamp,
}

/// Which page.
#[derive(Deserialize, JsonSchema)]
#[expect(dead_code, reason = "only its schema is used")]
struct List {
    /// The `next` of the page before.
    after: Option<Cursor>,
    /// How many.
    #[schemars(range(min = 1, max = 100))]
    #[serde(default = "twenty")]
    limit: u16,
}

fn twenty() -> u16 {
    20
}

/// The whole of it.
pub(crate) fn manifest() -> Manifest {
    let mut describe = Describe::default();
    let operations = vec![
        sign_up(&mut describe),
        log_in(&mut describe),
        credits(&mut describe),
        upload(&mut describe),
        order(&mut describe),
        list(&mut describe),
        show(&mut describe),
        cancel(&mut describe),
        follow(&mut describe),
    ];
    let module = |name: &str, description: &str| Module {
        name: name.to_owned(),
        description: description.to_owned(),
    };
    Manifest {
        format: FORMAT,
        name: "sample".to_owned(),
        title: "Sample".to_owned(),
        version: "1.0.0".to_owned(),
        description: "A photo goes in, studio shots come out.".to_owned(),
        license: Some("MIT OR Apache-2.0".to_owned()),
        contact: Some(Contact { name: "Sample".to_owned(), url: None, email: None }),
        modules: vec![
            module("account", "Who is who."),
            module("credit", "What it costs."),
            module("photo", "What goes in."),
            module("shot", "What comes out."),
        ],
        operations,
        jobs: Vec::new(),
        entities: Vec::new(),
        schemas: describe.schemas().unwrap_or_default(),
    }
}

/// An operation without anything special, and what `describe` has collected for it.
fn operation(describe: &mut Describe, id: &str, method: &str, path: &str) -> Operation {
    let (tag, name) = id.split_once('.').unwrap_or(("", id));
    Operation {
        id: id.to_owned(),
        name: name.to_owned(),
        module: format!("sample::{tag}::api"),
        tag: tag.to_owned(),
        source: "src/api.rs:1".to_owned(),
        method: method.to_owned(),
        path: path.to_owned(),
        summary: format!("Does what `{id}` says."),
        description: String::new(),
        access: "account".to_owned(),
        limits: Vec::new(),
        idempotent: false,
        transaction: true,
        slo: None,
        deadline_ms: 30_000,
        body_limit: 0,
        parameters: std::mem::take(&mut describe.parameters),
        body: std::mem::take(&mut describe.body),
        answers: std::mem::take(&mut describe.answers),
        problems: Vec::new(),
    }
}

fn limit(count: u32, window_s: u64, per: &str) -> LimitEntry {
    LimitEntry { count, window_s, per: per.to_owned() }
}

fn problem(status: u16, code: &str) -> Problem {
    Problem {
        status,
        code: code.to_owned(),
        title: crate::problem::title(code),
        members: std::collections::BTreeMap::default(),
    }
}

fn location() -> Header {
    Header {
        name: "Location".to_owned(),
        description: "Where the new resource is found.".to_owned(),
        schema: json!({ "type": "string", "format": "uri-reference" }),
    }
}

fn sign_up(d: &mut Describe) -> Operation {
    d.json_body::<SignUp>();
    d.json_answer::<AccountView>(201, "Made; `Location` names it.", vec![location()]);
    let mut made = operation(d, "account.sign_up", "POST", "/v1/accounts");
    made.access = "public".to_owned();
    made.limits = vec![limit(5, 60, "ip")];
    made.body_limit = 1 << 16;
    made.problems = vec![problem(409, "email_taken")];
    made
}

fn log_in(d: &mut Describe) -> Operation {
    d.json_body::<SignUp>();
    d.json_answer::<Session>(200, "Done.", Vec::new());
    let mut made = operation(d, "account.log_in", "POST", "/v1/sessions");
    made.access = "public".to_owned();
    made.limits = vec![limit(10, 60, "ip"), limit(1000, 1, "global")];
    made.problems = vec![problem(401, "wrong_credentials")];
    made
}

fn credits(d: &mut Describe) -> Operation {
    d.json_answer::<Credits>(200, "Done.", Vec::new());
    operation(d, "credit.show", "GET", "/v1/credits")
}

fn upload(d: &mut Describe) -> Operation {
    let schema = d.reads::<Upload>();
    d.body.push(Content { media: "multipart/form-data".to_owned(), schema });
    d.json_answer::<AccountView>(201, "Made; `Location` names it.", vec![location()]);
    let mut made = operation(d, "photo.upload", "POST", "/v1/photos");
    made.body_limit = 20 << 20;
    made.problems = vec![problem(422, "no_picture")];
    made
}

fn order(d: &mut Describe) -> Operation {
    d.path::<Uuid>("photo");
    d.json_body::<OrderShot>();
    d.json_answer::<ShotView>(202, "Begun; follow it at `Location`.", vec![location()]);
    let mut made = operation(d, "shot.order", "POST", "/v1/photos/{photo}/shots");
    made.summary = "Start a studio shot of a photo.".to_owned();
    made.description = "Holds the credits, then renders in the background.".to_owned();
    made.limits = vec![limit(30, 60, "account")];
    made.idempotent = true;
    made.body_limit = 1 << 16;
    made.slo = Some(SloEntry { p95_ms: Some(200), available: Some(99.9) });
    let mut refused = problem(402, "insufficient_credits");
    refused.members = [("need", 3), ("have", 1)]
        .map(|(name, _)| (name.to_owned(), json!({ "type": "integer", "format": "int64" })))
        .into();
    made.problems = vec![refused, problem(409, "photo_busy")];
    made
}

fn list(d: &mut Describe) -> Operation {
    d.query::<List>();
    d.json_answer::<Page<ShotView>>(200, "One page of the list.", Vec::new());
    operation(d, "shot.list", "GET", "/v1/shots")
}

fn show(d: &mut Describe) -> Operation {
    d.path::<Uuid>("shot");
    d.json_answer::<ShotView>(200, "Done.", Vec::new());
    operation(d, "shot.show", "GET", "/v1/shots/{shot}")
}

fn cancel(d: &mut Describe) -> Operation {
    d.path::<Uuid>("shot");
    let description = "Done.".to_owned();
    d.answers.push(Answer { status: 204, description, content: None, headers: Vec::new() });
    operation(d, "shot.cancel", "DELETE", "/v1/shots/{shot}")
}

fn follow(d: &mut Describe) -> Operation {
    d.path::<Uuid>("shot");
    d.answers.push(Answer {
        status: 200,
        description: "The shot's progress, as it happens.".to_owned(),
        content: Some(Content {
            media: "text/event-stream".to_owned(),
            schema: json!({ "type": "string" }),
        }),
        headers: Vec::new(),
    });
    operation(d, "shot.follow", "GET", "/v1/shots/{shot}/events")
}
