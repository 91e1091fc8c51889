//! The store in a folder: what is visible when.

use bytes::Bytes;
use futures_util::TryStreamExt;

use super::{Blob, Error, Key};

fn store() -> (tempfile::TempDir, Blob) {
    let folder = tempfile::tempdir().unwrap();
    let blob = Blob::folder(&folder.path().join("blob")).unwrap();
    (folder, blob)
}

#[tokio::test]
async fn nothing_is_visible_before_it_is_finished() {
    let (_folder, blob) = store();
    let key = Key::new("photos/1/original").unwrap();
    let mut writer = blob.writer(&key).await.unwrap();
    writer.write(b"half").await.unwrap();
    assert!(matches!(blob.read(&key).await, Err(Error::Missing(_))));
    writer.write(b" and half").await.unwrap();
    assert_eq!(writer.finish().await.unwrap(), 13);
    let reading = blob.read(&key).await.unwrap();
    let pieces: Vec<Bytes> = reading.stream.try_collect().await.unwrap();
    assert_eq!((reading.bytes, pieces.concat().as_slice()), (13, &b"half and half"[..]));
}

#[tokio::test]
async fn what_is_aborted_leaves_nothing() {
    let (folder, blob) = store();
    let key = Key::new("photos/1/original").unwrap();
    let mut writer = blob.writer(&key).await.unwrap();
    writer.write(&vec![7; 6 << 20]).await.unwrap();
    writer.abort().await.unwrap();
    assert_eq!(blob.keys(None, 10).await.unwrap(), []);
    assert_eq!(files(folder.path()), 0);
}

#[tokio::test]
async fn a_whole_object_is_read_within_its_limit() {
    let (_folder, blob) = store();
    let key = Key::new("a").unwrap();
    blob.put(&key, Bytes::from_static(b"12345")).await.unwrap();
    assert_eq!(blob.bytes(&key, 5).await.unwrap(), "12345");
    assert!(matches!(blob.bytes(&key, 4).await, Err(Error::TooLarge { bytes: 5, .. })));
    blob.delete(&key).await.unwrap();
    blob.delete(&key).await.unwrap();
    assert!(matches!(blob.bytes(&key, 5).await, Err(Error::Missing(_))));
}

/// The files below a folder.
fn files(folder: &std::path::Path) -> usize {
    let entries = std::fs::read_dir(folder).unwrap().map(Result::unwrap);
    entries.map(|e| if e.path().is_dir() { files(&e.path()) } else { 1 }).sum()
}
