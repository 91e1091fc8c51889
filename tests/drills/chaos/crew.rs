//! Workers as processes: each is this program again, started by `serve --role worker`, and started
//! anew whenever it ends, as a supervisor would.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::process::{Child, Command};
use tokio::task::JoinSet;
use tokio::time::sleep;

use super::Result;

/// Where Debian keeps the library that makes a process's clock lie.
const FAKETIME: [&str; 3] = [
    "/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1",
    "/usr/lib/aarch64-linux-gnu/faketime/libfaketimeMT.so.1",
    "/usr/lib/faketime/libfaketimeMT.so.1",
];
/// How long a worker's lease is good for: short, so that much is lost.
pub const LEASE: Duration = Duration::from_secs(2);
const AGAIN: Duration = Duration::from_millis(300);

/// What a worker process is told.
#[derive(Debug, Clone)]
pub struct Orders {
    pub url: String,
    pub folder: PathBuf,
}

/// The workers.
pub struct Crew {
    /// The process of each place; none while it is being started anew.
    places: Vec<Arc<Place>>,
    stop: Arc<AtomicBool>,
    minders: JoinSet<()>,
}

#[derive(Debug, Default)]
struct Place {
    process: Mutex<Option<u32>>,
    starts: AtomicU32,
}

impl Crew {
    /// Starts so many; the clock of the last one is an hour ahead where that can be done.
    pub fn start(count: usize, orders: &Orders) -> Self {
        let places: Vec<_> = (0..count).map(|_| Arc::new(Place::default())).collect();
        let stop = Arc::new(AtomicBool::new(false));
        let mut minders = JoinSet::new();
        for (at, place) in places.iter().enumerate() {
            let (place, stop, orders) = (Arc::clone(place), Arc::clone(&stop), orders.clone());
            minders.spawn(async move { mind(at, at + 1 == count, &place, &stop, &orders).await });
        }
        Self { places, stop, minders }
    }

    /// The process at a place.
    pub fn process(&self, at: usize) -> Option<u32> {
        *self.places[at % self.places.len()].process()
    }

    /// How many processes were started in all.
    pub fn starts(&self) -> u32 {
        self.places.iter().map(|place| place.starts.load(Ordering::Relaxed)).sum()
    }

    /// Lets all drain, and waits for it.
    pub async fn stop(mut self) {
        self.stop.store(true, Ordering::Relaxed);
        for place in &self.places {
            if let Some(process) = *place.process() {
                let _ = signal("TERM", process);
            }
        }
        while self.minders.join_next().await.is_some() {}
    }
}

impl Place {
    fn process(&self) -> std::sync::MutexGuard<'_, Option<u32>> {
        self.process.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether a clock can be made to lie here.
pub fn faketime() -> Option<&'static str> {
    FAKETIME.into_iter().find(|file| Path::new(file).exists())
}

/// Sends a signal by the shell, which has `kill` built in; whether the process was there.
pub fn signal(name: &str, process: u32) -> Result<bool> {
    let line = format!("kill -{name} {process} 2>/dev/null");
    Ok(std::process::Command::new("sh").args(["-c", &line]).status()?.success())
}

/// Keeps a place taken until told to stop.
async fn mind(at: usize, skewed: bool, place: &Place, stop: &AtomicBool, orders: &Orders) {
    while !stop.load(Ordering::Relaxed) {
        match spawn(at, skewed, orders) {
            Ok(mut child) => {
                place.starts.fetch_add(1, Ordering::Relaxed);
                *place.process() = child.id();
                if stop.load(Ordering::Relaxed) {
                    // Told just now, before anybody could signal this one.
                    let _ = child.id().map(|process| signal("TERM", process));
                }
                let _ = child.wait().await;
                *place.process() = None;
            }
            Err(error) => eprintln!("worker {at} was not started: {error}"),
        }
        sleep(AGAIN).await;
    }
}

fn spawn(at: usize, skewed: bool, orders: &Orders) -> Result<Child> {
    let log = orders.folder.join(format!("worker-{at}.log"));
    let log = File::options().create(true).append(true).open(log)?;
    let mut command = Command::new(std::env::current_exe()?);
    command
        .args(["serve", "--role", "worker"])
        .current_dir(&orders.folder)
        .env("DATABASE_URL", &orders.url)
        .env("JEWEL_DB__MIGRATE", "false")
        .env("JEWEL_HTTP__ADMIN_LISTEN", "127.0.0.1:0")
        .env("JEWEL_LOG__FILTER", "warn")
        .env("JEWEL_JOBS__LEASE_TTL", format!("{}s", LEASE.as_secs()))
        .env("JEWEL_JOBS__POLL_INTERVAL", "200ms")
        .env("JEWEL_JOBS__DRAIN_TIMEOUT", "5s")
        .stdin(Stdio::null())
        .stdout(log.try_clone()?)
        .stderr(log)
        .kill_on_drop(true);
    if let (true, Some(library)) = (skewed, faketime()) {
        command
            .env("LD_PRELOAD", library)
            .env("FAKETIME", "+1h")
            .env("FAKETIME_DONT_FAKE_MONOTONIC", "1");
    }
    Ok(command.spawn()?)
}
