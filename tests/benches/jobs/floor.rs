//! The floor: pgbench calls the functions that a worker calls, and nothing else.
//!
//! Two clients with the batch that a worker has by default, one for each of the two cores on which
//! figures are taken as a rule: more of them are no faster.

use std::process::Command;

use super::lab::{Lab, Result};

const BATCH: usize = 1000;
const CLIENTS: usize = 2;
const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/jobs/floor.sql");

/// Drains the jobs that wait in this database; jobs per second.
pub fn drain(lab: &Lab, url: &str, jobs: usize) -> Result<f64> {
    let worker = lab.number(url, "select jewel.enlist('floor', '1 day')")?;
    let queue = lab.number(url, "select id::bigint from jewel.queue where name = 'noop'")?;
    let turns = jobs.div_ceil(BATCH * CLIENTS);
    let mut pgbench = Command::new("pgbench");
    pgbench.args(["--no-vacuum", "--file", SCRIPT]);
    pgbench.args(["--client", &CLIENTS.to_string(), "--transactions", &turns.to_string()]);
    for (name, value) in
        [("queue", queue), ("worker", worker), ("most", BATCH as i64), ("after", 0)]
    {
        pgbench.args(["--define", &format!("{name}={value}")]);
    }
    let output = pgbench.arg(url).output().map_err(|error| format!("pgbench: {error}"))?;
    let said = String::from_utf8_lossy(&output.stdout);
    let rate = said.lines().find_map(|line| {
        let rest = line.strip_prefix("tps = ")?;
        rest.split_whitespace().next()?.parse::<f64>().ok()
    });
    let finished = lab.number(url, "select count(*) from jewel.finished")?;
    if !output.status.success() || finished != jobs as i64 {
        let why = String::from_utf8_lossy(&output.stderr);
        return Err(format!("pgbench settled {finished} of {jobs} jobs: {why}").into());
    }
    let turns_per_s = rate.ok_or("pgbench told no rate")?;
    Ok(turns_per_s * jobs as f64 / (turns * CLIENTS) as f64)
}
