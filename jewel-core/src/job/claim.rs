//! Takes jobs and starts them: one loop per worker, which never waits for the database itself.
//!
//! One question is in flight at a time. While it is, slots that become free are filled from what
//! was claimed ahead; that is only done where jobs are quick, so that slow ones are not hoarded.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{mpsc, watch};
use tokio::task::{JoinError, JoinSet};
use tokio::time::{Instant, sleep_until, timeout, timeout_at};

use super::boot::Boot;
use super::cancel::Stop;
use super::ending::{Ended, Ending};
use super::run::Runner;
use super::settings::Settings;
use super::sources::{Chosen, Sources};
use super::storage::{self, Ask, Claimed};
use super::upkeep::jittered;
use super::wake::{Ear, Notice};

/// Jobs are claimed ahead only where their mean run is shorter than this.
const QUICK: Duration = Duration::from_millis(100);
/// As much is claimed ahead as the slots run in this time, but no more than two batches: while one
/// runs, the next is claimed, so that every claim is a full one.
const AHEAD: Duration = Duration::from_millis(200);
/// What was claimed ahead and not started for so long is handed back.
const STALE: Duration = Duration::from_secs(2);
/// The priority under which a look says that suspects wait.
const SUSPECTS: i16 = -1;
/// How long suspects wait for an idle process; after that this one claims nothing until it is.
const PATIENCE: Duration = Duration::from_secs(5);
/// The weight of the newest run in the mean.
const WEIGHT: f64 = 0.1;

/// Why fetching ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    /// The process was told to stop.
    Told,
    /// The lease was lost.
    Lost,
}

/// The answer to the question in flight; `None` where it failed.
enum Answer {
    Waiting(Option<Vec<(i16, i16, i64)>>),
    Claimed(Chosen, Ask, Option<(Vec<Claimed>, Option<i64>)>),
    Suspect(Option<Vec<Claimed>>),
}

/// The part of a worker that claims.
pub(super) struct Fetcher {
    boot: Arc<Boot>,
    runner: Arc<Runner>,
    settings: Arc<Settings>,
    /// Where endings go. It is full when settling cannot keep up: slots then stay taken.
    endings: mpsc::Sender<Ended>,
    sources: Sources,
    queues: Vec<i16>,
    ear: Ear,
    /// Claimed and not started, each since when.
    ahead: VecDeque<(Instant, Claimed)>,
    /// Each returns the queues of its jobs, one or more of a kind, and how long it took.
    running: JoinSet<(Vec<i16>, Duration)>,
    /// How many of each queue are claimed ahead or run.
    held: HashMap<i16, usize>,
    /// Since when jobs wait that may have killed a worker.
    suspects: Option<Instant>,
    /// Whether such a job is held: nothing else runs beside it.
    alone: bool,
    /// Whether a slot was free that anything may take.
    free: bool,
    /// At most one.
    asking: JoinSet<Answer>,
    /// When the tables are looked at next without being told.
    look: Instant,
    /// Whether nothing is asked before that, because the last question failed.
    paused: bool,
    /// The mean run, in seconds.
    pace: Option<f64>,
}

impl Fetcher {
    pub(super) fn new(
        boot: Arc<Boot>,
        runner: Arc<Runner>,
        settings: Arc<Settings>,
        endings: mpsc::Sender<Ended>,
    ) -> Self {
        Self {
            sources: Sources::new(&boot.register.queues),
            queues: boot.register.queue_ids(),
            boot,
            runner,
            settings,
            endings,
            ear: Ear::new(),
            ahead: VecDeque::new(),
            running: JoinSet::new(),
            held: HashMap::new(),
            suspects: None,
            alone: false,
            free: false,
            asking: JoinSet::new(),
            look: Instant::now(),
            paused: false,
            pace: None,
        }
    }

    /// Claims and starts jobs until there is a reason to end.
    pub(super) async fn fetch(&mut self, told: &mut watch::Receiver<bool>) -> End {
        loop {
            self.start();
            self.ask();
            let wake = self.wake();
            tokio::select! {
                _ = told.wait_for(|told| *told) => return End::Told,
                () = self.boot.lost() => return End::Lost,
                Some(answer) = self.asking.join_next() => self.take(answer),
                Some(took) = self.running.join_next() => {
                    self.ended(&took);
                    while let Some(took) = self.running.try_join_next() {
                        self.ended(&took);
                    }
                }
                notice = self.ear.hear() => self.hear(&notice),
                () = sleep_until(wake), if self.asking.is_empty() => {}
            }
        }
    }

    /// Starts what was claimed, while there are free slots.
    fn start(&mut self) {
        while self.running.len() < self.settings.slots()
            && let Some((_, claimed)) = self.ahead.pop_front()
        {
            let group = self.group(claimed);
            let (boot, runner) = (Arc::clone(&self.boot), Arc::clone(&self.runner));
            let endings = self.endings.clone();
            self.running.spawn(async move {
                let queues: Vec<i16> = group.iter().map(|claimed| claimed.queue).collect();
                let began = Instant::now();
                let ended = runner.run(&boot, group).await;
                let took = began.elapsed();
                for ended in ended {
                    // It fails where settling has ended: then the lease is lost, and this with it.
                    let _ = endings.send(ended).await;
                }
                (queues, took)
            });
        }
        let free =
            self.running.len() < self.settings.slots() && self.suspects.is_none() && !self.alone;
        if free != self.free {
            self.free = free;
            self.boot.health.free(free);
        }
    }

    /// A job and, where one call takes many of its kind, others that were claimed.
    fn group(&mut self, first: Claimed) -> Vec<Claimed> {
        let (kind, mut group) = (first.kind, vec![first]);
        let declared = self.boot.register.kinds.get(&kind);
        let most = declared.map_or(1, |kind| kind.definition.entry.declared.batch as usize);
        if most > 1 {
            let (mut all, mut rest) = (std::mem::take(&mut self.ahead), VecDeque::new());
            while let Some((since, claimed)) = all.pop_front() {
                if claimed.kind == kind && group.len() < most {
                    group.push(claimed);
                } else {
                    rest.push_back((since, claimed));
                }
            }
            self.ahead = rest;
        }
        group
    }

    /// Asks the next question, if there is one and none is in flight.
    fn ask(&mut self) {
        let now = Instant::now();
        self.sources.pass(now);
        if !self.asking.is_empty() || self.paused && now < self.look {
            return;
        }
        let (boot, limit) = (Arc::clone(&self.boot), self.settings.ttl() / 2);
        if now >= self.look {
            self.look = now + jittered(self.settings.poll());
            self.paused = false;
            self.hand_back_stale(now);
            let queues = self.queues.clone();
            self.asking.spawn(async move {
                let asked = timeout(limit, storage::waiting(&boot.db, &queues)).await;
                Answer::Waiting(answered("looking at the queues", asked))
            });
        } else if self.suspects.is_some() && self.is_idle() {
            let queues = self.queues.clone();
            self.asking.spawn(async move {
                let claim = storage::claim_suspect(&boot.db, boot.id, &queues);
                Answer::Suspect(answered("claiming a suspect", timeout(limit, claim).await))
            });
        } else if self.suspects.is_some_and(|since| now - since > PATIENCE) {
            // What runs may end; what was claimed ahead is better off elsewhere.
            self.hand_back_unstarted();
        } else if let Some(room) = self.room()
            && let Some((chosen, ask)) = self.next(room)
        {
            self.asking.spawn(async move {
                let asked = timeout(limit, storage::claim(&boot.db, boot.id, ask)).await;
                Answer::Claimed(chosen, ask, answered("claiming jobs", asked))
            });
        }
    }

    /// Whether nothing is claimed or runs.
    fn is_idle(&self) -> bool {
        self.running.is_empty() && self.ahead.is_empty()
    }

    /// When there is something to do without being told.
    fn wake(&self) -> Instant {
        self.sources.due().map_or(self.look, |due| due.min(self.look))
    }

    /// What to claim next, as far as the queues' limits for this process allow.
    fn next(&mut self, room: usize) -> Option<(Chosen, Ask)> {
        let (held, batch) = (&self.held, self.settings.batch());
        self.sources.next(|queue| {
            let most = queue.limits.process.map_or(usize::MAX, |most| most as usize);
            let room = (room * queue.batch).min(batch);
            room.min(most.saturating_sub(held.get(&queue.id).copied().unwrap_or_default()))
        })
    }

    /// How many jobs may be claimed now.
    fn room(&self) -> Option<usize> {
        if self.alone {
            return None;
        }
        let (slots, batch) = (self.settings.slots(), self.settings.batch());
        let quick = self.pace.filter(|mean| *mean < QUICK.as_secs_f64());
        let runs = |mean: f64| (AHEAD.as_secs_f64() / mean * slots as f64) as usize;
        let ahead = quick.map_or(0, |mean| runs(mean).min(2 * batch));
        // Few large claims rather than many small ones.
        if ahead > 0 && self.ahead.len() > ahead / 2 {
            return None;
        }
        let room = (slots + ahead).saturating_sub(self.running.len() + self.ahead.len());
        (room > 0).then_some(room.min(batch))
    }

    fn take(&mut self, answer: Result<Answer, JoinError>) {
        match answer {
            Ok(Answer::Waiting(Some(waiting))) => {
                self.sources.found(&waiting);
                let suspects = waiting.iter().any(|(_, priority, _)| *priority == SUSPECTS);
                let since = self.suspects.unwrap_or_else(Instant::now);
                self.suspects = suspects.then_some(since);
            }
            Ok(Answer::Suspect(Some(suspect))) => {
                self.alone = !suspect.is_empty();
                self.suspects = None;
                self.hold(suspect);
            }
            Ok(Answer::Claimed(chosen, ask, Some((claimed, last)))) => {
                let full = claimed.len() == ask.most;
                self.sources.brought(chosen, last, full, Instant::now());
                self.hold(claimed);
            }
            Ok(Answer::Claimed(chosen, ask, None)) => {
                self.sources.failed(chosen, ask);
                self.paused = true;
            }
            Ok(Answer::Waiting(None) | Answer::Suspect(None)) | Err(_) => self.paused = true,
        }
    }

    fn hold(&mut self, claimed: Vec<Claimed>) {
        let now = Instant::now();
        for claimed in claimed {
            self.boot.hold(&claimed);
            *self.held.entry(claimed.queue).or_default() += 1;
            self.ahead.push_back((now, claimed));
        }
    }

    fn let_go(&mut self, queue: i16) {
        if let Some(held) = self.held.get_mut(&queue) {
            *held = held.saturating_sub(1);
        }
    }

    fn ended(&mut self, took: &Result<(Vec<i16>, Duration), JoinError>) {
        let Ok((queues, took)) = took else { return };
        for queue in queues {
            self.let_go(*queue);
        }
        if std::mem::take(&mut self.alone) && *took < QUICK {
            // Others like it may wait; a slow one lets other jobs have their turn first.
            self.suspects = Some(Instant::now());
        }
        let took = took.as_secs_f64();
        self.pace = Some(self.pace.map_or(took, |mean| mean + WEIGHT * (took - mean)));
    }

    fn hear(&mut self, notice: &Notice) {
        match notice {
            Notice::Ready { queue, seq, priority } => self.sources.ready(queue, *seq, *priority),
            Notice::Committed { queue, priority, first } => {
                self.sources.ready(queue, first.0, Some(*priority));
            }
            Notice::Freed(queue) => self.sources.freed(*queue),
            Notice::Missed => self.look = Instant::now(),
            Notice::Changed(_) | Notice::Cancel(_) => {}
        }
    }

    /// Hands back what waits too long for a slot: another worker may have one.
    fn hand_back_stale(&mut self, now: Instant) {
        if self.ahead.front().is_some_and(|(since, _)| now - *since > STALE) {
            self.pace = None; // jobs are not as quick as they were
            self.hand_back_unstarted();
        }
    }

    /// Hands back as many as there is room for; the rest has its turn with the next look.
    fn hand_back_unstarted(&mut self) {
        while let Some((_, claimed)) = self.ahead.front()
            && self.endings.try_send(released(claimed)).is_ok()
        {
            let queue = claimed.queue;
            self.ahead.pop_front();
            self.let_go(queue);
        }
    }

    /// Lets running jobs finish, and hands back what does not in time.
    pub(super) async fn drain(mut self) {
        let deadline = Instant::now() + self.settings.drain_timeout.get();
        let grace = self.settings.stop_grace.get();
        if let Ok(Some(answer)) = timeout_at(deadline, self.asking.join_next()).await {
            self.take(answer);
        }
        for (_, claimed) in self.ahead.drain(..) {
            let _ = timeout_at(deadline, self.endings.send(released(&claimed))).await;
        }
        tracing::info!(running = self.running.len(), "draining: no more jobs are taken");
        let gentle = deadline.checked_sub(grace).unwrap_or(deadline);
        if timeout_at(gentle, self.joined()).await.is_err() {
            self.boot.stop_all(Stop::Draining);
            // Each is dropped after its grace; one that blocks its thread cannot even be dropped.
            let _ = timeout(grace + Duration::from_secs(1), self.joined()).await;
        }
        self.running.abort_all();
    }

    /// Stops everything: what still runs may already be running elsewhere.
    pub(super) async fn abandon(mut self) {
        let margin = self.settings.ttl() / 8;
        let _ = timeout(margin.min(self.settings.stop_grace.get()), self.joined()).await;
        self.running.abort_all();
    }

    async fn joined(&mut self) {
        while self.running.join_next().await.is_some() {}
    }
}

/// The ending of a job that was not started.
fn released(claimed: &Claimed) -> Ended {
    let (id, lease, began) = (claimed.id, claimed.lease, std::time::Instant::now());
    Ended { id, lease, began, ending: Ending::Released, reported: false }
}

/// What came of a question; a failure is said here and shows as `None`.
fn answered<T, E: std::fmt::Display, L>(what: &str, asked: Result<Result<T, E>, L>) -> Option<T> {
    match asked {
        Ok(Ok(answer)) => Some(answer),
        Ok(Err(error)) => {
            tracing::warn!(%error, "{what} failed; it is tried again");
            None
        }
        Err(_) => {
            tracing::warn!("{what} took too long; it is tried again");
            None
        }
    }
}
