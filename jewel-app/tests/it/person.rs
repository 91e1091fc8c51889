//! A person with an account of their own, and what such a person does in every test.

use jewel_app::shot::{Commission, Pictures, RenderError, Renderer, Rendering, Step};
use jewel_core::App;
use jewel_core::testing::{Client, TestApp};
use serde_json::{Value, json};

use super::picture;

/// A renderer that is done at once: what tests of everything else need.
pub struct Swift;

impl Renderer for Swift {
    fn render(
        &self,
        mut commission: Commission,
    ) -> futures_util::future::BoxFuture<'_, Result<Step, RenderError>> {
        Box::pin(async move {
            let _ = (commission.watch)(50, "half-way");
            let (jpeg, webp) = ("a jpeg".into(), "a webp".into());
            Ok(Step::Done(Pictures { jpeg, webp }))
        })
    }
}

/// The application with another renderer than the studio.
pub fn app_with<R: Renderer>(renderer: impl Fn() -> R + Send + Sync + 'static) -> App {
    jewel_app::app().state(move |_| Ok(Rendering::new(renderer())))
}

/// The application with a renderer that is done at once.
pub async fn swift(set: &[&str]) -> TestApp {
    TestApp::with(app_with(|| Swift), set).await
}

/// Somebody who has signed up and logged in.
pub struct Person {
    pub client: Client,
    pub account: Value,
}

impl Person {
    pub async fn new(test: &TestApp, name: &str) -> Self {
        let (email, password) = (format!("{name}@example.com"), "correct horse battery");
        let form = json!({ "email": email, "password": password });
        let client = test.client();
        let account = client.post("/v1/accounts").json(&form).send().await.ok();
        let session: Value = client.post("/v1/sessions").json(&form).send().await.ok();
        let token = session["token"].as_str().unwrap().to_owned();
        Self { client: client.bearer(token), account }
    }

    pub async fn get(&self, path: &str) -> Value {
        self.client.get(path).send().await.ok()
    }

    /// Available and held credits.
    pub async fn credits(&self) -> (i64, i64) {
        let credits = self.get("/v1/credits").await;
        let (available, held) = (&credits["available"], &credits["held"]);
        assert_eq!(credits["balance"].as_i64(), Some(sum(available) + sum(held)));
        (sum(available), sum(held))
    }

    /// Uploads a small picture; its id.
    pub async fn photo(&self) -> String {
        let photo: Value = self.upload("ring.png", &picture::plain(80, 80)).await;
        photo["id"].as_str().unwrap().to_owned()
    }

    pub async fn upload(&self, name: &str, bytes: &[u8]) -> Value {
        self.client.post("/v1/photos").files(&[(picture::FIELD, name, bytes)]).send().await.ok()
    }

    /// Orders a shot of a photo; its id.
    pub async fn order(&self, photo: &str, key: &str) -> String {
        let order = self.client.post(format!("/v1/photos/{photo}/shots")).key(key);
        let shot: Value = order.json(&json!({ "style": "noir" })).send().await.ok();
        shot["id"].as_str().unwrap().to_owned()
    }

    pub async fn shot(&self, shot: &str) -> Value {
        self.get(&format!("/v1/shots/{shot}")).await
    }
}

fn sum(value: &Value) -> i64 {
    value.as_i64().unwrap()
}
