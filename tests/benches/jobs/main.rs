//! The job queue beside its floor and its peers, on one PostgreSQL.
//!
//! One server of its own, started by the framework's launcher with a production server's durable
//! settings, serves all contenders in turn: jewel's worker in this process; pgbench, which calls
//! the same SQL functions and does nothing else (the floor: what a worker could reach that costs
//! nothing); graphile-worker and pg-boss in node. `BullMQ` has a Redis that keeps nothing on disk.
//! Each begins with a new database that was vacuumed and checkpointed. Jobs do nothing and have
//! some 230 bytes of arguments; history is kept. A drain ends when all is settled.
//!
//! Servers, workers and whoever enqueues share this machine's cores, two of them as a rule: only
//! ratios between contenders say something, not the figures. They take turns within each round,
//! and the medians of the rounds are told. Where there is no npm the floor alone is the measure.
//!
//! `cargo xtask bench jobs`; gate: jewel drains at least 0.7 as fast as the floor, and at least 1.3
//! times as fast as the fastest peer. What follows `--`:
//!
//! | | |
//! |---|---|
//! | `--quick` | 10 000 jobs, one round: to try it out |
//! | `--alone` | no peers |
//! | `--large` | only this: a drain among 1 M ready and 5 M finished rows against one without |
//! | `--held MINUTES` | only this: claims at 1000 jobs/s beside a snapshot that is held open |
//! | `drain URL SLOTS JOBS` | only this, on an empty database of one's own: to be profiled |

mod contest;
mod figures;
mod floor;
mod held;
mod jewel;
mod lab;
mod large;
mod latency;
mod peers;
mod redis;

use std::process::ExitCode;

use self::figures::Report;
use self::lab::{Lab, Result};

/// What was asked for.
#[derive(Debug, Clone, Copy)]
pub struct Plan {
    /// Jobs of one drain.
    pub jobs: usize,
    /// Jobs that are enqueued one at a time.
    pub singles: usize,
    /// Of all contenders.
    pub rounds: usize,
    /// Of one run at a rate, the first second of which is not counted.
    pub seconds: usize,
    /// Whether peers take part.
    pub peers: bool,
    scene: Scene,
}

#[derive(Debug, Clone, Copy)]
enum Scene {
    Contest,
    Large,
    Held { minutes: u64 },
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let done = match words[..] {
        ["enqueue", url, rate, seconds] => latency::child(url, rate, seconds).map(|()| true),
        ["drain", url, slots, jobs] => one(url, slots, jobs).map(|()| true),
        _ => plan(&words).and_then(measure).map(|report| {
            println!("{}", report.closing(words.contains(&"--json")));
            report.holds()
        }),
    };
    match done {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn plan(words: &[&str]) -> Result<Plan> {
    let mut plan = Plan {
        jobs: 100_000,
        singles: 4_000,
        rounds: 3,
        seconds: 21,
        peers: true,
        scene: Scene::Contest,
    };
    let mut rest = words.iter();
    while let Some(word) = rest.next() {
        match *word {
            "--quick" => {
                (plan.jobs, plan.singles, plan.rounds, plan.seconds) = (10_000, 500, 1, 6);
            }
            "--alone" => plan.peers = false,
            "--large" => plan.scene = Scene::Large,
            "--held" => {
                let minutes = rest.next().and_then(|word| word.parse().ok());
                let minutes = minutes.ok_or("`--held` takes a number of minutes")?;
                plan.scene = Scene::Held { minutes };
            }
            "--json" | "--bench" => {} // the second one is cargo's
            other => return Err(format!("`{other}` is none of the words of this bench").into()),
        }
    }
    Ok(plan)
}

/// Enqueues and drains, with nothing around it.
fn one(url: &str, slots: &str, jobs: &str) -> Result<()> {
    lab::observed()?;
    let (slots, jobs) = (slots.parse()?, jobs.parse()?);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        jewel_core::db::migrate(url, None).await?;
        eprintln!("enqueue {:.0} jobs/s", jewel::enqueue_bulk(url, jobs, jewel::Load::new).await?);
        eprintln!("drain   {:.0} jobs/s", jewel::drain(url, slots, jobs).await?);
        Ok(())
    })
}

fn measure(plan: Plan) -> Result<Report> {
    let mut lab = Lab::start()?;
    eprintln!("{}", lab.about()?);
    match plan.scene {
        Scene::Contest => contest::run(&lab, &plan),
        Scene::Large => large::run(&lab, &plan),
        Scene::Held { minutes } => held::run(&mut lab, minutes),
    }
}
