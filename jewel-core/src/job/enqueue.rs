//! How a job gets into its queue: in the caller's transaction, or not at all.
//!
//! Nothing is told to the workers before the commit, by which the job first exists.

use std::future::Future;
use std::time::Duration;

use super::context;
use super::key::{KeyResult, Keys};
use super::sealed;
use super::storage::{self, Body, Order};
use super::wake::{self, Notice};
use super::{Args, Declared, Priority, Ticket};
use crate::clock::Timestamp;
use crate::db::{self, Tx};
use crate::trace::TraceParent;

/// The largest arguments of one job, in bytes of JSON. Larger things belong in a store of their
/// own, and their name here.
pub const MAX_ARGS: usize = 256 * 1024;

/// The most jobs that are enqueued by one statement; [`Enqueue::enqueue_many`] cuts its list.
const MAX_BATCH: usize = 1000;

/// The arguments of one annotated job: they can be enqueued. Written by the macro.
///
/// The job runs for the account of the transaction, in the present trace.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not the arguments of an annotated job",
    label = "no function with `#[job(..)]` takes this as its first argument"
)]
pub trait Enqueue: Sized + Send + 'static {
    /// The annotation of the job.
    const DECLARED: Declared;

    /// By what it is limited and unique.
    ///
    /// # Errors
    /// What the `Serialize` of a field says.
    fn keys(&self) -> KeyResult {
        Ok(Keys::default())
    }

    /// Enqueues the job, to run as soon as the transaction has committed and a worker is free.
    ///
    /// # Errors
    /// Where the statement fails, or the arguments are larger than [`MAX_ARGS`].
    fn enqueue(self, tx: &mut Tx) -> impl Future<Output = Result<Ticket, db::Error>> + Send
    where
        Self: Args,
    {
        self.enqueue_with(Options::default(), tx)
    }

    /// Enqueues the job, to run in `wait` at the earliest, by the database's clock.
    ///
    /// # Errors
    /// As [`enqueue`](Self::enqueue).
    fn enqueue_in(
        self,
        wait: Duration,
        tx: &mut Tx,
    ) -> impl Future<Output = Result<Ticket, db::Error>> + Send
    where
        Self: Args,
    {
        self.enqueue_with(Options::default().after(wait), tx)
    }

    /// Enqueues the job, to run at `when` at the earliest.
    ///
    /// # Errors
    /// As [`enqueue`](Self::enqueue).
    fn enqueue_at(
        self,
        when: Timestamp,
        tx: &mut Tx,
    ) -> impl Future<Output = Result<Ticket, db::Error>> + Send
    where
        Self: Args,
    {
        self.enqueue_with(Options::default().at(when), tx)
    }

    /// Enqueues the job with options.
    ///
    /// # Errors
    /// As [`enqueue`](Self::enqueue).
    fn enqueue_with(
        self,
        options: Options,
        tx: &mut Tx,
    ) -> impl Future<Output = Result<Ticket, db::Error>> + Send
    where
        Self: Args,
    {
        let body = stored(&self);
        async move {
            let tickets = insert(&Self::DECLARED, vec![body?], options, tx).await?;
            let missing = || db::Error::from(sqlx::Error::RowNotFound);
            tickets.into_iter().next().ok_or_else(missing)
        }
    }

    /// Enqueues many jobs by few statements, in their order.
    ///
    /// # Errors
    /// As [`enqueue`](Self::enqueue).
    fn enqueue_many(
        jobs: Vec<Self>,
        options: Options,
        tx: &mut Tx,
    ) -> impl Future<Output = Result<Vec<Ticket>, db::Error>> + Send
    where
        Self: Args,
    {
        let bodies: Result<Vec<Body>, db::Error> = jobs.iter().map(stored).collect();
        async move {
            let mut rest = bodies?;
            let mut tickets = Vec::with_capacity(rest.len());
            while !rest.is_empty() {
                let later = rest.split_off(rest.len().min(MAX_BATCH));
                tickets.extend(insert(&Self::DECLARED, rest, options, tx).await?);
                rest = later;
            }
            Ok(tickets)
        }
    }
}

/// What can be said of a job beside its arguments.
///
/// ```
/// # use std::time::Duration;
/// # use jewel_core::job::{Options, Priority};
/// let options = Options::default().after(Duration::from_secs(60)).priority(Priority::Background);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Options {
    wait: Option<Duration>,
    at: Option<Timestamp>,
    priority: Option<Priority>,
    trace: Option<TraceParent>,
}

impl Options {
    /// To run after this wait at the earliest, by the database's clock.
    #[must_use]
    pub fn after(mut self, wait: Duration) -> Self {
        self.wait = Some(wait);
        self
    }

    /// To run at this instant at the earliest.
    #[must_use]
    pub fn at(mut self, when: Timestamp) -> Self {
        self.at = Some(when);
        self
    }

    /// With another priority than the annotation's.
    #[must_use]
    pub fn priority(mut self, priority: Priority) -> Self {
        self.priority = Some(priority);
        self
    }

    /// As part of this trace instead of the present one.
    #[must_use]
    pub fn trace(mut self, trace: TraceParent) -> Self {
        self.trace = Some(trace);
        self
    }
}

fn stored<A: Enqueue + Args>(args: &A) -> Result<Body, db::Error> {
    let refuse = |why: Box<dyn std::error::Error + Send + Sync>| sqlx::Error::Encode(why);
    let json = args.write().map_err(|error| refuse(error.into()))?;
    if json.len() > MAX_ARGS {
        let size = json.len();
        let why = format!("a job's arguments have {size} bytes, more than {MAX_ARGS}");
        return Err(refuse(why.into()).into());
    }
    if sealed::is_sealed(&json) {
        let why = "the arguments are an object of `$sealed` alone, which is reserved";
        return Err(refuse(why.into()).into());
    }
    let keys = args.keys().map_err(|error| refuse(error.into()))?;
    Ok(Body { args: json, keys })
}

async fn insert(
    declared: &Declared,
    mut bodies: Vec<Body>,
    options: Options,
    tx: &mut Tx,
) -> Result<Vec<Ticket>, db::Error> {
    if declared.encrypted {
        bodies = sealed::bodies(tx.keys(), declared.name, bodies).map_err(|closed| {
            let why = format!("the job `{}` is encrypted: {closed}", declared.name);
            sqlx::Error::Encode(why.into())
        })?;
    }
    let order = Order {
        kind: declared.name,
        queue: declared.queue,
        priority: options.priority.unwrap_or(declared.priority),
        wait: options.wait,
        at: options.at,
        account: tx.account(),
        trace: options.trace.unwrap_or_else(context::current),
    };
    let tickets = storage::enqueue(tx, order, bodies).await?;
    let first = tickets.iter().filter(|ticket| !ticket.duplicate).map(|ticket| ticket.id).min();
    if let (Some(first), None, None) = (first, options.wait, options.at) {
        let (queue, priority) = (declared.queue, order.priority);
        tx.after_commit(move || wake::tell(Notice::Committed { queue, priority, first }));
    }
    Ok(tickets)
}
