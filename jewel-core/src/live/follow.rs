//! The story of what a job makes: its present state, each change, its end. Whoever asks again and
//! again is told the same.

use std::fmt::Display;
use std::time::Duration;

use futures_util::stream;
use serde::de::DeserializeOwned;
use tokio::time::{Instant, sleep, timeout_at};

use super::{Event, Events};
use crate::db;
use crate::http::Output;
use crate::id::Id;
use crate::job::{Enqueue, Follow, JobId, Jobs, Status, Work};
use crate::tenant::Account;

/// How often the thing is looked at when its job says nothing any more.
const POLL: Duration = Duration::from_secs(2);
/// How long one answer goes on; the client comes back then.
const LIFE: Duration = Duration::from_mins(30);

/// What a job makes, as callers see it: a row of the application's, or [`Work`] where there is
/// none.
pub trait Followed: Output + Clone {
    /// The kind of its events.
    const EVENT: &'static str;

    /// Whether it changes no more.
    fn is_final(&self) -> bool;

    /// Takes over how far its job is. `false` says that it does not fit to that, so that it must
    /// have changed itself since it was looked at.
    fn tell(&mut self, job: &Status) -> bool;
}

impl<T: Send + Sync + Clone + 'static> Followed for Work<T>
where
    Work<T>: Output,
{
    const EVENT: &'static str = "work";

    fn is_final(&self) -> bool {
        self.state.is_final()
    }

    fn tell(&mut self, job: &Status) -> bool {
        self.progress.clone_from(&job.progress);
        self.state == job.place
    }
}

/// The thing as it is told to whoever asks for it, `job` being the one that makes it.
///
/// # Errors
/// Where the database does not answer.
pub async fn present<T: Followed>(jobs: &Jobs, job: JobId, mut thing: T) -> Result<T, db::Error> {
    if !thing.is_final()
        && let Some(status) = jobs.status(job).await?
    {
        thing.tell(&status);
    }
    Ok(thing)
}

impl<T: Followed> Events<T> {
    /// The story of `thing`, which `job` makes and which `look` reads anew: first its present
    /// state, so that whoever comes back has missed nothing, then each change, up to the final one.
    ///
    /// A look that fails is repeated: by then the answer has begun.
    ///
    /// # Errors
    /// Where the database does not answer.
    pub async fn follow<L, E>(
        jobs: &Jobs,
        job: JobId,
        thing: T,
        look: impl FnMut() -> L + Send + 'static,
    ) -> Result<Self, db::Error>
    where
        L: Future<Output = Result<T, E>> + Send,
        E: Display + Send,
    {
        let follow = if thing.is_final() { None } else { jobs.follow(job).await? };
        let until = Instant::now() + LIFE;
        let story = Story { thing, look, job: None, follow, told: None, until };
        Ok(Self::new(stream::unfold(story, async |mut story| {
            let event = story.next().await?;
            Some((event, story))
        })))
    }
}

impl<T> Events<Work<T>>
where
    T: DeserializeOwned + Clone + Send + Sync + 'static,
    Work<T>: Output,
{
    /// The story of a job of kind `J` that was enqueued for this account; `None` where there is no
    /// such job.
    ///
    /// # Errors
    /// Where the database does not answer.
    pub async fn work<J: Enqueue>(
        jobs: &Jobs,
        account: Id<Account>,
        id: JobId,
    ) -> Result<Option<Self>, db::Error> {
        let Some(now) = jobs.work::<J, T>(account, id).await? else { return Ok(None) };
        let again = jobs.clone();
        let look = move || {
            let jobs = again.clone();
            async move {
                jobs.work::<J, T>(account, id)
                    .await?
                    .ok_or(db::Error::from(sqlx::Error::RowNotFound))
            }
        };
        Self::follow(jobs, id, now, look).await.map(Some)
    }
}

/// A thing as one follower knows it.
struct Story<T, F> {
    thing: T,
    look: F,
    job: Option<Status>,
    /// What its job does; nothing once that is over.
    follow: Option<Follow>,
    /// What was told last.
    told: Option<Event>,
    until: Instant,
}

impl<T, F, L, E> Story<T, F>
where
    T: Followed,
    F: FnMut() -> L,
    L: Future<Output = Result<T, E>>,
    E: Display,
{
    async fn next(&mut self) -> Option<Event> {
        loop {
            let mut thing = self.thing.clone();
            if let Some(job) = self.job.as_ref().filter(|_| !thing.is_final()) {
                thing.tell(job);
            }
            let event = Event::json(T::EVENT, &thing).ok()?;
            if self.told.as_ref() != Some(&event) {
                self.told = Some(event.clone());
                return Some(event);
            }
            if thing.is_final() {
                return None;
            }
            let until = self.until;
            timeout_at(until, self.change()).await.ok()?;
        }
    }

    /// Waits until something may have changed, and looks where that is not only the progress.
    async fn change(&mut self) {
        match &mut self.follow {
            Some(follow) => match follow.next().await {
                Some(status) => {
                    let fits = self.thing.clone().tell(&status);
                    self.job = Some(status);
                    if fits {
                        return;
                    }
                }
                None => self.follow = None,
            },
            None => sleep(POLL).await,
        }
        match (self.look)().await {
            Ok(thing) => self.thing = thing,
            Err(error) => {
                tracing::debug!(%error, "what is followed was not read; it is looked at again");
                self.follow = None;
            }
        }
    }
}
