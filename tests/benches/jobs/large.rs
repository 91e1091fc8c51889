//! A drain among a million ready and five million finished rows, against one without them.

use super::figures::{Figures, Report};
use super::lab::{Lab, Result};
use super::{Plan, jewel};

const FINISHED: usize = 5_000_000;
const READY: usize = 1_000_000;
/// How much slower a drain may be.
const LOSS: f64 = 0.15;
const SLOTS: u16 = 100;

/// What was run, and what waits behind it: as if it had been enqueued and run in order.
const FILL: &str = "
insert into jewel.job (id, kind_id, queue_id, priority, args, meta)
  select n, KIND, QUEUE, 1, jsonb_build_object('number', n, 'note', repeat('x', 200)),
    jsonb_build_object('traceparent',
      '00-' || md5(n::text) || '-' || left(md5(n::text), 16) || '-01')
  from generate_series(1, FINISHED + READY) n;
insert into jewel.finished (id, outcome, kind_id, queue_id, attempt, worker_id, started_at)
  select n, 1, KIND, QUEUE, 1, 1, now() from generate_series(1, FINISHED) n;
insert into jewel.ready (seq, job_id, kind_id, queue_id, priority)
  select n, n, KIND, QUEUE, 1 from generate_series(FINISHED + 1, FINISHED + READY) n;
select setval('jewel.job_seq', FINISHED + READY)";

pub fn run(lab: &Lab, plan: &Plan) -> Result<Report> {
    // Both databases are there all the time, and the drains take turns.
    eprintln!("{FINISHED} finished and {READY} ready rows");
    let large = lab.fresh("jewel_large")?;
    lab.on(jewel_core::db::migrate(&large, None))?;
    let kind = lab.number(&large, "select jewel.kind_id('noop')::bigint")?;
    let queue = lab.number(&large, "select jewel.queue_id('noop')::bigint")?;
    let fill = FILL.replace("FINISHED", &FINISHED.to_string());
    let fill = fill.replace("READY", &READY.to_string());
    let fill = fill.replace("KIND", &kind.to_string()).replace("QUEUE", &queue.to_string());
    lab.execute(&large, &fill)?;
    lab.tidy(&large)?;
    let mut figures = Figures::default();
    for round in 1..=plan.rounds {
        eprintln!("round {round} of {}", plan.rounds);
        let small = lab.fresh_jewel()?;
        lab.on(jewel::enqueue_bulk(&small, plan.jobs, jewel::Load::new))?;
        lab.tidy(&small)?;
        figures.add("drain_small", lab.on(jewel::drain(&small, SLOTS, plan.jobs))?);
        lab.tidy(&large)?;
        figures.add("drain_large", lab.on(jewel::drain(&large, SLOTS, plan.jobs))?);
    }
    figures.compare("large_ratio", "drain_large", "drain_small");
    let ratio = figures.median("large_ratio");
    Ok(figures
        .report(&["drain_small", "drain_large", "large_ratio"])
        .gate("a drain loses at most 15 %", ratio.map(|ratio| ratio >= 1.0 - LOSS)))
}
