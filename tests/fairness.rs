//! Whoever keeps the hub busy, everyone else goes on. What is counted is turns of the busy ones,
//! not time.

use std::cell::Cell;
use std::io::{Read, Write};
use std::panic::catch_unwind;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

use eventlet::{Handle, current, sleep, spawn, spawn_n, tpool};
use eventlet_tests::net::pair;
use eventlet_tests::{check, ms, yield_now};

/// How often the hub looks outside: at least once in so many resumes.
const TURN: u64 = 61;

/// What keeps the hub busy, until it is told to stop.
#[derive(Clone, Default)]
struct Busy {
    n_turns: Arc<AtomicU64>,
    stop: Arc<AtomicU64>,
}

impl Busy {
    /// Counts a turn; says whether to go on.
    fn goes_on(&self) -> bool {
        self.n_turns.fetch_add(1, Relaxed);
        self.stop.load(Relaxed) == 0
    }

    fn n_turns(&self) -> u64 {
        self.n_turns.load(Relaxed)
    }

    fn stop(&self) {
        self.stop.store(1, Relaxed);
    }

    /// How many turns it has while `f` runs.
    fn turns_during(&self, f: impl FnOnce()) -> u64 {
        let before = self.n_turns();
        f();
        self.n_turns() - before
    }
}

/// Asserts that `keep_busy`, whose green threads take `n_turns` turns in a pass of the run queue at
/// most, starves nobody.
fn starves_nobody(n_turns: u64, keep_busy: impl FnOnce(Busy)) {
    let busy = Busy::default();
    keep_busy(busy.clone());
    yield_now();
    let look = TURN + n_turns;
    let messages = exchange_messages(&busy);
    assert!(messages <= 4 * look, "{messages} turns for a message there and back");
    let timer = median(|| busy.turns_during(|| sleep(Duration::from_nanos(1))));
    assert!(timer <= 2 * look, "{timer} turns for a timer");
    let result = median(|| turns_until_a_result_arrives(&busy));
    assert!(result <= 20 * look, "{result} turns for the result of another thread");
    let start = busy.turns_during(|| spawn(|| ()).wait().unwrap());
    assert!(start <= 4 * n_turns, "{start} turns for a new green thread");
    busy.stop();
    while eventlet::hubs::get_hub().stats().green_threads > 0 {
        sleep(Duration::from_nanos(1));
    }
}

/// How many turns it takes to send a byte and get it back.
fn exchange_messages(busy: &Busy) -> u64 {
    let (mut client, mut server) = pair();
    let echo = spawn(move || {
        let mut byte = [0];
        while server.read(&mut byte).unwrap() == 1 {
            server.write_all(&byte).unwrap();
        }
    });
    let n_turns = median(|| {
        busy.turns_during(|| {
            client.write_all(b"x").unwrap();
            client.read_exact(&mut [0]).unwrap();
        })
    });
    drop(client);
    echo.wait().unwrap();
    n_turns
}

/// From when another OS thread has its result until the green thread that waits for it runs.
fn turns_until_a_result_arrives(busy: &Busy) -> u64 {
    let theirs = busy.clone();
    let ready = tpool::execute(move || theirs.n_turns());
    busy.n_turns() - ready
}

/// What a measurement says in the middle: one may be disturbed, by the system or by a turn that
/// was just about to end.
fn median(mut measure: impl FnMut() -> u64) -> u64 {
    let mut all: Vec<u64> = (0..21).map(|_| measure()).collect();
    all.sort_unstable();
    all[all.len() / 2]
}

#[test]
fn a_loop_of_yields_starves_nobody() {
    check(|| {
        starves_nobody(1, |busy| {
            spawn_n(move || {
                while busy.goes_on() {
                    yield_now();
                }
            });
        });
    });
}

#[test]
fn two_that_wake_each_other_starve_nobody() {
    check(|| {
        starves_nobody(2, |busy| {
            spawn_n(move || {
                while busy.goes_on() {
                    let busy = busy.clone();
                    spawn(move || busy.goes_on()).wait().unwrap();
                }
            });
        });
    });
}

#[test]
fn a_chain_of_spawns_starves_nobody() {
    fn link(busy: Busy) {
        if busy.goes_on() {
            spawn_n(move || link(busy));
        }
    }
    check(|| starves_nobody(1, link));
}

/// Who is killed runs before all others, but not for ever.
#[test]
fn two_that_kill_each_other_starve_nobody() {
    fn kill_again_and_again(busy: &Busy, other: &Cell<Option<Handle>>) {
        while busy.goes_on() {
            let _ = catch_unwind(std::panic::AssertUnwindSafe(|| {
                let victim = other.take();
                other.set(victim.clone());
                victim.expect("both have begun").kill();
                // Here arrives what the other one has thrown meanwhile, and it is killed at once.
                sleep(Duration::from_nanos(1));
            }));
        }
    }
    check(|| {
        starves_nobody(4, |busy| {
            let [first, second] = [Rc::new(Cell::new(None)), Rc::new(Cell::new(None))];
            for (own, other) in [(first.clone(), second.clone()), (second, first)] {
                let busy = busy.clone();
                spawn_n(move || {
                    own.set(Some(current()));
                    while !has_some(&other) {
                        yield_now();
                    }
                    kill_again_and_again(&busy, &other);
                });
            }
        });
    });
}

fn has_some(cell: &Cell<Option<Handle>>) -> bool {
    let handle = cell.take();
    let is_some = handle.is_some();
    cell.set(handle);
    is_some
}

/// Each of its reads and writes finds something to do at once. It gives way after 64 of them.
#[test]
fn one_who_never_has_to_wait_starves_nobody() {
    check(|| starves_nobody(64, |busy| drop(spawn(move || always_ready(|| busy.goes_on())))));
}

/// Sends a byte to itself over and over, as long as `goes_on` says so before each call.
fn always_ready(mut goes_on: impl FnMut() -> bool) {
    let (mut writer, mut reader) = pair();
    loop {
        if !goes_on() {
            return;
        }
        writer.write_all(b"x").unwrap();
        if !goes_on() {
            return;
        }
        reader.read_exact(&mut [0]).unwrap();
    }
}

/// Who has slept runs before those that are runnable, but not all the time.
#[test]
fn a_crowd_of_short_sleepers_starves_nobody() {
    check(|| {
        starves_nobody(1000, |busy| {
            for _ in 0..500 {
                let busy = busy.clone();
                spawn_n(move || {
                    while busy.goes_on() {
                        sleep(Duration::from_nanos(1));
                    }
                });
            }
        });
    });
}

/// A pass of the run queue has two thousand turns here; a sleeper does not wait for all of it.
#[test]
fn a_sleeper_does_not_wait_for_all_who_are_runnable() {
    check(|| {
        let busy = Busy::default();
        let threads: Vec<_> = (0..2000)
            .map(|_| {
                let busy = busy.clone();
                spawn(move || {
                    while busy.goes_on() {
                        yield_now();
                    }
                })
            })
            .collect();
        yield_now();
        let n_turns = median(|| busy.turns_during(|| sleep(Duration::from_nanos(1))));
        busy.stop();
        threads.into_iter().for_each(|thread| thread.wait().unwrap());
        assert!(n_turns <= 4 * TURN, "{n_turns} turns for a timer");
    });
}

/// More sleepers than may run first at a time, and someone to run before.
#[test]
fn equal_deadlines_are_first_in_first_out_however_busy_the_hub_is() {
    check(|| {
        eventlet::debug::pause_clock();
        let order = Rc::new(Cell::new(0));
        let start = ms(10);
        let sleepers: Vec<_> = (0..200)
            .map(|number| {
                let order = order.clone();
                spawn(move || {
                    sleep(start);
                    assert_eq!(order.replace(number + 1), number);
                    yield_now();
                })
            })
            .collect();
        let also = order.clone();
        let yielder = spawn(move || {
            sleep(ms(10));
            while also.get() < 200 {
                yield_now();
            }
        });
        yielder.wait().unwrap();
        sleepers.into_iter().for_each(|sleeper| sleeper.wait().unwrap());
    });
}

/// A pass of the run queue stays short, however many streams are always ready.
#[test]
fn streams_that_are_always_ready_share_a_pass() {
    check(|| {
        const STREAMS: u64 = 100;
        let busy = Busy::default();
        let threads: Vec<_> = (0..STREAMS)
            .map(|_| {
                let busy = busy.clone();
                spawn(move || always_ready(|| busy.goes_on()))
            })
            .collect();
        yield_now();
        let n_calls = median(|| busy.turns_during(yield_now));
        busy.stop();
        threads.into_iter().for_each(|thread| thread.wait().unwrap());
        assert!(n_calls >= 4 * STREAMS, "only {n_calls} calls in a pass");
        assert!(n_calls <= 1024 + STREAMS, "{n_calls} calls in a pass");
    });
}
