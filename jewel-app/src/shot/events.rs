//! A shot's story while it happens: its present state, every change, and its end.
//!
//! The first event is always the present state, so whoever comes back has missed nothing that
//! matters. Followers of one process share its look at the jobs; the shot itself is read only when
//! its job moves.

use std::time::Duration;

use futures_util::stream;
use jewel_core::db::Db;
use jewel_core::job::{Follow, Jobs, Place, Status};
use jewel_core::live::{Event, Events};
use jewel_core::{Account, Caller, Id, Path, State, get};
use tokio::time::{Instant, sleep, timeout_at};

use super::api;
use super::entity::Shot;
use super::problem::ShotProblem;
use super::rules::ShotStatus;
use super::view::ShotView;

/// How often the shot is read when its job says nothing any more.
const POLL: Duration = Duration::from_secs(2);
/// How long one answer goes on; the client comes back then.
const LIFE: Duration = Duration::from_mins(30);

/// Follow a shot.
///
/// Server-sent events called `shot`: the present state first, then each change and how far it is;
/// the stream ends after the final state. Coming back is safe at any time.
#[get("/v1/shots/{shot}/events", access(account), slo(available = 99.9))]
pub async fn events(
    caller: Caller<Account>,
    shot: Path<Id<Shot>>,
    db: State<Db>,
    jobs: State<Jobs>,
) -> Result<Events<ShotView>, ShotProblem> {
    let shot = api::find(&db, &caller, *shot).await?;
    let follow = if shot.status.is_over() { None } else { jobs.follow(shot.job).await? };
    let until = Instant::now() + LIFE;
    let story = Story { db, caller, shot, job: None, follow, told: None, until };
    Ok(Events::new(stream::unfold(story, async |mut story| {
        let event = story.next().await?;
        Some((event, story))
    })))
}

/// A shot as one follower knows it.
struct Story {
    db: State<Db>,
    caller: Caller<Account>,
    shot: Shot,
    job: Option<Status>,
    /// What its job does; nothing once that is over.
    follow: Option<Follow>,
    /// What was told last.
    told: Option<u64>,
    until: Instant,
}

impl Story {
    async fn next(&mut self) -> Option<Event> {
        loop {
            let view = ShotView::new(self.shot.clone(), self.job.as_ref());
            let mark = u64::from(self.shot.version.unsigned_abs()) << 8 | u64::from(view.progress);
            if self.told != Some(mark) {
                self.told = Some(mark);
                return Event::json("shot", &view).ok().map(|event| event.id(mark));
            }
            if self.shot.status.is_over() {
                return None;
            }
            let until = self.until;
            timeout_at(until, self.change()).await.ok()?;
        }
    }

    /// Waits until something may have changed, and looks.
    async fn change(&mut self) {
        match &mut self.follow {
            Some(follow) => match follow.next().await {
                Some(status) => {
                    let moved =
                        status.place != Place::Running || self.shot.status != ShotStatus::Rendering;
                    self.job = Some(status);
                    if !moved {
                        return;
                    }
                }
                None => self.follow = None,
            },
            None => sleep(POLL).await,
        }
        match api::find(&self.db, &self.caller, self.shot.id).await {
            Ok(shot) => self.shot = shot,
            Err(error) => {
                tracing::debug!(%error, "a followed shot was not read; it is asked for again");
                self.follow = None;
            }
        }
    }
}
