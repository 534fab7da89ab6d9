//! `CappedSemaphore` under random plans, held against a count and two vectors.

use std::time::Duration;

use eventlet::{CappedSemaphore, GreenThread, debug, sleep, spawn};
use eventlet_tests::{Log, check, yield_now};
use proptest::collection::vec;
use proptest::prelude::*;

use super::STEP;

#[derive(Clone, Copy, Debug, PartialEq)]
enum Way {
    Acquire,
    Release,
}

#[derive(Clone, Debug)]
enum Op {
    /// By a new green thread; for so many steps and a half, if there is a limit.
    Wait(Way, Option<u32>),
    Try(Way),
    Kill(usize),
    Sleep(u32),
}

fn ops() -> impl Strategy<Value = Vec<Op>> {
    let way = || prop_oneof![Just(Way::Acquire), Just(Way::Release)];
    let op = prop_oneof![
        6 => (way(), prop::option::of(0..4_u32)).prop_map(|(way, steps)| Op::Wait(way, steps)),
        2 => way().prop_map(Op::Try),
        2 => any::<usize>().prop_map(Op::Kill),
        3 => (0..4_u32).prop_map(Op::Sleep),
    ];
    vec(op, 0..60)
}

struct Run {
    semaphore: CappedSemaphore,
    limit: usize,
    threads: Vec<GreenThread<()>>,
    log: Log,
    // The model.
    count: usize,
    /// Those who wait, all of them to do the same.
    line: Vec<(usize, Way, Option<Duration>)>,
    expected: Vec<String>,
    /// How many have been woken and have perhaps not run since.
    n_woken: usize,
}

impl Run {
    fn apply(&mut self, op: &Op) {
        match *op {
            Op::Wait(way, steps) => self.wait(way, steps.map(|steps| STEP * steps + STEP / 2)),
            Op::Try(way) => {
                let could = match way {
                    Way::Acquire => self.semaphore.try_acquire(),
                    Way::Release => self.semaphore.try_release(),
                };
                assert_eq!(could, self.go(way));
            }
            Op::Kill(number) if !self.threads.is_empty() => {
                if self.n_woken > 1 {
                    // The kill would let one of them run before the others.
                    self.let_run();
                }
                let number = number % self.threads.len();
                self.threads[number].kill();
                self.line.retain(|(waiting, ..)| *waiting != number);
            }
            Op::Kill(_) => {}
            Op::Sleep(steps) => self.sleep(steps),
        }
        let n_waiting =
            |way| self.line.iter().filter(|(_, other, _)| *other == way).count() as isize;
        let lower = self.count as isize - n_waiting(Way::Acquire);
        let upper = (self.limit - self.count) as isize - n_waiting(Way::Release);
        assert_eq!(self.semaphore.balance(), lower - upper);
        assert_eq!(self.semaphore.is_locked(), self.count == 0 && n_waiting(Way::Release) == 0);
        let is_full = self.count == self.limit && n_waiting(Way::Acquire) == 0;
        assert_eq!(self.semaphore.is_full(), is_full);
    }

    /// Does it at once, if that can be: together with the first who waits to do the opposite.
    fn go(&mut self, way: Way) -> bool {
        if self.line.first().is_some_and(|(_, other, _)| *other != way) {
            let (number, ..) = self.line.remove(0);
            self.expected.push(number.to_string());
            self.n_woken += 1;
            return true;
        }
        let can = match way {
            Way::Acquire => self.count > 0,
            Way::Release => self.count < self.limit,
        };
        match way {
            Way::Acquire if can => self.count -= 1,
            Way::Release if can => self.count += 1,
            _ => {}
        }
        can
    }

    fn wait(&mut self, way: Way, limit: Option<Duration>) {
        let number = self.threads.len();
        let (semaphore, log) = (self.semaphore.clone(), self.log.clone());
        self.threads.push(spawn(move || {
            let could = match (way, limit) {
                (Way::Acquire, Some(limit)) => semaphore.acquire_timeout(limit),
                (Way::Release, Some(limit)) => semaphore.release_timeout(limit),
                (Way::Acquire, None) => {
                    semaphore.acquire();
                    true
                }
                (Way::Release, None) => {
                    semaphore.release();
                    true
                }
            };
            log.add(if could { number.to_string() } else { "-".into() });
        }));
        // Those who were woken before run first, and whom this one wakes runs after it.
        self.let_run();
        let n_expected = self.expected.len();
        if self.go(way) {
            self.expected.insert(n_expected, number.to_string());
        } else {
            self.line.push((number, way, limit.map(|limit| debug::now() + limit)));
        }
    }

    fn let_run(&mut self) {
        yield_now();
        self.n_woken = 0;
    }

    fn sleep(&mut self, steps: u32) {
        let until = debug::now() + STEP * steps;
        sleep(STEP * steps);
        self.let_run();
        let is_late = |deadline: &Option<Duration>| deadline.is_some_and(|it| it < until);
        let late = self.line.extract_if(.., |(.., deadline)| is_late(deadline)).count();
        self.expected.extend(std::iter::repeat_n("-".to_owned(), late));
        assert_eq!(self.log.take(), std::mem::take(&mut self.expected).join(" "));
    }
}

fn run(count: usize, limit: usize, ops: &[Op]) {
    debug::pause_clock();
    // To a multiple of a step.
    let n_steps = debug::now().as_nanos().div_ceil(STEP.as_nanos()) as u32;
    sleep(STEP * n_steps - debug::now());
    let semaphore = CappedSemaphore::new(count, limit);
    let (threads, log, line, expected, n_woken) = Default::default();
    let mut run = Run { semaphore, limit, threads, log, count, line, expected, n_woken };
    ops.iter().for_each(|op| run.apply(op));
    run.sleep(10);
    for number in 0..run.threads.len() {
        run.apply(&Op::Kill(number));
    }
    run.sleep(0);
    assert!(run.threads.iter().all(GreenThread::is_dead));
}

#[test]
fn both_lines_are_served_in_order() {
    let config = ProptestConfig { cases: 400, failure_persistence: None, ..Default::default() };
    proptest!(config, |(limit in 0..4_usize, count in 0..4_usize, ops in ops())| {
        let case = std::thread::spawn(move || check(|| run(count.min(limit), limit, &ops)));
        prop_assert!(case.join().is_ok());
    });
}
