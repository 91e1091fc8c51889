//! Upload, list, show and delete photos.

use jewel_core::blob::Blob;
use jewel_core::testing::TestApp;

use super::person::{Person, swift};
use super::picture;

/// How many objects the store holds.
pub async fn stored(test: &TestApp) -> usize {
    test.state::<Blob>().keys(None, 1000).await.unwrap().len()
}

#[tokio::test]
async fn a_photo_is_what_its_content_says() {
    let test = swift(&[]).await;
    let ada = Person::new(&test, "ada").await;
    let photo = ada.upload("C:\\ring.txt", &picture::ring()).await;
    assert_eq!((&photo["format"], &photo["name"]), (&"jpeg".into(), &"ring.txt".into()));
    assert_eq!((&photo["width"], &photo["height"]), (&320.into(), &320.into()));
    let shown = ada.get(&format!("/v1/photos/{}", photo["id"].as_str().unwrap())).await;
    assert_eq!(shown, photo);
    assert_eq!(stored(&test).await, 1);
}

#[tokio::test]
async fn photos_are_listed_newest_first_page_by_page() {
    let test = swift(&[]).await;
    let ada = Person::new(&test, "ada").await;
    let mut uploaded = Vec::new();
    for _ in 0..5 {
        uploaded.push(ada.photo().await);
    }
    uploaded.reverse();
    let (mut listed, mut after) = (Vec::new(), String::new());
    loop {
        let page = ada.get(&format!("/v1/photos?limit=2{after}")).await;
        let ids = page["items"].as_array().unwrap().iter();
        listed.extend(ids.map(|photo| photo["id"].as_str().unwrap().to_owned()));
        let Some(next) = page["next"].as_str() else { break };
        after = format!("&after={next}");
    }
    assert_eq!(listed, uploaded);
}

#[tokio::test]
async fn a_photo_that_an_order_needs_stays() {
    let test = swift(&[]).await;
    let ada = Person::new(&test, "ada").await;
    let photo = ada.photo().await;
    let shot = ada.order(&photo, "one").await;
    let path = format!("/v1/photos/{photo}");
    let refused = ada.client.delete(&path).send().await;
    assert_eq!(refused.problem(), (409, "photo_in_use".to_owned()));
    test.work().await;
    assert_eq!(ada.client.delete(&path).send().await.code(), 204);
    let gone = ada.client.get(&path).send().await;
    assert_eq!(gone.problem(), (404, "photo_not_found".to_owned()));
    let shown = ada.shot(&shot).await;
    assert_eq!(
        (&shown["status"], &shown["photo"]),
        (&"completed".into(), &serde_json::Value::Null)
    );
    assert_eq!(stored(&test).await, 3, "the photo, until its job has run, and two pictures");
    test.work().await;
    assert_eq!(stored(&test).await, 2);
}
