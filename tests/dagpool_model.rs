//! Random graphs, posts, kills, failures and waits, held against a simple model of a `DAGPool`.
//!
//! Nothing happens twice at the same moment: operations come at multiples of [`STEP`], and each
//! green thread sleeps a number of steps and a power of two of microseconds that is its own.

mod dagpool_model_reference;

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use eventlet::dagpool::{Cause, DAGPool, PropagateError, Results};
use eventlet::{debug, sleep, spawn};
use eventlet_tests::check;
use proptest::collection::vec;
use proptest::prelude::*;

use dagpool_model_reference::{End, Key, Model, Needs, Way};

const N_KEYS: Key = 8;
const STEP: Duration = Duration::from_millis(10);

/// More do not have a power of two.
const MOST_SPAWNS: usize = 12;

#[derive(Clone, Debug)]
enum Op {
    Spawn(Vec<(Key, Needs)>, Way, u32),
    Post(Key),
    PostOrReplace(Key),
    PostError(Key),
    Kill(Key),
    Sleep(u32),
    /// For these keys, for so many steps and nearly another one.
    Wait(Needs, u32),
}

fn ops() -> impl Strategy<Value = Vec<Op>> {
    let key = || 0..N_KEYS;
    let needs = || vec(key(), 0..4);
    let way = prop_oneof![
        4 => Just(Way::Return),
        1 => Just(Way::Fail),
        1 => Just(Way::Panic),
        1 => Just(Way::Post),
    ];
    let spawns = prop_oneof![5 => vec((key(), needs()), 1), 1 => vec((key(), needs()), 2..5)];
    let op = prop_oneof![
        8 => (spawns, way, 0..4_u32).prop_map(|(spawns, way, steps)| Op::Spawn(spawns, way, steps)),
        2 => key().prop_map(Op::Post),
        1 => key().prop_map(Op::PostOrReplace),
        1 => key().prop_map(Op::PostError),
        2 => key().prop_map(Op::Kill),
        3 => (0..4_u32).prop_map(Op::Sleep),
        2 => (needs(), 0..6_u32).prop_map(|(keys, steps)| Op::Wait(keys, steps)),
    ];
    vec(op, 0..40)
}

type Pool = DAGPool<Key, u64>;

/// What the pool does and what the model says, side by side.
struct Run {
    pool: Pool,
    model: Model,
    n_spawned: usize,
    /// The keys in the order in which one who waits for all of them was given them.
    order: Rc<RefCell<Vec<Key>>>,
}

impl Run {
    fn apply(&mut self, op: &Op, number: u64) {
        match op {
            Op::Spawn(graph, way, steps) => self.spawn(graph, *way, *steps),
            Op::Post(key) => {
                let is_posted = self.pool.post(*key, number).is_ok();
                assert_eq!(is_posted, self.model.post(*key, End::Value(number), false));
            }
            Op::PostOrReplace(key) => {
                let is_posted = self.pool.post_or_replace(*key, number).is_ok();
                assert_eq!(is_posted, self.model.post(*key, End::Value(number), true));
            }
            Op::PostError(key) => {
                let is_posted = self.pool.post_error(*key, "posted").is_ok();
                let end = End::Failure(vec![*key], "posted");
                assert_eq!(is_posted, self.model.post(*key, end, false));
            }
            Op::Kill(key) => assert_eq!(self.pool.kill(*key), self.model.kill(*key)),
            Op::Sleep(steps) => self.sleep_to(debug::now() + STEP * *steps),
            Op::Wait(keys, steps) => {
                let limit = STEP * *steps + STEP * 9 / 10;
                let end = self.model.wait(keys, debug::now() + limit);
                let result = self.pool.wait_timeout(keys.iter().copied(), limit);
                assert_eq!(result.map(|result| result.map_err(|error| failure(&error))), end);
                self.align();
            }
        }
        self.compare();
    }

    fn spawn(&mut self, graph: &[(Key, Needs)], way: Way, steps: u32) {
        if self.n_spawned + graph.len() > MOST_SPAWNS {
            return;
        }
        let first = self.n_spawned;
        let naps: Vec<_> = (first..)
            .map(|own| STEP * steps + Duration::from_micros(1 << own))
            .take(graph.len())
            .collect();
        let body = {
            let (pool, graph, naps) = (self.pool.clone(), graph.to_vec(), naps.clone());
            move |key, results: Results<Key, u64>| {
                let nap = naps[graph.iter().position(|(other, _)| *other == key).unwrap()];
                let values = results.wait_all();
                sleep(nap);
                let value = values?.into_values().sum::<u64>() + 1;
                match way {
                    Way::Return => Ok(value),
                    Way::Fail => Err("failed".into()),
                    Way::Panic => panic!("panicked"),
                    Way::Post => {
                        pool.post(key, value)?;
                        sleep(nap);
                        Ok(0)
                    }
                }
            }
        };
        if self.model.has_failing() {
            // So that they let go of what else they needed.
            sleep(Duration::ZERO);
        }
        let allowed = self.model.spawn(graph, way, &naps);
        let spawned = match graph {
            [(key, needs)] => self.pool.spawn(*key, needs.clone(), body),
            _ => self.pool.spawn_many(graph.iter().cloned(), body),
        };
        match (&spawned, allowed) {
            (Ok(()), Ok(())) => self.n_spawned += graph.len(),
            (Err(error), Err(is_cycle)) => assert_eq!(error.is_cycle(), is_cycle, "{error}"),
            (spawned, allowed) => panic!("{spawned:?} instead of {allowed:?}"),
        }
    }

    fn sleep_to(&mut self, moment: Duration) {
        sleep(moment - debug::now());
        assert_eq!(debug::now(), moment);
        self.model.go_on(moment);
    }

    /// Sleeps until the next multiple of a step.
    fn align(&mut self) {
        let steps = debug::now().as_micros().div_ceil(STEP.as_micros());
        self.sleep_to(STEP * steps as u32);
    }

    /// Everything that the pool says of itself.
    fn compare(&self) {
        for key in 0..N_KEYS {
            let end = self.pool.try_get(key).map(|result| end(&result));
            assert_eq!(end.as_ref(), self.model.end_of(key), "{key}");
            let mut missing: Option<Vec<_>> =
                self.pool.waiting_for(key).map(|keys| keys.into_iter().collect());
            missing.iter_mut().for_each(|keys| keys.sort_unstable());
            if let Some(expected) = self.model.missing_of(key) {
                assert_eq!(missing, expected, "{key}");
            }
        }
        assert_eq!(self.pool.keys(), self.model.ended());
        assert_eq!(self.pool.running_keys(), self.model.running());
        assert_eq!(self.pool.running(), self.model.running().len());
    }
}

fn end(result: &Result<u64, PropagateError<Key>>) -> End {
    match result {
        Ok(value) => End::Value(*value),
        Err(error) => failure(error),
    }
}

fn failure(error: &PropagateError<Key>) -> End {
    let why = match error.cause() {
        Cause::Panicked(text) if text == "panicked" => "panicked",
        Cause::Killed => "killed",
        Cause::Error(error) if error.to_string() == "posted" => "posted",
        Cause::Error(error) if error.to_string() == "failed" => "failed",
        cause => panic!("{cause:?}"),
    };
    assert_eq!(error.path().last(), Some(error.key()));
    End::Failure(error.path().to_vec(), why)
}

fn run(ops: &[Op]) {
    debug::pause_clock();
    sleep(STEP);
    let (pool, order) = (Pool::new(), Rc::new(RefCell::default()));
    let model = Model::new(debug::now());
    let mut run = Run { pool: pool.clone(), model, n_spawned: 0, order: order.clone() };
    run.align();
    let watcher = spawn(move || {
        let keys = pool.wait_each(0..N_KEYS).map(|(key, _)| key);
        keys.for_each(|key| order.borrow_mut().push(key));
    });
    sleep(Duration::ZERO);
    for (number, op) in ops.iter().enumerate() {
        run.apply(op, 1000 * number as u64);
    }
    // Whoever can end has ended by then; the others wait for what nobody makes.
    run.apply(&Op::Sleep(200), 0);
    while let Some(&key) = run.pool.running_keys().first() {
        assert_ne!(run.pool.waiting_for(key), Some(Default::default()), "{key} does not end");
        run.apply(&Op::Kill(key), 0);
        run.apply(&Op::Sleep(100), 0);
    }
    assert_eq!(run.pool.running(), 0);
    assert_eq!(*run.order.borrow(), run.model.first_ends());
    assert_eq!(watcher.is_dead(), run.model.first_ends().len() == N_KEYS as usize);
    watcher.kill();
}

#[test]
fn pools_do_what_the_model_says() {
    let config = ProptestConfig { cases: 400, failure_persistence: None, ..Default::default() };
    proptest!(config, |(ops in ops())| {
        // A hub of its own, so that a case that fails leaves nothing to the next.
        let case = std::thread::spawn(move || check(|| run(&ops)));
        prop_assert!(case.join().is_ok());
    });
}
