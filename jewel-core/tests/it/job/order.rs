//! Jobs of one queue begin in their order, however their claims overlap.

use std::sync::{Arc, Mutex};

use jewel_core::job::{Enqueue, Job, JobError, Options, Settings};
use jewel_core::{State, job, jobs};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::world::{World, quick, until_finished};

const COUNT: usize = 6000;

/// Who was called, in order.
type Called = Arc<Mutex<Vec<usize>>>;

/// Somebody who has drawn a number.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
struct Visitor {
    number: usize,
}

/// Calls a visitor.
#[job(queue = counter, retry(1))]
async fn call(visitor: Visitor, _job: &mut Job, called: State<Called>) -> Result<(), JobError> {
    called.lock().unwrap().push(visitor.number);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn jobs_begin_in_their_order_however_many_are_claimed() {
    let (world, called) = (World::new().await, Called::default());
    let visitors = (0..COUNT).map(|number| Visitor { number }).collect();
    let mut tx = world.db.begin(None).await.unwrap();
    Enqueue::enqueue_many(visitors, Options::default(), &mut tx).await.unwrap();
    tx.commit().await.unwrap();
    let settings = Settings { concurrency: 1, batch: 20, ..quick() };
    let worker = world.work_with(jobs![call], settings, Arc::clone(&called));
    until_finished(&world, COUNT as i64).await;
    let called = called.lock().unwrap().clone();
    let early = called.windows(2).filter(|pair| pair[0] > pair[1]).count();
    assert_eq!((called.len(), early), (COUNT, 0), "some were called before their turn");
    worker.stop().await;
    world.conserved().await;
}
