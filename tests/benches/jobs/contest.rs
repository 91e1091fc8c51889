//! The contest: all contenders in turn, round after round.

use super::figures::{Figures, Report};
use super::lab::{Lab, Result};
use super::latency::{self, From};
use super::peers::Peers;
use super::redis::Redis;
use super::{Plan, floor, jewel};

/// The least that a drain reaches of the floor, and of the fastest peer.
const OF_FLOOR: f64 = 0.7;
const OF_PEER: f64 = 1.3;
/// The most bytes of WAL that a job shall cost, enqueued and run.
const WAL: f64 = 1100.0;

/// Slots of a worker, and what a drain with so many is called. The last one is the one that is
/// compared: it claims as many at once as the floor does.
const SLOTS: [(u16, &str); 3] = [(10, "drain_10"), (50, "drain_50"), (100, "drain_100")];

/// What is told in the end.
const TOLD: [&str; 18] = [
    "enqueue_single",
    "enqueue_bulk",
    "drain_10",
    "drain_50",
    "drain_100",
    "floor",
    "floor_ratio",
    "graphile",
    "pgboss",
    "bullmq",
    "peer_ratio",
    "p50_100",
    "p99_100",
    "p50_300",
    "p99_300",
    "p99_100_apart",
    "bullmq_p99_100",
    "wal_bytes",
];

/// What takes part.
struct Contest<'a> {
    lab: &'a Lab,
    plan: &'a Plan,
    peers: Option<(Peers, Redis)>,
    figures: Figures,
}

/// One contender's turn.
type Turn = fn(&mut Contest<'_>) -> Result<()>;

pub fn run(lab: &Lab, plan: &Plan) -> Result<Report> {
    let peers = if plan.peers { invite(lab) } else { None };
    let mut contest = Contest { lab, plan, peers, figures: Figures::default() };
    let mut turns: [Turn; 6] = [drains, floor_turn, graphile, pgboss, bullmq, waits];
    for round in 1..=plan.rounds {
        eprintln!("round {round} of {}", plan.rounds);
        for turn in turns {
            turn(&mut contest)?;
        }
        contest.compare();
        turns.rotate_left(1); // nobody always comes first, or after the same one
    }
    Ok(judge(&contest.figures))
}

/// Without its peers the queue has only the floor to be measured by.
fn invite(lab: &Lab) -> Option<(Peers, Redis)> {
    match Peers::install(lab.folder()).and_then(|peers| Ok((peers, Redis::start()?))) {
        Ok(peers) => Some(peers),
        Err(error) => {
            eprintln!("no peers, only the floor counts: {error}");
            None
        }
    }
}

fn drains(contest: &mut Contest<'_>) -> Result<()> {
    let (lab, jobs) = (contest.lab, contest.plan.jobs);
    let url = lab.fresh_jewel()?;
    lab.tidy(&url)?;
    let single = lab.on(jewel::enqueue_single(&url, contest.plan.singles))?;
    contest.figures.add("enqueue_single", single);
    for (at, (slots, name)) in SLOTS.into_iter().enumerate() {
        let url = lab.fresh_jewel()?;
        lab.tidy(&url)?;
        let before = lab.wal()?;
        let bulk = lab.on(jewel::enqueue_bulk(&url, jobs))?;
        let enqueued = lab.wal()? - before;
        lab.tidy(&url)?;
        let before = lab.wal()?;
        let rate = lab.on(jewel::drain(&url, slots, jobs))?;
        let run = lab.wal()? - before;
        finished(lab, &url, jobs)?;
        if at + 1 == SLOTS.len() {
            contest.figures.add("enqueue_bulk", bulk);
            contest.figures.add("wal_enqueue", enqueued as f64 / jobs as f64);
            contest.figures.add("wal_run", run as f64 / jobs as f64);
            contest.figures.add("wal_bytes", (enqueued + run) as f64 / jobs as f64);
        }
        contest.figures.add(name, rate);
    }
    // Here would stand the drain of jobs that leave no history, wanted twice as fast as the fastest
    // peer: `#[job]` has no word yet that says so.
    Ok(())
}

/// A drain that forgot a job is none.
fn finished(lab: &Lab, url: &str, jobs: usize) -> Result<()> {
    let finished = lab.number(url, "select count(*) from jewel.finished where outcome = 1")?;
    if finished == jobs as i64 {
        return Ok(());
    }
    Err(format!("{finished} of {jobs} jobs were settled").into())
}

fn floor_turn(contest: &mut Contest<'_>) -> Result<()> {
    let (lab, jobs) = (contest.lab, contest.plan.jobs);
    let url = lab.fresh_jewel()?;
    lab.on(jewel::enqueue_bulk(&url, jobs))?;
    lab.tidy(&url)?;
    let rate = floor::drain(lab, &url, jobs)?;
    contest.figures.add("floor", rate);
    Ok(())
}

fn waits(contest: &mut Contest<'_>) -> Result<()> {
    let seconds = contest.plan.seconds;
    for rate in [100, 300] {
        let waits = latency::measure(contest.lab, From::Here, rate, seconds)?;
        contest.figures.add(&format!("p50_{rate}"), waits.p50);
        contest.figures.add(&format!("p99_{rate}"), waits.p99);
    }
    let apart = latency::measure(contest.lab, From::Apart, 100, seconds)?;
    contest.figures.add("p50_100_apart", apart.p50);
    contest.figures.add("p99_100_apart", apart.p99);
    Ok(())
}

fn graphile(contest: &mut Contest<'_>) -> Result<()> {
    contest.on_postgres("graphile", &["10", "24", "50", "100"])
}

fn pgboss(contest: &mut Contest<'_>) -> Result<()> {
    contest.on_postgres("pgboss", &["0"]) // its loops are not slots
}

fn bullmq(contest: &mut Contest<'_>) -> Result<()> {
    let Some((peers, redis)) = &contest.peers else { return Ok(()) };
    let (url, jobs) = (redis.socket(), contest.plan.jobs.to_string());
    let mut best = 0.0_f64;
    for slots in ["10", "50", "100"] {
        let [enqueue] = peers.run("bullmq", &["enqueue", &url, &jobs], ["jobs_per_s"])?;
        let [rate] = peers.run("bullmq", &["drain", &url, &jobs, slots], ["jobs_per_s"])?;
        eprintln!("  bullmq: {slots} slots: enqueue {enqueue:.0}, drain {rate:.0}");
        best = best.max(rate);
    }
    contest.figures.add("bullmq", best);
    let seconds = contest.plan.seconds.to_string();
    for rate in ["100", "300"] {
        let words = ["latency", &url, rate, &seconds];
        let [p50, p99] = peers.run("bullmq", &words, ["p50", "p99"])?;
        contest.figures.add(&format!("bullmq_p50_{rate}"), p50);
        contest.figures.add(&format!("bullmq_p99_{rate}"), p99);
    }
    Ok(())
}

impl Contest<'_> {
    /// A peer's turn: its best drain of these concurrencies, and its latency.
    fn on_postgres(&mut self, peer: &str, concurrencies: &[&str]) -> Result<()> {
        let Some((peers, _)) = &self.peers else { return Ok(()) };
        let (lab, jobs) = (self.lab, self.plan.jobs.to_string());
        let mut best = 0.0_f64;
        for slots in concurrencies {
            let url = lab.fresh("peer_bench")?;
            let [enqueue] = peers.run(peer, &["enqueue", &url, &jobs], ["jobs_per_s"])?;
            lab.tidy(&url)?;
            let [rate] = peers.run(peer, &["drain", &url, &jobs, slots], ["jobs_per_s"])?;
            eprintln!("  {peer}: {slots} slots: enqueue {enqueue:.0}, drain {rate:.0}");
            best = best.max(rate);
        }
        self.figures.add(peer, best);
        let url = lab.fresh("peer_bench")?;
        let words = ["latency", &url, "100", &self.plan.seconds.to_string()];
        let [p50, p99] = peers.run(peer, &words, ["p50", "p99"])?;
        self.figures.add(&format!("{peer}_p50_100"), p50);
        self.figures.add(&format!("{peer}_p99_100"), p99);
        Ok(())
    }

    /// The ratios of a round: what disturbed it disturbed both sides.
    fn compare(&mut self) {
        let last = |name: &str| self.figures.last(name);
        let drain = last("drain_100").unwrap_or_default();
        let floor = last("floor").map(|floor| drain / floor);
        let peers = ["graphile", "pgboss", "bullmq"].into_iter().filter_map(last);
        let peer = peers.max_by(f64::total_cmp).map(|peer| drain / peer);
        for (name, ratio) in [("floor_ratio", floor), ("peer_ratio", peer)] {
            if let Some(ratio) = ratio {
                self.figures.add(name, ratio);
            }
        }
    }
}

fn judge(figures: &Figures) -> Report {
    let median = |name: &str| figures.median(name);
    let quicker = median("p99_100").zip(median("bullmq_p99_100")).map(|(own, its)| own < its);
    figures
        .report(&TOLD)
        .gate("drain at least 0.7 of the floor", median("floor_ratio").map(|r| r >= OF_FLOOR))
        .gate("drain at least 1.3 of the fastest peer", median("peer_ratio").map(|r| r >= OF_PEER))
        .goal("p99 at 100 jobs/s below BullMQ's", quicker)
        .goal("at most 1.1 kB of WAL per job", median("wal_bytes").map(|bytes| bytes <= WAL))
}
