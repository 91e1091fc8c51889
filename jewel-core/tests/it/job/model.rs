//! The queue's functions beside a small model of what they promise: whatever happens to the queue,
//! in whatever order, both say the same, and every job is in exactly one place. One step at a time:
//! what happens between functions that run at once is for other tests.

mod database;
mod mutant;
mod order;
mod place;
mod play;
mod queue;
mod step;

use std::cell::RefCell;
use std::ops::Range;

use proptest::test_runner::{Config, RngSeed, TestCaseError, TestError, TestRunner};
use tokio::runtime::Runtime;

use self::database::Database;
use self::mutant::MUTANTS;
use self::step::{Step, steps};
use super::world::World;

/// A database of the test's own, and the runtime that speaks with it.
struct Bench {
    runtime: Runtime,
    database: RefCell<Database>,
    _world: World,
}

impl Bench {
    fn new() -> Self {
        let runtime = Runtime::new().unwrap();
        let world = runtime.block_on(World::new());
        let database = RefCell::new(runtime.block_on(Database::new(&world)).unwrap());
        Self { runtime, database, _world: world }
    }

    /// Plays sequences of so many events, up to the first in which the two differ.
    fn play(&self, config: Config, times: Range<usize>) -> Result<(), TestError<Vec<Step>>> {
        TestRunner::new(config).run(&steps(times), |steps| {
            let database = &mut *self.database.borrow_mut();
            let played = self.runtime.block_on(play::play(database, &steps));
            played.map_err(|error| TestCaseError::fail(error.to_string()))
        })
    }

    fn alter(&self, sql: String) {
        self.runtime.block_on(self.database.borrow_mut().alter(sql)).unwrap();
    }

    fn definition(&self, function: &str) -> String {
        self.runtime.block_on(self.database.borrow_mut().definition(function)).unwrap()
    }
}

/// How many sequences are played, where `PROPTEST_CASES` does not say it.
const CASES: u32 = 150;

fn config() -> Config {
    let told = std::env::var_os("PROPTEST_CASES").is_some();
    let default = Config::default();
    let cases = if told { default.cases } else { CASES };
    Config { cases, max_shrink_iters: 2000, failure_persistence: None, ..default }
}

#[test]
fn the_functions_do_what_the_model_says() {
    let outcome = Bench::new().play(config(), 0..32);
    if let Err(TestError::Fail(reason, steps)) = &outcome {
        let steps: Vec<String> = steps.iter().map(|step| format!("{step:?}")).collect();
        panic!("{reason}\nThese steps lead there:\n{}", steps.join("\n"));
    }
    outcome.unwrap();
}

#[test]
fn a_function_that_breaks_a_promise_is_found_out() {
    let bench = Bench::new();
    let mut missed = Vec::new();
    let seed = RngSeed::Fixed(1);
    let config = Config { cases: CASES, max_shrink_iters: 0, rng_seed: seed, ..config() };
    for mutant in MUTANTS {
        let sound = bench.definition(mutant.function);
        assert!(sound.contains(mutant.from), "{mutant:?} changes nothing");
        bench.alter(sound.replace(mutant.from, mutant.to));
        if !matches!(bench.play(config.clone(), 16..32), Err(TestError::Fail(..))) {
            missed.push(mutant);
        }
        bench.alter(sound);
    }
    assert!(missed.is_empty(), "nobody noticed {missed:#?}");
}
