//! A shot's story while it happens: its present state, every change, and its end.

use jewel_core::db::Db;
use jewel_core::job::{Jobs, Place, Status};
use jewel_core::live::{Events, Followed};
use jewel_core::{Account, Caller, Id, Path, State, get};

use super::api;
use super::entity::Shot;
use super::problem::ShotProblem;
use super::rules::ShotStatus;
use super::view::ShotView;

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
    let found = api::find(&db, &caller, *shot).await?;
    let job = found.job;
    let look = move || {
        let (db, caller) = (db.clone(), caller.clone());
        async move { api::find(&db, &caller, *shot).await.map(ShotView::from) }
    };
    Ok(Events::follow(&jobs, job, found.into(), look).await?)
}

impl Followed for ShotView {
    const EVENT: &'static str = "shot";

    fn is_final(&self) -> bool {
        self.status.is_over()
    }

    fn tell(&mut self, job: &Status) -> bool {
        let rendering = self.status == ShotStatus::Rendering;
        if let Some(told) = job.progress.as_ref().filter(|_| rendering) {
            self.progress = told.percent;
            self.step = Some(told.step.clone());
        }
        rendering && job.place == Place::Running
    }
}
