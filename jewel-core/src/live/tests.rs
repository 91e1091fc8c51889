//! What is written on the line.

use std::time::Duration;

use futures_util::{StreamExt, stream};

use super::{Event, Lines};

async fn written(events: Vec<Event>) -> String {
    let pieces: Vec<_> = Lines::new(stream::iter(events).boxed()).collect().await;
    let pieces = pieces.into_iter().map(Result::unwrap);
    pieces.map(|piece| String::from_utf8(piece.to_vec()).unwrap()).collect()
}

#[tokio::test]
async fn events_are_written_in_the_standards_form() {
    let event = |n: u64| Event::json("progress", &serde_json::json!({ "percent": n })).unwrap();
    assert_eq!(
        written(vec![event(1).id(1), event(2)]).await,
        "retry: 2000\n\nevent: progress\nid: 1\ndata: {\"percent\":1}\n\n\
         event: progress\ndata: {\"percent\":2}\n\n"
    );
}

#[tokio::test(start_paused = true)]
async fn a_silent_stream_beats() {
    let mut lines = Lines::new(stream::pending().boxed());
    lines.next().await;
    let beat = tokio::time::timeout(Duration::from_secs(16), lines.next()).await;
    assert_eq!(beat.unwrap().unwrap().unwrap(), ":\n\n");
}
