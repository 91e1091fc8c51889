//! Takes jobs and starts them: one loop per worker, which never waits for the database itself.
//!
//! While it asks, slots that become free take from the line of what was claimed ahead; that is only
//! done where jobs are quick, so that slow ones are not hoarded. Where claims come back full, a
//! second one is under way beside the first; what it brings waits for what begins before it.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{mpsc, watch};
use tokio::task::{JoinError, JoinSet};
use tokio::time::{Instant, sleep_until, timeout, timeout_at};

use super::asking::{Answer, Asking, answered};
use super::boot::Boot;
use super::cancel::Stop;
use super::ending::{Ended, Ending};
use super::run::Runner;
use super::settings::Settings;
use super::slots::Line;
use super::sources::{Chosen, Sources};
use super::storage::{self, Ask, Claimed};
use super::upkeep::jittered;
use super::wake::{Ear, Notice};

/// Jobs are claimed ahead only where their mean run is shorter than this.
const QUICK: Duration = Duration::from_millis(100);
/// As much is claimed ahead as the slots run in this time, but no more than [`BATCHES`]: while one
/// runs, the next ones are claimed, so that every claim is a full one.
const AHEAD: Duration = Duration::from_millis(50);
const BATCHES: usize = 3;
/// How many claims are under way at once.
const CLAIMS: usize = 2;
/// What was claimed ahead and not started for so long is handed back.
const STALE: Duration = Duration::from_secs(2);
/// However soon a worker has to end, it has so long to hand back what it did not start.
const HAND_BACK: Duration = Duration::from_secs(1);
/// The priority under which a look says that suspects wait.
const SUSPECTS: i16 = -1;
/// How long suspects wait for an idle process; after that this one claims nothing until it is.
const PATIENCE: Duration = Duration::from_secs(5);

/// Why fetching ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    /// The process was told to stop.
    Told,
    /// The lease was lost.
    Lost,
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
    /// What was claimed, before the slots and in them.
    line: Arc<Line>,
    /// The slots that are taken.
    running: JoinSet<()>,
    /// Since when jobs wait that may have killed a worker.
    suspects: Option<Instant>,
    /// Whether such a job is held: nothing else runs beside it.
    alone: bool,
    /// Whether a slot was free that anything may take.
    free: bool,
    asking: Asking,
    /// When the tables are looked at next without being told.
    look: Instant,
    /// Whether nothing is asked before that, because the last question failed.
    paused: bool,
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
            line: Arc::default(),
            running: JoinSet::new(),
            suspects: None,
            alone: false,
            free: false,
            asking: Asking::default(),
            look: Instant::now(),
            paused: false,
        }
    }

    /// Claims and starts jobs until there is a reason to end.
    pub(super) async fn fetch(&mut self, told: &mut watch::Receiver<bool>) -> End {
        loop {
            self.ask();
            self.line_up();
            self.start();
            let wake = self.wake();
            tokio::select! {
                _ = told.wait_for(|told| *told) => return End::Told,
                () = self.boot.lost() => return End::Lost,
                Some(answer) = self.asking.answers.join_next() => self.take(answer),
                Some(_) = self.running.join_next() => self.ended(),
                () = self.line.moved() => {}
                notice = self.ear.hear() => self.hear(&notice),
                () = sleep_until(wake), if !self.asking.looks => {}
            }
        }
    }

    /// Starts what was claimed, while there are free slots.
    fn start(&mut self) {
        let (slots, boot) = (self.settings.slots(), &self.boot);
        self.line.fill(slots, &mut self.running, boot, &self.runner, &self.endings);
        let free = self.line.taken() < slots && self.suspects.is_none() && !self.alone;
        if free != self.free {
            self.free = free;
            self.boot.health.free(free);
        }
    }

    /// Asks what is to be asked now.
    fn ask(&mut self) {
        let now = Instant::now();
        self.sources.pass(now);
        if now >= self.look && !self.asking.looks {
            self.look_around(now);
        }
        if self.paused {
            return;
        }
        if let Some(since) = self.suspects {
            if self.line.is_idle() && self.asking.is_idle() && !self.asking.suspects {
                self.claim_suspect();
            }
            if now - since > PATIENCE {
                // What runs may end; what was claimed ahead is better off elsewhere.
                self.hand_back_unstarted();
                return;
            }
        }
        let Asking { suspects, claims, .. } = &self.asking;
        let more = if *suspects { 0 } else { CLAIMS - claims.len() };
        let _ = (0..more).all(|_| self.claim());
    }

    /// Asks what waits in which queue.
    fn look_around(&mut self, now: Instant) {
        self.look = now + jittered(self.settings.poll());
        self.paused = false;
        self.hand_back_stale(now);
        let (boot, queues) = (Arc::clone(&self.boot), self.queues.clone());
        let limit = self.limit();
        self.asking.looks = true;
        self.asking.answers.spawn(async move {
            let asked = timeout(limit, storage::waiting(&boot.db, &queues)).await;
            Answer::Waiting(answered("looking at the queues", asked))
        });
    }

    fn claim_suspect(&mut self) {
        let (boot, queues) = (Arc::clone(&self.boot), self.queues.clone());
        let limit = self.limit();
        self.asking.suspects = true;
        self.asking.answers.spawn(async move {
            let claim = storage::claim_suspect(&boot.db, boot.id, &queues);
            Answer::Suspect(answered("claiming a suspect", timeout(limit, claim).await))
        });
    }

    /// Claims from the queue whose turn it is; `false` where there is none, or no room.
    fn claim(&mut self) -> bool {
        let Some(room) = self.room() else { return false };
        let Some((chosen, ask)) = self.next(room) else { return false };
        let (boot, limit) = (Arc::clone(&self.boot), self.limit());
        self.asking.claims.push((chosen, ask));
        self.asking.answers.spawn(async move {
            let asked = timeout(limit, storage::claim(&boot.db, boot.id, ask)).await;
            Answer::Claimed(chosen, ask, answered("claiming jobs", asked))
        });
        true
    }

    /// How long an answer may take.
    fn limit(&self) -> Duration {
        self.settings.ttl() / 2
    }

    /// When there is something to do without being told.
    fn wake(&self) -> Instant {
        self.sources.due().map_or(self.look, |due| due.min(self.look))
    }

    /// What to claim next, as far as the queues' limits for this process allow.
    fn next(&mut self, room: usize) -> Option<(Chosen, Ask)> {
        let (held, batch, asking) = (self.line.held(), self.settings.batch(), &self.asking);
        self.sources.next(!asking.claims.is_empty(), |queue| {
            let most = queue.limits.process.map_or(usize::MAX, |most| most as usize);
            let held = held.get(&queue.id).copied().unwrap_or_default();
            let held = held + asking.coming(queue.id);
            (room * queue.batch).min(batch).min(most.saturating_sub(held))
        })
    }

    /// How many jobs may be claimed now.
    fn room(&self) -> Option<usize> {
        if self.alone {
            return None;
        }
        let (slots, batch) = (self.settings.slots(), self.settings.batch());
        let quick = self.line.pace().filter(|mean| *mean < QUICK.as_secs_f64());
        let runs = |mean: f64| (AHEAD.as_secs_f64() / mean * slots as f64) as usize;
        let ahead = quick.map_or(0, |mean| runs(mean).min(BATCHES * batch));
        let asked = self.asking.asked();
        // What came and waits for what begins before it is not counted: it must not keep that away.
        let room = (slots + ahead).saturating_sub(self.line.taken() + self.line.len() + asked);
        // Few large claims rather than many small ones.
        let least = batch.min(ahead / 2).max(1);
        if room < least {
            self.line.tell_at(ahead.saturating_sub(least + asked));
            return None;
        }
        Some(room.min(batch))
    }

    fn take(&mut self, answer: Result<Answer, JoinError>) {
        match &answer {
            Ok(Answer::Waiting(_)) => self.asking.looks = false,
            Ok(Answer::Suspect(_)) => self.asking.suspects = false,
            Ok(Answer::Claimed(chosen, ask, _)) => {
                let at = self.asking.claims.iter().position(|claim| *claim == (*chosen, *ask));
                at.map(|at| self.asking.claims.swap_remove(at));
            }
            Err(_) => {}
        }
        if self.asking.answers.is_empty() {
            let came = std::mem::take(&mut self.asking.came);
            self.asking = Asking { came, ..Asking::default() };
        }
        self.understand(answer);
    }

    fn understand(&mut self, answer: Result<Answer, JoinError>) {
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
                self.boot.hold(&suspect);
                self.line.hold(suspect);
            }
            Ok(Answer::Claimed(chosen, ask, Some(claimed))) => {
                let (first, last) = (claimed.first(), claimed.last());
                let span = first.zip(last).map(|(first, last)| (first.place, last.place));
                self.sources.brought((chosen, ask), claimed.len(), span, Instant::now());
                self.boot.hold(&claimed);
                self.asking.came.push((chosen, claimed));
            }
            Ok(Answer::Claimed(chosen, ask, None)) => {
                self.sources.failed(chosen, ask);
                self.paused = true;
            }
            Ok(Answer::Waiting(None) | Answer::Suspect(None)) | Err(_) => self.paused = true,
        }
    }

    /// Lines up what came, as far as nothing has to begin before it; all of it where there is
    /// nothing else to do.
    fn line_up(&mut self) {
        let idle = self.line.len() == 0 && self.asking.claims.is_empty();
        let next = if idle { self.asking.all() } else { self.asking.next(&self.sources) };
        self.line.hold(next);
    }

    /// Slots found nothing more to do.
    fn ended(&mut self) {
        while self.running.try_join_next().is_some() {}
        if self.alone && self.line.is_idle() {
            self.alone = false;
            if self.line.last() < QUICK {
                // Others like it may wait; a slow one lets other jobs have their turn first.
                self.suspects = Some(Instant::now());
            }
        }
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
        if self.line.since().is_some_and(|since| now - since > STALE) {
            self.line.forget_pace();
            self.hand_back_unstarted();
        }
    }

    /// Hands back as many as there is room for; the rest has its turn with the next look.
    fn hand_back_unstarted(&mut self) {
        while self.line.leave(|claimed| self.endings.try_send(released(claimed)).is_ok()) {}
    }

    /// Lets running jobs finish, and hands back what does not in time.
    pub(super) async fn drain(mut self) {
        let deadline = Instant::now() + self.settings.drain_timeout.get();
        let back = deadline.max(Instant::now() + HAND_BACK);
        let grace = self.settings.stop_grace.get();
        self.line.close();
        while let Ok(Some(answer)) = timeout_at(back, self.asking.answers.join_next()).await {
            self.take(answer);
        }
        self.line.hold(self.asking.all());
        for (_, claimed) in self.line.clear() {
            let _ = timeout_at(back, self.endings.send(released(&claimed))).await;
        }
        tracing::info!(running = self.line.taken(), "draining: no more jobs are taken");
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
        self.line.close();
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
