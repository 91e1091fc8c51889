//! Where everything is, told by the database and by the model in the same words.

use std::collections::BTreeSet;

use super::order::QUEUES;
use super::queue::{Job, Lock, Model, Place};

/// A line for each place that names a job, for each unique key that is held, and for each source of
/// jobs that a worker would hear of.
pub(super) const PLACES: &str = "\
    with at (id, what) as ( \
        select job_id, format('ready in %s, priority %s, seq %s, attempt %s, crashes %s', \
            queue_id, priority, seq, attempt, crashes) \
        from jewel.ready \
        union all \
        select job_id, format('lane %s in %s, priority %s, seq %s, attempt %s, crashes %s', \
            lane_key, queue_id, priority, seq, attempt, crashes) \
        from jewel.lane \
        union all \
        select job_id, format('scheduled in %s, priority %s, lane %s, attempt %s, crashes %s, %s', \
            queue_id, priority, coalesce(lane_key::text, '-'), attempt, crashes, \
            case when run_at <= now() then 'due' else 'not due' end) \
        from jewel.scheduled \
        union all \
        select u.job_id, format('leased by %s under %s in %s, priority %s, lane %s, attempt %s, \
            crashes %s, %s', l.worker_id, l.id, l.queue_id, l.priority, \
            coalesce(l.lane_key::text, '-'), u.attempt, u.crashes, \
            case when u.job_id = any(l.cancel_ids) then 'to stop' else 'to run' end) \
        from jewel.lease l, unnest(l.ids, l.attempts, l.crashes) u (job_id, attempt, crashes) \
        union all \
        select id, format('finished in %s with %s by %s, attempt %s, result %s', \
            queue_id, outcome, coalesce(worker_id::text, '-'), attempt, \
            coalesce(result::text, '-')) \
        from jewel.finished) \
    select format('job %s: %s, failures %s', id, what, \
        (select count(*) from jewel.failure f where f.job_id = at.id)) \
    from at \
    union all \
    select format('key %s/%s: job %s, %s', get_byte(key, 0), get_byte(key, 1), job_id, \
        case when until <= now() then 'over' when until > now() then 'for a time' else '-' end) \
    from jewel.unique_lock \
    union all \
    select format('source: %s, priority %s, seq %s', queue_id, priority, seq) \
    from jewel.waiting(array[1, 2, 3, 4]::smallint[])";

/// Whatever breaks the conservation law, by the view and by the function.
pub(super) const LAW: &str = "\
    select format('%s is in %s places: %s', id, places, at) \
    from jewel.conservation where places <> 1 or not has_job \
    union all \
    select format('%s is in %s places by the function: %s', id, places, at) \
    from jewel.unconserved(0, 9223372036854775807)";

/// The same of the model, which nothing breaks.
pub(super) fn places(model: &Model) -> BTreeSet<String> {
    let jobs = model
        .jobs
        .iter()
        .map(|(id, job)| format!("job {id}: {}, failures {}", place(*id, job), job.failures));
    let locks = model.locks.iter().map(|((kind, unique), Lock { job, over })| {
        let until = match over {
            None => "-",
            Some(true) => "over",
            Some(false) => "for a time",
        };
        format!("key {kind}/{unique}: job {job}, {until}")
    });
    let sources = model.sources().into_iter().map(|(queue, priority, seq)| {
        format!("source: {}, priority {priority}, seq {seq}", queue + 1)
    });
    jobs.chain(locks).chain(sources).collect()
}

fn place(id: i64, job: &Job) -> String {
    let Job { attempt, crashes, .. } = job;
    let (queue, priority) = (job.order.queue + 1, job.order.priority);
    let keyed = QUEUES[job.order.queue].keyed();
    let lane = if keyed { job.lane().to_string() } else { "-".to_owned() };
    match job.place {
        Place::Waiting { seq } => {
            let table = if keyed { format!("lane {lane}") } else { "ready".to_owned() };
            format!(
                "{table} in {queue}, priority {priority}, seq {seq}, attempt {attempt}, \
                 crashes {crashes}"
            )
        }
        Place::Scheduled { due } => {
            let due = if due.is_some() { "due" } else { "not due" };
            format!(
                "scheduled in {queue}, priority {priority}, lane {lane}, attempt {attempt}, \
                 crashes {crashes}, {due}"
            )
        }
        Place::Leased { worker, lease, cancelled } => {
            let wish = if cancelled { "to stop" } else { "to run" };
            format!(
                "leased by {worker} under {lease} in {queue}, priority {priority}, lane {lane}, \
                 attempt {attempt}, crashes {crashes}, {wish}"
            )
        }
        Place::Finished { outcome, by } => {
            let by = by.map_or("-".to_owned(), |by| by.to_string());
            let result = if outcome == 1 { id.to_string() } else { "-".to_owned() };
            format!(
                "finished in {queue} with {outcome} by {by}, attempt {attempt}, result {result}"
            )
        }
    }
}
