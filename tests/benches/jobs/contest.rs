//! The contest: all contenders in turn, round after round.

use super::figures::{Figures, Report};
use super::jewel::{Light, Load};
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

/// Slots of the worker that is compared: it claims as many jobs at once as the floor does.
const SLOTS: u16 = 100;

const PEERS: [&str; 3] = ["graphile", "pgboss", "bullmq"];

/// With how many slots each peer drains. Those of pg-boss are its loops, each with a batch.
const PEER_SLOTS: [(&str, &str); 8] = [
    ("graphile", "10"),
    ("graphile", "24"), // its own advice
    ("graphile", "50"),
    ("graphile", "100"),
    ("pgboss", "2"),
    ("bullmq", "10"),
    ("bullmq", "50"),
    ("bullmq", "100"),
];

/// What is told in the end.
const TOLD: [&str; 20] = [
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
    "drain_light",
    "light_ratio",
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
    // Jewel's drain stands beside those that it is compared with: what disturbs one disturbs both.
    let mut drains: [Turn; 5] = [bullmq, graphile, jewel_drain, floor_drain, pgboss];
    let rest: [Turn; 3] = [jewel_rest, jewel_waits, peers_wait];
    for round in 1..=plan.rounds {
        eprintln!("round {round} of {}", plan.rounds);
        for turn in drains.iter().chain(&rest) {
            turn(&mut contest)?;
        }
        drains.reverse(); // nobody always comes first
    }
    Ok(judge(&mut contest.figures))
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

fn jewel_drain(contest: &mut Contest<'_>) -> Result<()> {
    contest.drain_with(SLOTS, "drain_100", true)
}

fn jewel_rest(contest: &mut Contest<'_>) -> Result<()> {
    let lab = contest.lab;
    let url = lab.fresh_jewel()?;
    lab.tidy(&url)?;
    let single = lab.on(jewel::enqueue_single(&url, contest.plan.singles))?;
    contest.figures.add("enqueue_single", single);
    contest.drain_with(10, "drain_10", false)?;
    contest.drain_with(50, "drain_50", false)?;
    contest.drain_light()
}

fn floor_drain(contest: &mut Contest<'_>) -> Result<()> {
    let (lab, jobs) = (contest.lab, contest.plan.jobs);
    let url = lab.fresh_jewel()?;
    lab.on(jewel::enqueue_bulk(&url, jobs, Load::new))?;
    lab.tidy(&url)?;
    let rate = floor::drain(lab, &url, jobs)?;
    contest.figures.add("floor", rate);
    Ok(())
}

fn graphile(contest: &mut Contest<'_>) -> Result<()> {
    contest.peer_drains("graphile")
}

fn pgboss(contest: &mut Contest<'_>) -> Result<()> {
    contest.peer_drains("pgboss")
}

fn bullmq(contest: &mut Contest<'_>) -> Result<()> {
    contest.peer_drains("bullmq")
}

fn jewel_waits(contest: &mut Contest<'_>) -> Result<()> {
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

fn peers_wait(contest: &mut Contest<'_>) -> Result<()> {
    contest.peer_waits("graphile", 100)?;
    contest.peer_waits("pgboss", 100)?;
    contest.peer_waits("bullmq", 100)?;
    contest.peer_waits("bullmq", 300)
}

impl Contest<'_> {
    /// Jewel's drain with so many slots. The WAL is told too, of which no claim size changes much.
    fn drain_with(&mut self, slots: u16, name: &str, wal: bool) -> Result<()> {
        let (lab, jobs) = (self.lab, self.plan.jobs);
        let url = lab.fresh_jewel()?;
        lab.tidy(&url)?;
        let before = lab.wal()?;
        let bulk = lab.on(jewel::enqueue_bulk(&url, jobs, Load::new))?;
        let enqueued = lab.wal()? - before;
        lab.tidy(&url)?;
        let before = lab.wal()?;
        let rate = lab.on(jewel::drain(&url, slots, jobs))?;
        let run = lab.wal()? - before;
        let sql = "select count(*) from jewel.finished where outcome = 1";
        let finished = lab.number(&url, sql)?;
        if finished != jobs as i64 {
            return Err(format!("{finished} of {jobs} jobs were settled").into());
        }
        if wal {
            self.figures.add("enqueue_bulk", bulk);
            self.figures.add("wal_enqueue", enqueued as f64 / jobs as f64);
            self.figures.add("wal_run", run as f64 / jobs as f64);
            self.figures.add("wal_bytes", (enqueued + run) as f64 / jobs as f64);
        }
        self.figures.add(name, rate);
        Ok(())
    }

    /// A drain of jobs of which nothing is kept, as the peers keep nothing.
    fn drain_light(&mut self) -> Result<()> {
        let (lab, jobs) = (self.lab, self.plan.jobs);
        let url = lab.fresh_jewel()?;
        lab.on(jewel::declare(&url))?;
        lab.on(jewel::enqueue_bulk(&url, jobs, Light::new))?;
        lab.tidy(&url)?;
        let rate = lab.on(jewel::drain(&url, SLOTS, jobs))?;
        let left =
            "select (select count(*) from jewel.job) + (select count(*) from jewel.finished)";
        let left = lab.number(&url, left)?;
        if left != 0 {
            return Err(format!("{left} rows are left of {jobs} jobs").into());
        }
        self.figures.add("drain_light", rate);
        Ok(())
    }

    /// A peer's drains, with each number of slots.
    fn peer_drains(&mut self, peer: &str) -> Result<()> {
        let Some((peers, redis)) = &self.peers else { return Ok(()) };
        let (lab, jobs) = (self.lab, self.plan.jobs.to_string());
        for (_, slots) in PEER_SLOTS.iter().filter(|(name, _)| *name == peer) {
            let on_redis = peer == "bullmq";
            let url = if on_redis { redis.socket() } else { lab.fresh("peer_bench")? };
            let [bulk] = peers.run(peer, &["enqueue", &url, &jobs], ["jobs_per_s"])?;
            if !on_redis {
                lab.tidy(&url)?;
            }
            let [rate] = peers.run(peer, &["drain", &url, &jobs, slots], ["jobs_per_s"])?;
            self.figures.add(&format!("{peer}_enqueue"), bulk);
            self.figures.add(&format!("{peer}_{slots}"), rate);
        }
        Ok(())
    }

    fn peer_waits(&mut self, peer: &str, rate: usize) -> Result<()> {
        let Some((peers, redis)) = &self.peers else { return Ok(()) };
        let url = if peer == "bullmq" { redis.socket() } else { self.lab.fresh("peer_bench")? };
        let (rate, seconds) = (rate.to_string(), self.plan.seconds.to_string());
        let words = ["latency", &url, &rate, &seconds];
        let [p50, p99] = peers.run(peer, &words, ["p50", "p99"])?;
        self.figures.add(&format!("{peer}_p50_{rate}"), p50);
        self.figures.add(&format!("{peer}_p99_{rate}"), p99);
        Ok(())
    }
}

/// A peer is as fast as with the slots that suit it best.
fn judge(figures: &mut Figures) -> Report {
    let mut fastest: Option<(f64, String)> = None;
    for peer in PEERS {
        let of = PEER_SLOTS.iter().filter(|(name, _)| *name == peer);
        let rates = of.filter_map(|(_, slots)| {
            let name = format!("{peer}_{slots}");
            Some((figures.median(&name)?, name))
        });
        if let Some((rate, name)) = rates.max_by(|one, other| one.0.total_cmp(&other.0)) {
            figures.add(peer, rate);
            fastest = fastest.filter(|(most, _)| *most >= rate).or(Some((rate, name)));
        }
    }
    figures.compare("floor_ratio", "drain_100", "floor");
    if let Some((_, fastest)) = fastest {
        figures.compare("peer_ratio", "drain_100", &fastest);
        figures.compare("light_ratio", "drain_light", &fastest);
    }
    let median = |name: &str| figures.median(name);
    let quicker = median("p99_100").zip(median("bullmq_p99_100")).map(|(own, its)| own < its);
    figures
        .report(&TOLD)
        .gate("drain at least 0.7 of the floor", median("floor_ratio").map(|r| r >= OF_FLOOR))
        .gate("drain at least 1.3 of the fastest peer", median("peer_ratio").map(|r| r >= OF_PEER))
        .goal(
            "twice the fastest peer where nothing is kept",
            median("light_ratio").map(|r| r >= 2.0),
        )
        .goal("p99 at 100 jobs/s below BullMQ's", quicker)
        .goal("at most 1.1 kB of WAL per job", median("wal_bytes").map(|bytes| bytes <= WAL))
}
