//! What may happen to the queue, and how likely. A step names jobs, workers and leases by picks,
//! which mean one of those that there are when it is its turn: what is left out of a sequence
//! leaves the rest as good.

use std::ops::Range;

use proptest::collection::vec;
use proptest::option::weighted;
use proptest::prelude::{Just, Strategy, any, prop_oneof};
use proptest::sample::select;

use super::order::{KINDS, Order, QUEUES};
use super::queue::How;

/// One of those that there are, counted around.
pub(super) type Pick = u8;

/// How many workers there are at a time.
pub(super) const WORKERS: u8 = 2;

/// A job: one of those that it makes sense for, or any there ever was.
#[derive(Debug, Clone, Copy)]
pub(super) struct Whom {
    pub(super) pick: Pick,
    pub(super) any: bool,
}

#[derive(Debug, Clone)]
pub(super) enum Step {
    Enqueue(Vec<Order>),
    Claim {
        queue: usize,
        priority: i16,
        after: Option<Pick>,
        upto: Option<Pick>,
        most: usize,
        worker: Pick,
    },
    ClaimSuspect {
        queues: Vec<usize>,
        worker: Pick,
    },
    Settle {
        how: How,
        jobs: Vec<Pick>,
        whole: bool,
        thief: bool,
        old: Option<Pick>,
    },
    ReleaseAll {
        job: Pick,
        thief: bool,
    },
    Cancel(Whom),
    Retry(Whom),
    Discard(Whom),
    /// So many scheduled jobs, from one on; earlier or later than what is due already.
    Due {
        first: Pick,
        count: usize,
        early: bool,
    },
    Promote(usize),
    Beat(Pick),
    Expire(Pick),
    Leave(Pick),
    /// Another worker in a dead one's stead.
    Enlist(Pick),
    Rescue(usize),
    Pause(usize),
    Resume(usize),
    OutlastLocks,
}

/// What happens so many times, with two kinds and two queues: few things meet more often.
pub(super) fn steps(times: Range<usize>) -> impl Strategy<Value = Vec<Step>> {
    let kinds = [0..KINDS.len(), 0..KINDS.len()];
    let queues = [0..QUEUES.len(), 0..QUEUES.len()];
    (kinds, queues, vec(order(), 1..9), vec(few(), times)).prop_map(
        |(kinds, queues, first, few)| {
            let mut steps = vec![Step::Enqueue(first)];
            steps.extend(few.concat());
            for step in &mut steps {
                match step {
                    Step::Enqueue(orders) => {
                        for order in orders {
                            order.kind = kinds[order.kind];
                            order.queue = queues[order.queue];
                        }
                    }
                    Step::Claim { queue, .. } | Step::Pause(queue) | Step::Resume(queue) => {
                        *queue = queues[*queue];
                    }
                    _ => {}
                }
            }
            steps
        },
    )
}

/// One step, or several that make sense together only.
fn few() -> impl Strategy<Value = Vec<Step>> {
    let one = |step| vec![step];
    prop_oneof![
        5 => vec(order(), 1..7).prop_map(Step::Enqueue).prop_map(one),
        9 => claim().prop_map(one),
        3 => claim_suspect().prop_map(one),
        8 => settle().prop_map(one),
        2 => worker().prop_map(crash),
        3 => suspects(),
        3 => (due(), due(), prop_oneof![1..3usize, Just(100)])
            .prop_map(|(late, early, most)| later(late, early, most)),
        2 => whom().prop_map(Step::Cancel).prop_map(one),
        2 => (whom(), prop_oneof![settle().prop_map(one), worker().prop_map(crash)])
            .prop_map(|(whom, then)| [vec![Step::Cancel(whom)], then].concat()),
        3 => whom().prop_map(Step::Retry).prop_map(one),
        5 => rare().prop_map(one),
    ]
}

/// A worker is not heard of any more, and another comes.
fn crash(worker: Pick) -> Vec<Step> {
    vec![Step::Expire(worker), Step::Rescue(100), Step::Enlist(worker)]
}

/// What is claimed becomes suspect, and is ready again.
fn suspects() -> impl Strategy<Value = Vec<Step>> {
    (claim(), worker(), prop_oneof![claim(), claim_suspect()]).prop_map(|(claim, worker, next)| {
        [vec![claim], crash(worker), later((0, 100), (0, 0), 100), vec![next]].concat()
    })
}

/// Time goes by for these scheduled jobs.
fn later(late: (Pick, usize), early: (Pick, usize), most: usize) -> Vec<Step> {
    vec![
        Step::Due { first: late.0, count: late.1, early: false },
        Step::Due { first: early.0, count: early.1, early: true },
        Step::Promote(most),
    ]
}

fn due() -> impl Strategy<Value = (Pick, usize)> {
    (any::<Pick>(), 0..4usize)
}

fn order() -> impl Strategy<Value = Order> {
    let wait = prop_oneof![6 => Just(None), 1 => Just(Some(-1)), 2 => Just(Some(1))];
    let key = weighted(0.8, select(vec![-5, 3]));
    let unique = weighted(0.4, prop_oneof![3 => Just(0), 1 => Just(1)]);
    (0..2usize, 0..2usize, priority(), key, unique, wait).prop_map(
        |(kind, queue, priority, key, unique, wait)| Order {
            kind,
            queue,
            priority,
            key,
            unique,
            wait,
        },
    )
}

/// Mostly the same, so that many wait in one order.
fn priority() -> impl Strategy<Value = i16> {
    prop_oneof![6 => Just(1), 1 => Just(0), 1 => Just(2)]
}

fn worker() -> impl Strategy<Value = Pick> {
    0..WORKERS
}

fn whom() -> impl Strategy<Value = Whom> {
    let any_job = prop_oneof![3 => Just(false), 1 => Just(true)];
    (any::<Pick>(), any_job).prop_map(|(pick, any)| Whom { pick, any })
}

fn claim() -> impl Strategy<Value = Step> {
    let most = prop_oneof![6 => 1..5usize, 1 => Just(40)];
    let ends = (weighted(0.3, any::<Pick>()), weighted(0.3, any::<Pick>()));
    (0..2usize, priority(), ends, most, worker()).prop_map(
        |(queue, priority, (after, upto), most, worker)| Step::Claim {
            queue,
            priority,
            after,
            upto,
            most,
            worker,
        },
    )
}

fn claim_suspect() -> impl Strategy<Value = Step> {
    let all = vec![vec![0, 1, 2, 3], vec![2, 3], vec![1, 2]];
    (select(all), worker()).prop_map(|(queues, worker)| Step::ClaimSuspect { queues, worker })
}

fn settle() -> impl Strategy<Value = Step> {
    let how = prop_oneof![
        3 => Just(How::Complete),
        2 => Just(How::Retry),
        1 => Just(How::Dead),
        1 => Just(How::Stopped),
        1 => Just(How::Snooze),
        2 => Just(How::Release),
    ];
    let thief = prop_oneof![5 => Just(false), 1 => Just(true)];
    (how, vec(any::<Pick>(), 1..4), any::<bool>(), thief, weighted(0.3, any::<Pick>()))
        .prop_map(|(how, jobs, whole, thief, old)| Step::Settle { how, jobs, whole, thief, old })
}

fn rare() -> impl Strategy<Value = Step> {
    let thief = prop_oneof![3 => Just(false), 1 => Just(true)];
    prop_oneof![
        2 => (any::<Pick>(), thief).prop_map(|(job, thief)| Step::ReleaseAll { job, thief }),
        1 => whom().prop_map(Step::Discard),
        1 => worker().prop_map(Step::Beat),
        1 => worker().prop_map(Step::Expire),
        1 => worker().prop_map(Step::Leave),
        4 => worker().prop_map(Step::Enlist),
        1 => (1..3usize).prop_map(Step::Rescue),
        1 => (0..2usize).prop_map(Step::Pause),
        4 => (0..2usize).prop_map(Step::Resume),
        3 => Just(Step::OutlastLocks),
    ]
}
