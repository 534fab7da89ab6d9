//! Semaphores and locks under random plans, held against lines that are vectors.
//!
//! Operations come at multiples of [`STEP`] and limits end half-way between, so that what comes
//! first is never a matter of taste.

mod semaphore_model_capped;
mod semaphore_model_subject;

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;
use std::time::Duration;

use eventlet::{GreenThread, debug, sleep, spawn};
use eventlet_tests::{Log, check, panic_of, yield_now};
use proptest::collection::vec;
use proptest::prelude::*;

use semaphore_model_subject::{Held, Subject};

const STEP: Duration = Duration::from_millis(10);

#[derive(Clone, Debug)]
enum Op {
    /// By a new green thread; for so many steps and a half, if there is a limit.
    Acquire(Option<u32>),
    TryAcquire,
    /// The green thread of this number, modulo how many there are.
    Kill(usize),
    /// The permit of this number, modulo how many are held.
    Drop(usize),
    Forget(usize),
    Release,
    Sleep(u32),
}

fn ops() -> impl Strategy<Value = Vec<Op>> {
    let op = prop_oneof![
        6 => prop::option::of(0..4_u32).prop_map(Op::Acquire),
        2 => Just(Op::TryAcquire),
        2 => any::<usize>().prop_map(Op::Kill),
        4 => any::<usize>().prop_map(Op::Drop),
        1 => any::<usize>().prop_map(Op::Forget),
        1 => Just(Op::Release),
        3 => (0..4_u32).prop_map(Op::Sleep),
    ];
    vec(op, 0..60)
}

struct Run {
    subject: Subject,
    is_rlock: bool,
    /// How many there may be free.
    most: usize,
    threads: Vec<GreenThread<()>>,
    /// How many have got something without waiting for it.
    n_tried: usize,
    held: Rc<RefCell<HashMap<usize, Held>>>,
    log: Log,
    // The model.
    free: usize,
    /// Those who wait, by their numbers, and until when.
    line: Vec<(usize, Option<Duration>)>,
    holders: Vec<usize>,
    expected: Vec<String>,
    /// How many have been given something and have perhaps not run since.
    n_woken: usize,
}

impl Run {
    fn new(kind: usize, n: usize) -> Self {
        let n = if kind >= 2 { 1 } else { n };
        Run {
            subject: Subject::new(kind, n),
            is_rlock: kind == 3,
            most: if kind == 0 { usize::MAX } else { n },
            threads: Vec::new(),
            n_tried: 0,
            held: Rc::default(),
            log: Log::new(),
            free: n,
            line: Vec::new(),
            holders: Vec::new(),
            expected: Vec::new(),
            n_woken: 0,
        }
    }

    fn apply(&mut self, op: &Op) {
        match *op {
            Op::Acquire(steps) => self.acquire(steps.map(|steps| STEP * steps + STEP / 2)),
            Op::TryAcquire => {
                let subject = self.subject.clone();
                let held = spawn(move || subject.try_acquire()).wait().unwrap();
                assert_eq!(held.is_some(), self.free > 0);
                if let Some(held) = held {
                    self.n_tried += 1;
                    let number = usize::MAX - self.n_tried;
                    self.free -= 1;
                    self.holders.push(number);
                    self.held.borrow_mut().insert(number, held);
                }
            }
            Op::Kill(number) if !self.threads.is_empty() => {
                if self.n_woken > 1 {
                    // The kill would let one of them run before the others.
                    self.let_run();
                }
                let number = number % self.threads.len();
                self.threads[number].kill();
                self.line.retain(|(waiting, _)| *waiting != number);
            }
            Op::Drop(number) => {
                if let Some(held) = self.take(number) {
                    self.drop_held(held);
                    self.give();
                }
            }
            Op::Forget(number) if !self.is_rlock => {
                if let Some(Held::Permit(permit)) = self.take(number) {
                    permit.forget();
                }
            }
            Op::Release if !self.is_rlock => {
                // A bounded one, or a lock, must not be released if it is free.
                if self.free >= self.most {
                    assert!(panic_of(|| self.subject.release()).contains("released"));
                } else if self.most == usize::MAX || self.free + self.holders.len() < self.most {
                    self.subject.release();
                    self.give();
                }
            }
            Op::Sleep(steps) => self.sleep(steps),
            _ => {}
        }
        if let Some(balance) = self.subject.balance() {
            assert_eq!(balance, self.free as isize - self.line.len() as isize);
        }
        assert_eq!(self.subject.is_locked(), self.free == 0);
    }

    fn acquire(&mut self, limit: Option<Duration>) {
        let number = self.threads.len();
        let (subject, held, log) = (self.subject.clone(), self.held.clone(), self.log.clone());
        self.threads.push(spawn(move || match subject.acquire(limit) {
            Some(it) => {
                log.add(number);
                held.borrow_mut().insert(number, it);
            }
            None => log.add("-"),
        }));
        self.line.push((number, limit.map(|limit| debug::now() + limit)));
        self.serve();
        self.let_run();
    }

    fn let_run(&mut self) {
        yield_now();
        self.n_woken = 0;
    }

    fn drop_held(&self, held: Held) {
        match held {
            Held::Permit(permit) => drop(permit),
            // The lock is free with the last one.
            Held::Guards(guards) => guards.into_iter().for_each(|guard| {
                assert!(self.subject.is_locked());
                drop(guard);
            }),
        }
    }

    fn give(&mut self) {
        self.free += 1;
        self.serve();
    }

    /// Gives what is free to those who have waited longest.
    fn serve(&mut self) {
        while self.free > 0 && !self.line.is_empty() {
            let (number, _) = self.line.remove(0);
            self.free -= 1;
            self.holders.push(number);
            self.expected.push(number.to_string());
            self.n_woken += 1;
        }
    }

    fn take(&mut self, number: usize) -> Option<Held> {
        if self.holders.is_empty() {
            return None;
        }
        let number = self.holders.remove(number % self.holders.len());
        if !self.held.borrow().contains_key(&number) {
            // It has been given to one who has not run yet.
            self.let_run();
        }
        Some(self.held.borrow_mut().remove(&number).expect("the holder has it"))
    }

    fn sleep(&mut self, steps: u32) {
        let until = debug::now() + STEP * steps;
        sleep(STEP * steps);
        let is_late = |deadline: &Option<Duration>| deadline.is_some_and(|it| it < until);
        let late = self.line.extract_if(.., |(_, deadline)| is_late(deadline)).count();
        self.let_run();
        self.expected.extend(std::iter::repeat_n("-".to_owned(), late));
        assert_eq!(self.log.take(), std::mem::take(&mut self.expected).join(" "));
    }
}

fn run(kind: usize, n: usize, ops: &[Op]) {
    debug::pause_clock();
    // To a multiple of a step.
    let n_steps = debug::now().as_nanos().div_ceil(STEP.as_nanos()) as u32;
    sleep(STEP * n_steps - debug::now());
    let mut run = Run::new(kind, n);
    ops.iter().for_each(|op| run.apply(op));
    run.sleep(10);
    while !run.holders.is_empty() {
        run.apply(&Op::Drop(0));
    }
    for number in 0..run.threads.len() {
        run.apply(&Op::Kill(number));
    }
    run.sleep(0);
    assert!(run.threads.iter().all(GreenThread::is_dead));
}

#[test]
fn permits_go_to_those_who_have_waited_longest() {
    let config = ProptestConfig { cases: 600, failure_persistence: None, ..Default::default() };
    proptest!(config, |(kind in 0..4_usize, n in 0..4_usize, ops in ops())| {
        // A hub of its own, so that a case that fails leaves nothing to the next.
        let case = std::thread::spawn(move || check(|| run(kind, n, &ops)));
        prop_assert!(case.join().is_ok());
    });
}
