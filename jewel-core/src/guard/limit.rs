//! How often: limits counted by GCRA in this process.
//!
//! Each limit of an endpoint is a cell per caller whose calls it counts together. A call is counted
//! against all of them, in order, until one is used up; the one that is nearest to its end is what
//! the answer's headers tell. Cells that are full again are dropped now and then, so that memory
//! follows the callers of one window.

use std::hash::Hash;
use std::net::IpAddr;
use std::num::NonZeroU32;
use std::ops::Add;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::time::Duration;

use governor::middleware::StateInformationMiddleware;
use governor::nanos::Nanos;
use governor::state::keyed::DashMapStateStore;
use governor::{Quota, RateLimiter};
use uuid::Uuid;

use super::Identity;
use crate::clock::Clock;
use crate::manifest::{Limit, Per};

/// How a caller stands with a limit after a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// The limit.
    pub limit: Limit,
    /// How many more calls it allows at once.
    pub remaining: u32,
    /// When it is full again.
    pub reset: Duration,
    /// How long until the next call is allowed; `None` where this one was.
    pub wait: Option<Duration>,
}

/// Counts calls against limits.
#[derive(Debug)]
pub struct Limiter {
    rules: Vec<Rule>,
    checks: AtomicU32,
    /// Seconds of the clock at the last sweep.
    swept: AtomicU64,
    clock: Clock,
}

/// How many checks pass between two looks at whether to sweep.
const SWEEP_CHECKS: u32 = 1024;
/// How often cells that are full again are dropped, in seconds.
const SWEEP_SECONDS: u64 = 60;

impl Limiter {
    /// A limiter of these limits; one whose count or window is nothing limits nothing.
    pub fn new(limits: &[Limit], clock: &Clock) -> Self {
        Self {
            rules: limits.iter().filter_map(|limit| Rule::new(*limit, clock)).collect(),
            checks: AtomicU32::new(0),
            swept: AtomicU64::new(0),
            clock: clock.clone(),
        }
    }

    /// Counts one call; `None` where nothing limits this caller.
    ///
    /// The answer is the limit nearest to its end, or the first that is used up.
    pub fn count(&self, peer: IpAddr, identity: &Identity) -> Option<Standing> {
        self.sweep();
        let mut nearest: Option<Standing> = None;
        for rule in &self.rules {
            let Some(key) = Key::of(rule.limit.per, peer, identity) else { continue };
            let standing = rule.count(&key);
            if standing.wait.is_some() {
                return Some(standing);
            }
            if nearest.is_none_or(|other| share(&standing) < share(&other)) {
                nearest = Some(standing);
            }
        }
        nearest
    }

    fn sweep(&self) {
        if self.checks.fetch_add(1, Ordering::Relaxed) % SWEEP_CHECKS != SWEEP_CHECKS - 1 {
            return;
        }
        let now = self.clock.elapsed().as_secs();
        let last = self.swept.load(Ordering::Relaxed);
        let due = now >= last.saturating_add(SWEEP_SECONDS);
        let swap = |to| self.swept.compare_exchange(last, to, Ordering::Relaxed, Ordering::Relaxed);
        if due && swap(now).is_ok() {
            self.rules.iter().for_each(|rule| rule.cells.retain_recent());
        }
    }
}

/// The part of a limit that is left.
fn share(standing: &Standing) -> f64 {
    f64::from(standing.remaining) / f64::from(standing.limit.count)
}

/// Whose calls count together.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Key {
    Global,
    Ip(IpAddr),
    Id(Uuid),
}

impl Key {
    fn of(per: Per, address: IpAddr, identity: &Identity) -> Option<Self> {
        match per {
            Per::Global => Some(Self::Global),
            Per::Ip => Some(Self::Ip(network(address))),
            Per::User => identity.user().map(|id| Self::Id(id.uuid())),
            Per::Account => identity.account().map(|id| Self::Id(id.uuid())),
        }
    }
}

/// An IPv6 client owns a whole /64, so that is what counts as one address.
fn network(peer: IpAddr) -> IpAddr {
    match peer.to_canonical() {
        IpAddr::V6(v6) => IpAddr::V6((v6.to_bits() >> 64 << 64).into()),
        v4 @ IpAddr::V4(_) => v4,
    }
}

type Cells = RateLimiter<Key, DashMapStateStore<Key>, Watch, StateInformationMiddleware>;

#[derive(Debug)]
struct Rule {
    limit: Limit,
    /// How long one call takes to come back.
    refill: Duration,
    cells: Cells,
    watch: Watch,
}

impl Rule {
    fn new(limit: Limit, clock: &Clock) -> Option<Self> {
        let burst = NonZeroU32::new(limit.count)?;
        let refill = limit.window / limit.count;
        let quota = Quota::with_period(refill)?.allow_burst(burst);
        let watch = Watch(clock.clone());
        let cells = RateLimiter::dashmap_with_clock(quota, watch.clone()).with_middleware();
        Some(Self { limit, refill, cells, watch })
    }

    fn count(&self, key: &Key) -> Standing {
        let (remaining, wait) = match self.cells.check_key(key) {
            Ok(snapshot) => (snapshot.remaining_burst_capacity(), None),
            Err(until) => {
                let now = governor::clock::Clock::now(&self.watch);
                (0, Some(until.wait_time_from(now)))
            }
        };
        let spent = self.limit.count.saturating_sub(remaining);
        Standing { limit: self.limit, remaining, reset: self.refill * spent, wait }
    }
}

/// The application's clock, as governor reads it.
#[derive(Debug, Clone)]
struct Watch(Clock);

impl governor::clock::Clock for Watch {
    type Instant = Nanos;

    fn now(&self) -> Nanos {
        // A cell that starts at zero could not be told from one that was never used.
        Nanos::from(self.0.elapsed()).add(Nanos::new(1))
    }
}
