//! Queues against a model of them: random operations by green threads that come, wait, time out
//! and are killed, at two queues at once.
//!
//! `PROPTEST_CASES` says how many runs are tried for each kind of queue, 100 unless told.

mod queue_model_kinds;
mod queue_model_steps;
mod queue_model_truth;

use std::env;
use std::rc::Rc;
use std::time::Duration;

use eventlet::{LifoQueue, LightQueue, PriorityQueue, Queue, debug, hubs};
use eventlet_tests::check_within;
use proptest::test_runner::{Config, TestRunner};

use queue_model_kinds::{AnyQueue, Item};
use queue_model_steps::{Run, steps};
use queue_model_truth::Next;

/// Does the same with queues and with the model, and compares after each step.
fn follow_the_model<Q: AnyQueue>(next: Next) {
    check_within(Duration::from_secs(600), || {
        debug::pause_clock();
        let result = TestRunner::new(config()).run(&steps(), |steps| {
            let witness = Rc::new(());
            let mut run = Run::<Q>::new(next, witness.clone());
            steps.into_iter().for_each(|step| run.take(step));
            run.finish();
            drop(run);
            assert_eq!(Rc::strong_count(&witness), 1, "every item is dropped once");
            assert_eq!(hubs::get_hub().stats().green_threads, 0);
            Ok(())
        });
        result.unwrap_or_else(|error| panic!("{error}"));
    });
}

fn config() -> Config {
    let mut config = Config { failure_persistence: None, ..Config::default() };
    if env::var_os("PROPTEST_CASES").is_none() {
        config.cases = 100;
    }
    config
}

#[test]
fn a_light_queue_does_what_its_model_does() {
    follow_the_model::<LightQueue<Item>>(Next::Oldest);
}

#[test]
fn a_queue_does_what_its_model_does() {
    follow_the_model::<Queue<Item>>(Next::Oldest);
}

#[test]
fn a_priority_queue_does_what_its_model_does() {
    follow_the_model::<PriorityQueue<Item>>(Next::Smallest);
}

#[test]
fn a_lifo_queue_does_what_its_model_does() {
    follow_the_model::<LifoQueue<Item>>(Next::Newest);
}
