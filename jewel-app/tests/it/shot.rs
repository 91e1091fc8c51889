//! An order's life: made, failed, cancelled, followed, downloaded.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use futures_util::future::BoxFuture;
use jewel_app::shot::jobs::Render;
use jewel_app::shot::{Commission, MOVES, RenderError, Renderer, Step};
use jewel_core::testing::TestApp;
use serde_json::{Value, json};
use tokio::sync::Notify;

use super::person::{Person, app_with, swift};
use super::{ledger, photo, picture};

#[tokio::test]
async fn the_studio_makes_a_shot_of_a_ring() {
    let test = TestApp::start(jewel_app::app()).await;
    let ada = Person::new(&test, "ada").await;
    let photo = ada.upload("ring.jpg", &picture::ring()).await;
    let shot = ada.order(photo["id"].as_str().unwrap(), "one").await;
    test.work().await;
    let shown = ada.shot(&shot).await;
    assert_eq!((&shown["status"], &shown["progress"]), (&"completed".into(), &100.into()));
    assert_eq!(ada.credits().await, (90, 0));
    for (format, magic, at) in [("jpeg", &b"\xff\xd8\xff"[..], 0), ("webp", b"WEBP", 8)] {
        let link = ada.get(&format!("/v1/shots/{shot}/download?format={format}")).await;
        let file = test.client().get(link["url"].as_str().unwrap()).send().await;
        assert_eq!((file.code(), file.header("content-type")), (200, &*format!("image/{format}")));
        assert!(file.body[at..].starts_with(magic), "{format}");
        assert!(file.header("content-disposition").contains("ring-noir."));
    }
    ledger::is_sound(&test).await;
}

#[tokio::test]
async fn a_photo_without_a_piece_costs_nothing() {
    let test = TestApp::start(jewel_app::app()).await;
    let ada = Person::new(&test, "ada").await;
    let photo = ada.photo().await;
    let shot = ada.order(&photo, "one").await;
    assert_eq!(ada.credits().await, (90, 10));
    test.work().await;
    let shown = ada.shot(&shot).await;
    let problem = &shown["problem"]["code"];
    assert_eq!((&shown["status"], problem), (&"failed".into(), &"no_piece_found".into()));
    assert_eq!(ada.credits().await, (100, 0));
    ledger::is_sound(&test).await;
}

#[tokio::test]
async fn an_order_is_answered_with_where_to_follow_it() {
    let test = swift(&[]).await;
    let ada = Person::new(&test, "ada").await;
    let photo = ada.photo().await;
    let order = json!({ "style": "noir", "note": "for the catalogue" });
    let path = format!("/v1/photos/{photo}/shots");
    let accepted = ada.client.post(&path).key("one").json(&order).send().await;
    assert_eq!(accepted.code(), 202);
    let shot: Value = accepted.ok();
    assert_eq!((&shot["status"], &shot["progress"]), (&"queued".into(), &0.into()));
    assert_eq!(ada.get(accepted.header("location")).await, shot);
    let listed = ada.get("/v1/shots").await;
    assert_eq!(listed["items"], json!([shot]));
    let unknown = ada.client.post(&path).key("two").json(&json!({ "style": "no" })).send().await;
    assert_eq!(unknown.problem(), (422, "unknown_style".to_owned()));
    assert_eq!(test.enqueued::<Render>().await.len(), 1);
}

#[tokio::test]
async fn the_events_tell_the_whole_story() {
    let test = swift(&[]).await;
    let ada = Person::new(&test, "ada").await;
    let photo = ada.photo().await;
    let shot = ada.order(&photo, "one").await;
    let path = format!("/v1/shots/{shot}/events");
    let (told, ()) = tokio::join!(ada.client.get(&path).send(), test.work());
    assert_eq!((told.code(), told.header("content-type")), (200, "text/event-stream"));
    let states = states(&told.text());
    assert_eq!(states.last().map(String::as_str), Some("completed"), "{}", told.text());
    let again = ada.client.get(&path).send().await;
    assert_eq!(self::states(&again.text()), ["completed"], "the present state, and the end");
}

/// The states that a stream of events told, in order.
fn states(stream: &str) -> Vec<String> {
    let data = stream.lines().filter_map(|line| line.strip_prefix("data: "));
    let status = |data| serde_json::from_str::<Value>(data).unwrap()["status"].clone();
    data.map(|data| status(data).as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn a_waiting_shot_is_cancelled_and_costs_nothing() {
    let test = swift(&[]).await;
    let ada = Person::new(&test, "ada").await;
    let photo = ada.photo().await;
    let shot = ada.order(&photo, "one").await;
    let path = format!("/v1/shots/{shot}");
    assert_eq!(ada.client.delete(&path).send().await.code(), 204);
    assert_eq!(ada.credits().await, (100, 0));
    test.work().await;
    assert_eq!(ada.shot(&shot).await["status"], "cancelled");
    let again = ada.client.delete(&path).send().await;
    assert_eq!(again.problem(), (409, "already_finished".to_owned()));
    let link = ada.client.get(format!("{path}/download")).send().await;
    assert_eq!(link.problem(), (409, "not_completed".to_owned()));
    assert_eq!(photo::stored(&test).await, 1, "no picture");
    ledger::is_sound(&test).await;
}

/// Works until it is told to stop.
struct Endless(Arc<Notify>);

impl Renderer for Endless {
    fn render(&self, mut commission: Commission) -> BoxFuture<'_, Result<Step, RenderError>> {
        Box::pin(async move {
            let mut beat = tokio::time::interval(Duration::from_millis(5));
            self.0.notify_one();
            while (commission.watch)(40, "polishing") == ControlFlow::Continue(()) {
                beat.tick().await;
            }
            Err(RenderError::Stopped)
        })
    }
}

#[tokio::test]
async fn a_shot_in_the_making_is_cancelled_and_costs_nothing() {
    let begun = Arc::new(Notify::new());
    let renderer = Arc::clone(&begun);
    let app = app_with(move || Endless(Arc::clone(&renderer)));
    let test = TestApp::start(app).await;
    let ada = Person::new(&test, "ada").await;
    let photo = ada.photo().await;
    let shot = ada.order(&photo, "one").await;
    let cancel = async {
        begun.notified().await;
        let mut alone = ada.shot(&shot).await;
        while alone["progress"] == 0 {
            alone = ada.shot(&shot).await;
        }
        let told =
            |shot: &Value| (shot["status"].clone(), shot["progress"].clone(), shot["step"].clone());
        assert_eq!(told(&alone), ("rendering".into(), 40.into(), "polishing".into()));
        let listed = &ada.get("/v1/shots").await["items"][0];
        assert_eq!(told(listed), told(&alone), "the list tells what the shot itself does");
        let path = format!("/v1/shots/{shot}");
        assert_eq!(ada.client.delete(path).send().await.code(), 204);
    };
    tokio::join!(cancel, test.work());
    assert_eq!(ada.shot(&shot).await["status"], "cancelled");
    assert_eq!(ada.credits().await, (100, 0));
    ledger::is_sound(&test).await;
}

#[tokio::test]
async fn a_job_that_runs_again_does_nothing() {
    let test = swift(&[]).await;
    let ada = Person::new(&test, "ada").await;
    let photo = ada.photo().await;
    let shot = ada.order(&photo, "one").await;
    test.work().await;
    let before = ada.shot(&shot).await;
    let mut owner = test.db().owner().await;
    let again = "select count(*) from jewel.retry(array(select job from shots))";
    let again = sqlx::query_scalar::<_, i64>(again).fetch_one(&mut owner).await.unwrap();
    assert_eq!(again, 1);
    test.work().await;
    assert_eq!(ada.shot(&shot).await, before);
    assert_eq!(ada.credits().await, (90, 0));
    assert_eq!(ledger::count(&test, "spend").await, 1);
}

#[tokio::test]
async fn a_link_ends_and_cannot_be_altered() {
    let test = swift(&[]).await;
    let ada = Person::new(&test, "ada").await;
    let photo = ada.photo().await;
    let shot = ada.order(&photo, "one").await;
    test.work().await;
    let link = ada.get(&format!("/v1/shots/{shot}/download")).await;
    let url = link["url"].as_str().unwrap();
    let fetch = async |url: &str| test.client().get(url).send().await;
    assert_eq!(fetch(url).await.text(), "a jpeg");
    let invalid = (403, "link_invalid".to_owned());
    for altered in [
        url.replace(".jpg", ".webp"),
        url.replace("expires=1", "expires=2"),
        format!("{url}A"),
        url.replace(&shot, "0198c0de-0000-7000-8000-000000000001"),
    ] {
        assert_eq!(fetch(&altered).await.problem(), invalid, "{altered}");
    }
    test.clock().turn(TimeDelta::minutes(11));
    assert_eq!(fetch(url).await.problem(), (410, "link_expired".to_owned()));
}

#[tokio::test]
async fn the_database_holds_the_same_moves() {
    let test = swift(&[]).await;
    let mut owner = test.db().owner().await;
    let held: Vec<(String, String)> =
        sqlx::query_as("select was, now from shot_moves").fetch_all(&mut owner).await.unwrap();
    let mut held: Vec<_> = held.iter().map(|(was, now)| (was.as_str(), now.as_str())).collect();
    let mut drawn: Vec<_> = MOVES.iter().map(|(was, now)| (was.as_str(), now.as_str())).collect();
    held.sort_unstable();
    drawn.sort_unstable();
    assert_eq!(held, drawn);
    let ada = Person::new(&test, "ada").await;
    ada.order(&ada.photo().await, "one").await;
    let jump = "update shots set status = 'completed', finished_at = now(), jpeg_bytes = 1, \
        webp_bytes = 1";
    let refused = sqlx::query(jump).execute(&mut owner).await.unwrap_err();
    let refused = refused.into_database_error().unwrap();
    assert_eq!(refused.constraint(), Some("shots_move"), "{refused}");
    test.work().await;
}
