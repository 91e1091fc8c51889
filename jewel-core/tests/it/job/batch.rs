//! Jobs that one call takes many of: each has an ending of its own.

use std::sync::{Arc, Mutex};

use jewel_core::job::{Cancel, JobError, JobId, Place};
use jewel_core::{State, job, jobs};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tokio::sync::Semaphore;

use super::world::{World, enqueue, quick, until_finished, within};

/// How many each call took, and whether calls may go on.
#[derive(Debug, Clone)]
struct Shelf {
    calls: Arc<Mutex<Vec<usize>>>,
    open: Arc<Semaphore>,
}

impl Shelf {
    fn new(open: usize) -> Self {
        Self { calls: Arc::default(), open: Arc::new(Semaphore::new(open)) }
    }

    fn calls(&self) -> Vec<usize> {
        let mut calls = self.calls.lock().unwrap().clone();
        calls.sort_unstable();
        calls
    }
}

/// Something to be put into an index.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
struct Paper {
    number: usize,
}

/// Puts papers into an index, but no odd one.
#[job(queue = papers, batch = 10, retry(2, 1h..2h))]
async fn file(papers: Vec<Paper>, shelf: State<Shelf>) -> Vec<Result<usize, JobError>> {
    shelf.calls.lock().unwrap().push(papers.len());
    let one = |paper: &Paper| match paper.number {
        number if number % 2 == 1 => Err(JobError::retry("it is odd")),
        number => Ok(number),
    };
    papers.iter().map(one).collect()
}

/// The same, all or nothing.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
struct Sheet {
    number: usize,
}

/// Binds sheets, when it may.
#[job(queue = sheets, batch = 10, retry(1))]
async fn bind(sheets: Vec<Sheet>, shelf: State<Shelf>) -> Result<usize, JobError> {
    shelf.calls.lock().unwrap().push(sheets.len());
    shelf.open.acquire().await?.forget();
    if sheets.iter().any(|sheet| sheet.number == 13) {
        return Err(JobError::retry("thirteen"));
    }
    Ok(sheets.len())
}

#[tokio::test(flavor = "multi_thread")]
async fn one_call_takes_many_and_each_ends_by_itself() {
    let world = World::new().await;
    let shelf = Shelf::new(0);
    let papers = (0..25).map(|number| Paper { number }).collect();
    let ids = enqueue(&world, papers).await;
    let worker = world.work_with(jobs![file], quick(), shelf.clone());
    for (number, (id, _)) in ids.iter().enumerate() {
        let odd = number % 2 == 1;
        let place = if odd { Place::Retrying } else { Place::Completed };
        let status = world.at(JobId(*id), place).await;
        assert_eq!(status.result, (!odd).then(|| number.into()));
    }
    assert_eq!(shelf.calls(), [5, 10, 10], "one claim, in as few calls as can be");
    assert_eq!(world.failures(JobId(ids[1].0)).await, [(1, "it is odd".to_owned())]);
    world.hurry().await;
    world.at(JobId(ids[1].0), Place::Dead).await;
    worker.stop().await;
    world.conserved().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_result_is_that_of_all() {
    let world = World::new().await;
    let shelf = Shelf::new(2);
    let good = enqueue(&world, vec![Sheet { number: 1 }, Sheet { number: 2 }]).await;
    let worker = world.work_with(jobs![bind], quick(), shelf.clone());
    until_finished(&world, 2).await;
    assert_eq!(world.at(JobId(good[0].0), Place::Completed).await.result, Some(2.into()));
    let bad = enqueue(&world, vec![Sheet { number: 12 }, Sheet { number: 13 }]).await;
    for (id, _) in bad {
        world.at(JobId(id), Place::Dead).await;
        assert_eq!(world.failures(JobId(id)).await, [(1, "thirteen".to_owned())]);
    }
    assert_eq!(shelf.calls(), [2, 2]);
    worker.stop().await;
    world.conserved().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn that_one_of_them_is_cancelled_does_not_stop_the_others() {
    let world = World::new().await;
    let shelf = Shelf::new(0);
    let ids = enqueue(&world, vec![Sheet { number: 1 }, Sheet { number: 2 }]).await;
    let worker = world.work_with(jobs![bind], quick(), shelf.clone());
    let begun = async {
        while shelf.calls().is_empty() {
            tokio::task::yield_now().await;
        }
    };
    within("the call", begun).await;
    let first = JobId(ids[0].0);
    assert_eq!(world.jobs.cancel(first).await.unwrap(), Cancel::Requested);
    shelf.open.add_permits(1);
    until_finished(&world, 2).await;
    worker.stop().await;
    assert_eq!(shelf.calls(), [2]);
    world.conserved().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_that_is_stopped_hands_all_of_them_back() {
    let world = World::new().await;
    let shelf = Shelf::new(0);
    let ids = enqueue(&world, vec![Sheet { number: 1 }, Sheet { number: 2 }]).await;
    let mut settings = quick();
    settings.drain_timeout = jewel_core::config::Span::from_secs(0);
    let worker = world.work_with(jobs![bind], settings, shelf.clone());
    let begun = async {
        while shelf.calls().is_empty() {
            tokio::task::yield_now().await;
        }
    };
    within("the call", begun).await;
    worker.stop().await;
    for (id, _) in ids {
        assert_eq!(world.at(JobId(id), Place::Ready).await.attempt, 0, "no attempt is used up");
    }
    world.conserved().await;
}
