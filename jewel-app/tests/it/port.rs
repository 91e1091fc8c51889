//! Renderers other than the studio: elsewhere, failing, dying.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use bytes::Bytes;
use chrono::TimeDelta;
use futures_util::future::BoxFuture;
use jewel_app::shot::{Commission, Pictures, RenderError, Renderer, Step};
use jewel_core::testing::TestApp;

use super::ledger;
use super::person::{Person, app_with};

/// Takes an order, and has it made when it is asked again with its ticket.
struct Elsewhere(Arc<AtomicU32>);

impl Renderer for Elsewhere {
    fn render(&self, commission: Commission) -> BoxFuture<'_, Result<Step, RenderError>> {
        Box::pin(async move {
            match commission.ticket.as_deref() {
                None => {
                    self.0.fetch_add(1, Ordering::Relaxed);
                    let again = Duration::from_secs(5);
                    Ok(Step::Pending { ticket: "order-1".to_owned(), again })
                }
                Some(ticket) => {
                    assert_eq!(ticket, "order-1");
                    let picture = Bytes::from_static(b"picture");
                    Ok(Step::Done(Pictures { jpeg: picture.clone(), webp: picture }))
                }
            }
        })
    }
}

#[tokio::test]
async fn what_is_made_elsewhere_is_ordered_there_once() {
    let orders = Arc::new(AtomicU32::new(0));
    let counted = Arc::clone(&orders);
    let app = app_with(move || Elsewhere(Arc::clone(&counted)));
    let test = TestApp::start(app).await;
    let ada = Person::new(&test, "ada").await;
    let shot = ada.order(&ada.photo().await, "one").await;
    test.work().await;
    assert_eq!(ada.shot(&shot).await["status"], "rendering");
    test.clock().turn(TimeDelta::seconds(6));
    test.work().await;
    assert_eq!(ada.shot(&shot).await["status"], "completed");
    assert_eq!(orders.load(Ordering::Relaxed), 1);
    ledger::is_sound(&test).await;
}

/// Never makes anything.
struct Broken;

impl Renderer for Broken {
    fn render(&self, _: Commission) -> BoxFuture<'_, Result<Step, RenderError>> {
        Box::pin(async { Err(RenderError::Trouble("out of order".into())) })
    }
}

/// Takes its job down with it.
struct Dying;

impl Renderer for Dying {
    fn render(&self, _: Commission) -> BoxFuture<'_, Result<Step, RenderError>> {
        Box::pin(async { panic!("no light in the studio") })
    }
}

#[tokio::test]
async fn a_renderer_that_fails_for_good_costs_nothing() {
    let test = TestApp::start(app_with(|| Broken)).await;
    fails_for_good(&test).await;
}

#[tokio::test]
async fn a_job_that_dies_without_a_word_costs_nothing() {
    let test = TestApp::start(app_with(|| Dying)).await;
    fails_for_good(&test).await;
}

async fn fails_for_good(test: &TestApp) {
    let ada = Person::new(test, "ada").await;
    let shot = ada.order(&ada.photo().await, "one").await;
    test.work().await;
    assert_eq!(ada.credits().await, (90, 10), "there are more attempts");
    for _ in 0..9 {
        test.clock().turn(TimeDelta::minutes(6));
        test.work().await;
    }
    test.clock().turn(TimeDelta::minutes(-54));
    let shown = ada.shot(&shot).await;
    let problem = &shown["problem"]["code"];
    assert_eq!((&shown["status"], problem), (&"failed".into(), &"render_failed".into()));
    assert_eq!(ada.credits().await, (100, 0));
    ledger::is_sound(test).await;
}
