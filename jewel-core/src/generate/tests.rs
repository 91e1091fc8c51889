//! What is generated, from one sample application and a few settings.

use std::collections::BTreeMap;

use insta::assert_snapshot;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Value, json};

use super::{
    Section, Stale, docs, ensure, example, manifest_schema, openapi, pretty, sample, settings,
    stage_problems, variable,
};
use crate::config::Span;
use crate::secret::Secret;

/// Fails unless `value` is what `schema`, standing in `document`, allows.
fn assert_valid(value: &Value, schema: &Value, document: &Value) {
    let root = json!({ "allOf": [schema], "components": document["components"] });
    let validator = jsonschema::validator_for(&root).unwrap();
    let errors: Vec<String> = validator.iter_errors(value).map(|e| e.to_string()).collect();
    assert!(errors.is_empty(), "{value} is refused by {schema}: {errors:?}");
}

/// Calls `visit` with every value within `value`.
fn walk<'a>(value: &'a Value, visit: &mut dyn FnMut(&'a Value)) {
    visit(value);
    match value {
        Value::Object(object) => object.values().for_each(|value| walk(value, visit)),
        Value::Array(values) => values.iter().for_each(|value| walk(value, visit)),
        _ => {}
    }
}

fn operation<'a>(document: &'a Value, path: &str, method: &str) -> &'a Value {
    &document["paths"][path][method]
}

#[test]
fn every_example_is_what_its_schema_allows() {
    let document = openapi(&sample::manifest());
    let mut checked = 0;
    walk(&document["paths"], &mut |part| {
        let Some(schema) = part.get("schema") else { return };
        let shared = part["examples"].as_object().into_iter().flatten().map(|(_, example)| {
            let path = example["$ref"].as_str().unwrap().trim_start_matches('#');
            &document.pointer(path).unwrap()["value"]
        });
        for example in part.get("example").into_iter().chain(shared) {
            assert_valid(example, schema, &document);
            checked += 1;
        }
    });
    assert!(checked > 80, "only {checked} examples");
}

#[test]
fn every_reference_leads_somewhere_and_every_component_is_used() {
    let document = openapi(&sample::manifest());
    let mut used = Vec::new();
    walk(&document, &mut |part| used.extend(part["$ref"].as_str()));
    for path in &used {
        assert!(document.pointer(path.trim_start_matches('#')).is_some(), "{path}");
    }
    for (kind, entries) in document["components"].as_object().unwrap() {
        for name in entries.as_object().unwrap().keys().filter(|_| kind != "securitySchemes") {
            let path = format!("#/components/{kind}/{name}");
            assert!(used.contains(&path.as_str()), "{path} is used by nobody");
        }
    }
}

#[test]
fn the_document_is_the_same_each_time() {
    let text = pretty(&openapi(&sample::manifest()));
    assert_eq!(text, pretty(&openapi(&sample::manifest())));
    assert!(text.ends_with("}\n") && text.contains("x-generated-by"));
}

#[test]
fn an_operation_tells_its_answers_with_their_codes_and_headers() {
    let document = openapi(&sample::manifest());
    let order = operation(&document, "/v1/photos/{photo}/shots", "post");
    let lines = order["responses"].as_object().unwrap().iter().map(|(status, answer)| {
        let headers: Vec<&str> =
            answer["headers"].as_object().unwrap().keys().map(String::as_str).collect();
        format!("{status} {} [{}]", answer["description"].as_str().unwrap(), headers.join(" "))
    });
    assert_snapshot!(lines.collect::<Vec<_>>().join("\n"), @"
    202 Begun; follow it at `Location`. [Idempotent-Replayed Location RateLimit RateLimit-Policy X-RateLimit-Limit X-RateLimit-Remaining X-RateLimit-Reset X-Request-Id traceparent]
    400 Bad request: `idempotency_key_missing`, `malformed_body`. [X-Request-Id traceparent]
    401 Unauthorized: `unauthenticated`. [WWW-Authenticate X-Request-Id traceparent]
    402 Payment required: `insufficient_credits`. [X-Request-Id traceparent]
    404 Not found: `not_found`. [X-Request-Id traceparent]
    406 Not acceptable: `not_acceptable`. [X-Request-Id traceparent]
    408 Request timeout: `body_timeout`. [X-Request-Id traceparent]
    409 Conflict: `idempotency_in_progress`, `photo_busy`. [Retry-After X-Request-Id traceparent]
    413 Content too large: `body_too_large`. [X-Request-Id traceparent]
    415 Unsupported media type: `unsupported_media_type`. [X-Request-Id traceparent]
    422 Unprocessable content: `idempotency_key_reused`, `invalid_request`. [X-Request-Id traceparent]
    429 Too many requests: `rate_limited`. [RateLimit RateLimit-Policy Retry-After X-RateLimit-Limit X-RateLimit-Remaining X-RateLimit-Reset X-Request-Id traceparent]
    500 Internal server error: `internal`. [X-Request-Id traceparent]
    503 Service unavailable: `deadline_exceeded`, `overloaded`, `unavailable`. [Retry-After X-Request-Id traceparent]
    ");
    assert_eq!(order["security"], json!([{ "bearer": [] }]));
    assert_eq!(order["x-slo"], json!({ "p95_ms": 200, "available": 99.9 }));
    assert_eq!(order["x-rate-limits"], json!([{ "count": 30, "window_s": 60, "per": "account" }]));
    assert_eq!(operation(&document, "/v1/accounts", "post")["security"], json!([]));
}

#[test]
fn a_sample_is_a_whole_command() {
    let document = openapi(&sample::manifest());
    let source = |path, method| {
        operation(&document, path, method)["x-codeSamples"][0]["source"].as_str().unwrap()
    };
    assert_snapshot!(source("/v1/photos/{photo}/shots", "post"), @r#"
    curl --request POST "$BASE/v1/photos/01975b7e-3f00-7c3a-9a51-6b1d0c2e4f58/shots" \
      --header "Authorization: Bearer $TOKEN" \
      --header "Idempotency-Key: 01975b7e-8a10-7d52-b6f3-0c9e5a7d2b41" \
      --json '{"crop":{"kind":"square","margin":1.5},"note":"note","style":"aa"}'
    "#);
    assert_snapshot!(source("/v1/photos", "post"), @r#"
    curl --request POST "$BASE/v1/photos" \
      --header "Authorization: Bearer $TOKEN" \
      --form 'photo=@FILE'
    "#);
    assert_snapshot!(source("/v1/shots/{shot}/events", "get"), @r#"
    curl --no-buffer "$BASE/v1/shots/01975b7e-3f00-7c3a-9a51-6b1d0c2e4f58/events" \
      --header "Authorization: Bearer $TOKEN"
    "#);
}

#[test]
fn one_code_with_two_shapes_is_two_schemas() {
    let mut manifest = sample::manifest();
    let mut other = manifest.operations[4].problems[0].clone();
    other.members.clear();
    manifest.operations[2].problems.push(other);
    let document = openapi(&manifest);
    let schemas = &document["components"]["schemas"];
    assert!(schemas["InsufficientCreditsProblem"]["allOf"][1]["properties"]["need"].is_null());
    assert!(!schemas["InsufficientCreditsProblem2"]["allOf"][1]["properties"]["need"].is_null());
}

#[test]
fn an_application_may_have_a_schema_of_the_same_name() {
    let mut manifest = sample::manifest();
    let taken = json!({ "type": "string", "description": "Not ours." });
    manifest.schemas.insert("Problem".to_owned(), taken.clone());
    manifest.operations[2].answers[0].content.as_mut().unwrap().schema =
        json!({ "$ref": "#/components/schemas/Problem" });
    let schemas = &openapi(&manifest)["components"]["schemas"];
    assert_eq!(schemas["Problem"], taken);
    assert_eq!(schemas["Problem2"]["type"], "object");
}

#[test]
fn declared_stages_decide_the_codes() {
    let manifest = sample::manifest();
    let lines = manifest.operations.iter().map(|operation| {
        let codes: Vec<String> =
            stage_problems(operation).into_iter().map(|problem| problem.code).collect();
        format!("{}: {}", operation.id, codes.join(" "))
    });
    assert_snapshot!(lines.collect::<Vec<_>>().join("\n"), @"
    account.sign_up: malformed_body not_acceptable body_timeout body_too_large unsupported_media_type invalid_request rate_limited internal deadline_exceeded overloaded unavailable
    account.log_in: malformed_body not_acceptable body_timeout body_too_large unsupported_media_type invalid_request rate_limited internal deadline_exceeded overloaded unavailable
    credit.show: unauthenticated not_acceptable internal deadline_exceeded overloaded unavailable
    photo.upload: malformed_body unauthenticated not_acceptable body_timeout body_too_large unsupported_media_type invalid_request internal deadline_exceeded overloaded unavailable
    shot.order: idempotency_key_missing malformed_body unauthenticated not_found not_acceptable body_timeout idempotency_in_progress body_too_large unsupported_media_type idempotency_key_reused invalid_request rate_limited internal deadline_exceeded overloaded unavailable
    shot.list: unauthenticated not_acceptable invalid_request internal deadline_exceeded overloaded unavailable
    shot.show: unauthenticated not_found not_acceptable internal deadline_exceeded overloaded unavailable
    shot.cancel: unauthenticated not_found internal deadline_exceeded overloaded unavailable
    shot.follow: unauthenticated not_found not_acceptable internal deadline_exceeded overloaded unavailable
    ");
}

#[test]
fn examples_keep_to_their_schemas() {
    let schemas = BTreeMap::from([(
        "Tree".to_owned(),
        json!({ "type": "object", "required": ["name"], "properties": {
            "name": { "type": "string", "minLength": 9, "maxLength": 9 },
            "below": { "type": "array", "items": { "$ref": "#/components/schemas/Tree" } },
        }}),
    )]);
    let document = json!({ "components": { "schemas": schemas } });
    for schema in [
        json!({ "$ref": "#/components/schemas/Tree" }),
        json!({ "type": ["string", "null"], "maxLength": 2 }),
        json!({ "type": "string", "pattern": "^(?:[a-z]+|[0-9]{4})@[^/\\s]{3,}\\.dev$" }),
        json!({ "type": "string", "pattern": "^[a-z]{1,40}$", "minLength": 12 }),
        json!({ "type": "integer", "minimum": 7, "multipleOf": 5 }),
        json!({ "type": "integer", "exclusiveMaximum": -3 }),
        json!({ "type": "number", "minimum": 0, "exclusiveMaximum": 1 }),
        json!({ "type": "array", "minItems": 3, "items": { "enum": ["a"] } }),
        json!({ "type": "array", "maxItems": 0, "items": true }),
        json!({ "type": "array", "prefixItems": [{ "const": 1 }, { "type": "null" }] }),
        json!({ "type": "object", "additionalProperties": { "format": "uuid", "type": "string" } }),
        json!({ "oneOf": [{ "type": "object", "required": ["kind"],
            "properties": { "kind": { "const": "a" } } }],
            "required": ["more"], "type": "object",
            "properties": { "more": { "type": "boolean" } } }),
        json!({ "anyOf": [{ "type": "null" }, { "type": "string", "format": "date-time" }] }),
        json!({ "type": "string", "examples": ["as said"] }),
    ] {
        assert_valid(&example(&schema, &schemas), &schema, &document);
    }
}

#[test]
fn the_manifest_keeps_to_its_own_schema() {
    let manifest = serde_json::to_value(sample::manifest()).unwrap();
    let validator = jsonschema::validator_for(&manifest_schema()).unwrap();
    let errors: Vec<String> = validator.iter_errors(&manifest).map(|e| e.to_string()).collect();
    assert!(errors.is_empty(), "{errors:?}");
}

/// How jobs run.
#[derive(Default, Serialize, JsonSchema)]
struct Jobs {
    /// How many run at once.
    #[schemars(extend("x-unit" = "jobs"))]
    workers: u16,
    /// How long one may take.
    timeout: Span,
    /// What to do | with the rest.
    rest: Rest,
    token: Secret,
    retry: Retry,
    tags: Vec<String>,
    note: Option<String>,
}

#[derive(Default, Serialize, JsonSchema)]
struct Retry {
    /// Whether at all.
    on: bool,
}

#[derive(Default, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Rest {
    /// It stays.
    #[default]
    Keep,
    #[expect(dead_code, reason = "only its schema is used")]
    Drop,
}

#[test]
fn settings_are_told_by_their_types() {
    let text = settings(&[Section::of::<Jobs>("jobs")]);
    let (head, table) = text.split_once("\n## ").unwrap();
    assert!(head.starts_with("<!-- Generated by the `settings` command"));
    assert_snapshot!(table, @r"
    `jobs`

    How jobs run.

    | Name | Type | Unit | Default | Meaning | Variable |
    | --- | --- | --- | --- | --- | --- |
    | `jobs.note` | text |  | none |  | `JEWEL_JOBS__NOTE` |
    | `jobs.rest` | `drop` \| `keep` |  | `keep` | What to do \| with the rest. | `JEWEL_JOBS__REST` |
    | `jobs.retry.on` | `true` \| `false` |  | `false` | Whether at all. | `JEWEL_JOBS__RETRY__ON` |
    | `jobs.tags` | list |  | `[]` |  | `JEWEL_JOBS__TAGS` |
    | `jobs.timeout` | time | ms, s, m, h, d | `0s` | How long one may take. | `JEWEL_JOBS__TIMEOUT` |
    | `jobs.token` | secret |  | none |  | `JEWEL_JOBS__TOKEN` |
    | `jobs.workers` | whole number | jobs | `0` | How many run at once. | `JEWEL_JOBS__WORKERS` |
    ");
    assert_eq!(variable("jobs.retry.on"), "JEWEL_JOBS__RETRY__ON");
}

#[test]
fn a_stale_file_says_the_command_to_run() {
    let folder = std::env::temp_dir().join(format!("jewel-stale-{}", std::process::id()));
    let path = folder.join("a/b.md");
    let stale = ensure(&path, "new\n", true, "cargo xtask words").unwrap_err();
    assert!(matches!(stale, Stale::Differs { .. }));
    assert!(stale.to_string().ends_with("b.md` is out of date: run `cargo xtask words`"));
    ensure(&path, "new\n", false, "").unwrap();
    ensure(&path, "new\n", true, "").unwrap();
    assert!(ensure(&path, "newer\n", true, "").is_err());
    std::fs::remove_dir_all(folder).unwrap();
}

#[test]
fn the_page_asks_only_for_what_is_served() {
    let page = docs::page("Tea & <Co>");
    let text = String::from_utf8(page.plain().into_owned()).unwrap();
    assert!(text.contains("<title>Tea &amp; &lt;Co></title>"));
    let mut files = text.split("\"/docs/").skip(1).filter_map(|rest| rest.split('"').next());
    assert!(files.all(|name| docs::file(name).is_some_and(|file| !file.plain().is_empty())));
    assert!(!text.contains("<script>") && !text.contains("style=") && !text.contains("://"));
    assert!(!docs::POLICY.contains("unsafe"));
}
