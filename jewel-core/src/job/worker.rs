//! The life of a worker: start, serve, drain. What it does in between stands in the files beside
//! this one.
//!
//! All its tasks are owned by the future of [`Worker::serve`]: dropping that is as abrupt as a
//! crash, and as safe. Another worker takes over what was running once the lease has expired.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, timeout};

use super::boot::Boot;
use super::claim::{End, Fetcher};
use super::jobs::Jobs;
use super::progress::Board;
use super::queue::Register;
use super::run::Runner;
use super::settings::Settings;
use super::task::Definition;
use super::{heartbeat, settle, storage, upkeep};
use crate::db::{self, Db};
use crate::state::States;

/// How many endings wait to be written before slots stay taken.
const MAX_UNSETTLED: usize = 10_000;
/// The wait before the database is asked again where it did not answer.
const AGAIN: Duration = Duration::from_millis(500);

/// Runs jobs.
///
/// ```no_run
/// # use jewel_core::{db, job::{Definition, Jobs, Settings, Worker}, state::States};
/// # async fn example(app: db::Db, queue: db::Db, list: &[Definition]) -> Result<(), db::Error> {
/// let jobs = Jobs::new(queue);
/// let worker = Worker::new(jobs, app, States::default(), list, Settings::default());
/// worker.serve(async { let _ = tokio::signal::ctrl_c().await; }).await
/// # }
/// ```
#[derive(Debug)]
pub struct Worker {
    jobs: Jobs,
    db: Db,
    states: Arc<States>,
    definitions: Vec<Definition>,
    settings: Arc<Settings>,
}

impl Worker {
    /// A worker for the jobs of `definitions`. It works the queue on the connections of `jobs`;
    /// the jobs themselves use `db`.
    pub fn new(
        jobs: Jobs,
        db: Db,
        states: States,
        definitions: &[Definition],
        settings: Settings,
    ) -> Self {
        let (states, settings) = (Arc::new(states), Arc::new(settings));
        Self { jobs, db, states, definitions: definitions.to_vec(), settings }
    }

    /// Runs jobs until `shutdown`, then drains: takes no more, lets what runs finish or hands it
    /// back, and returns when the database has it all.
    ///
    /// # Errors
    /// Where the database cannot be reached at the start; later it waits until it can again.
    pub async fn serve(self, shutdown: impl Future<Output = ()>) -> Result<(), db::Error> {
        let only = &self.settings.queues;
        let register = Register::sync(self.jobs.db(), &self.definitions, only).await?;
        let register = Arc::new(register);
        let (tell, mut told) = watch::channel(false);
        let lives = async { while self.live(&register, &mut told).await == End::Lost {} };
        tokio::pin!(lives, shutdown);
        tokio::select! {
            () = &mut lives => {}
            () = &mut shutdown => {
                tell.send_replace(true);
                lives.await;
            }
        }
        Ok(())
    }

    /// One life, from being enlisted to being told to stop or losing the lease.
    async fn live(&self, register: &Arc<Register>, told: &mut watch::Receiver<bool>) -> End {
        let Some((boot, born)) = self.enlist(register, told).await else { return End::Told };
        let (endings, ended) = mpsc::channel(MAX_UNSETTLED);
        let board = Arc::new(Board::default());
        let runner = Runner {
            states: Arc::clone(&self.states),
            db: Arc::new(self.db.clone()),
            board: Arc::clone(&board),
            grace: self.settings.stop_grace.get(),
        };
        let mut parts = JoinSet::new();
        self.spawn_parts(&mut parts, &boot, board, born);
        let mut settling = JoinSet::new();
        let (settled, most) = (Arc::clone(&boot), self.settings.batch());
        settling.spawn(async move { settle::settle(&settled, ended, most).await });

        let settings = Arc::clone(&self.settings);
        let mut fetcher = Fetcher::new(Arc::clone(&boot), Arc::new(runner), settings, endings);
        let end = fetcher.fetch(told).await;
        match end {
            End::Told => fetcher.drain().await,
            End::Lost => fetcher.abandon().await,
        }
        // No job is left that could send an ending: settling ends when it has written the last.
        let _ = timeout(self.settings.ttl(), settling.join_next()).await;
        if let Err(error) = storage::leave(&boot.db, boot.id).await {
            tracing::warn!(%error, "the worker could not sign off; its lease expires by itself");
        }
        end
    }

    /// Starts what runs beside claiming and settling.
    fn spawn_parts(
        &self,
        parts: &mut JoinSet<()>,
        boot: &Arc<Boot>,
        board: Arc<Board>,
        born: Instant,
    ) {
        let (alive, settings) = (Arc::clone(boot), Arc::clone(&self.settings));
        parts.spawn(async move { heartbeat::beat(&alive, &settings, born).await });
        let (kept, settings) = (Arc::clone(boot), Arc::clone(&self.settings));
        parts.spawn(async move { upkeep::upkeep(&kept, &settings).await });
        let said = Arc::clone(boot);
        parts.spawn(async move { board.serve(&said).await });
    }

    /// Begins a life, however long the database takes; `None` where told to stop meanwhile.
    async fn enlist(
        &self,
        register: &Arc<Register>,
        told: &mut watch::Receiver<bool>,
    ) -> Option<(Arc<Boot>, Instant)> {
        let name = name();
        loop {
            if *told.borrow() {
                return None;
            }
            let born = Instant::now();
            match storage::enlist(self.jobs.db(), &name, self.settings.ttl()).await {
                Ok(id) => {
                    tracing::info!(worker = id, name, "working");
                    let boot = Boot::new(id, &self.jobs, Arc::clone(register));
                    return Some((Arc::new(boot), born));
                }
                Err(error) => tracing::warn!(%error, "not enlisted; trying again"),
            }
            tokio::select! {
                _ = told.wait_for(|told| *told) => {}
                () = sleep(AGAIN) => {}
            }
        }
    }
}

/// Who this is, for operators: nothing depends on it.
fn name() -> String {
    let host = std::env::var("HOSTNAME").unwrap_or_else(|_| "localhost".to_owned());
    format!("{host}:{}", std::process::id())
}
