//! `Once`, `OnceLock` and `LazyLock` beyond what std has: several hubs, plain OS threads, kills.

use std::cell::Cell;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use eventlet::green::sync::{LazyLock, Once, OnceLock, mpsc};
use eventlet::green::thread;
use eventlet::{hubs, spawn, with_timeout};
use eventlet_tests::{check, ms, panic_of, yield_now};

const POISONED: &str = "Once instance has previously been poisoned";
const RECURSIVE: &str =
    "a Once was reached again from inside its own closure, and would wait for itself";

#[test]
fn a_closure_that_waits_holds_up_those_alone_who_wait_for_it() {
    static ONCE: Once = Once::new();
    check(|| {
        let (go, may_go) = mpsc::channel::<()>();
        let running = spawn(move || ONCE.call_once(|| may_go.recv().unwrap()));
        yield_now();
        let waiting: Vec<_> = (0..100).map(|_| spawn(|| ONCE.call_once(|| ()))).collect();
        yield_now();
        assert_eq!(spawn(|| 5).wait().unwrap(), 5);
        assert!(waiting.iter().all(|waiting| !waiting.is_dead()));
        go.send(()).unwrap();
        running.wait().unwrap();
        waiting.into_iter().for_each(|waiting| waiting.wait().unwrap());
    });
}

#[test]
fn hubs_and_plain_threads_wait_for_each_other() {
    static LOCK: OnceLock<usize> = OnceLock::new();
    static N_CALLS: AtomicUsize = AtomicUsize::new(0);
    fn value() -> usize {
        *LOCK.get_or_init(|| {
            thread::sleep(ms(3));
            N_CALLS.fetch_add(1, Ordering::SeqCst) + 10
        })
    }
    check(|| {
        let hub = hubs::spawn_hub().unwrap();
        let remote: Vec<_> = (0..5).map(|_| hub.spawn(value)).collect();
        let plain: Vec<_> = (0..5).map(|_| std::thread::spawn(value)).collect();
        let local: Vec<_> = (0..5).map(|_| spawn(value)).collect();
        local.into_iter().for_each(|thread| assert_eq!(thread.wait().unwrap(), 10));
        remote.into_iter().for_each(|thread| assert_eq!(thread.wait().unwrap(), 10));
        plain.into_iter().for_each(|thread| assert_eq!(thread.join().unwrap(), 10));
        assert_eq!(N_CALLS.load(Ordering::SeqCst), 1);
        hub.shutdown(ms(5000));
    });
}

#[test]
fn waits_end_from_elsewhere() {
    static ONCE: Once = Once::new();
    check(|| {
        let here = spawn(|| ONCE.wait());
        let there = std::thread::spawn(|| ONCE.wait_force());
        yield_now();
        assert!(!here.is_dead());
        std::thread::spawn(|| ONCE.call_once(|| ())).join().unwrap();
        here.wait().unwrap();
        there.join().unwrap();
    });
}

#[test]
fn a_killed_closure_poisons() {
    check(|| {
        let once = Rc::new(Once::new());
        let theirs = once.clone();
        let victim = spawn(move || theirs.call_once(thread::park));
        yield_now();
        let theirs = once.clone();
        let waiting = spawn(move || panic_of(|| theirs.call_once(|| unreachable!())));
        let theirs = once.clone();
        let forcing = spawn(move || theirs.wait_force());
        yield_now();
        victim.kill();
        assert_eq!(waiting.wait().unwrap(), POISONED);
        once.call_once_force(|state| assert!(state.is_poisoned()));
        forcing.wait().unwrap();
    });
}

#[test]
fn a_closure_that_is_timed_out_poisons() {
    check(|| {
        let once = Once::new();
        assert!(with_timeout(ms(1), || once.call_once(thread::park)).is_err());
        assert_eq!(panic_of(|| once.call_once(|| ())), POISONED);
        let lazy = LazyLock::new(|| thread::sleep(ms(60_000)));
        assert!(with_timeout(ms(1), || LazyLock::force(&lazy)).is_err());
        let text = panic_of(|| LazyLock::force(&lazy));
        assert_eq!(text, "LazyLock instance has previously been poisoned");
    });
}

#[test]
fn whoever_comes_next_makes_the_value_after_a_kill() {
    check(|| {
        let lock = Rc::new(OnceLock::new());
        let theirs = lock.clone();
        let victim = spawn(move || {
            theirs.get_or_init(|| {
                thread::park();
                1
            });
        });
        yield_now();
        let next: Vec<_> = (2..5)
            .map(|n| {
                let lock = lock.clone();
                spawn(move || *lock.get_or_init(|| n))
            })
            .collect();
        yield_now();
        victim.kill();
        assert!(next.into_iter().all(|thread| thread.wait().unwrap() == 2));
    });
}

#[test]
fn those_who_wait_may_be_killed_or_give_up() {
    check(|| {
        let (once, n_calls) = (Rc::new(Once::new()), Rc::new(Cell::new(0)));
        let (go, may_go) = mpsc::channel::<()>();
        let (theirs, counter) = (once.clone(), n_calls.clone());
        let running = spawn(move || {
            theirs.call_once(|| {
                may_go.recv().unwrap();
                counter.set(counter.get() + 1);
            });
        });
        yield_now();
        let waiting: Vec<_> = (0..6)
            .map(|_| {
                let once = once.clone();
                spawn(move || once.call_once(|| unreachable!()))
            })
            .collect();
        yield_now();
        waiting.iter().step_by(2).for_each(|waiting| waiting.kill());
        assert!(with_timeout(ms(1), || once.wait()).is_err());
        go.send(()).unwrap();
        running.wait().unwrap();
        for (n, waiting) in waiting.into_iter().enumerate() {
            assert_eq!(waiting.wait().is_ok(), n % 2 == 1);
        }
        assert_eq!(n_calls.get(), 1);
    });
}

#[test]
fn one_that_leads_back_to_itself_panics() {
    check(|| {
        let once = Once::new();
        let text = panic_of(|| once.call_once(|| once.call_once(|| ())));
        assert_eq!(text, RECURSIVE);
        assert_eq!(panic_of(|| once.call_once(|| ())), POISONED);
        assert_eq!(panic_of(|| once.call_once_force(|_| once.wait_force())), RECURSIVE);

        let lock = OnceLock::new();
        let text = panic_of(|| *lock.get_or_init(|| *lock.get_or_init(|| 1)));
        assert_eq!(text, RECURSIVE);
        assert_eq!(panic_of(|| *lock.get_or_init(|| lock.set(1).map_or(2, |()| 3))), RECURSIVE);
        assert_eq!(*lock.get_or_init(|| 4), 4);

        static LAZY: LazyLock<u8> = LazyLock::new(|| *LAZY + 1);
        assert_eq!(panic_of(|| *LAZY), RECURSIVE);
    });
}

#[test]
fn one_green_thread_may_wait_for_another_in_its_closure() {
    check(|| {
        let once = Rc::new(Once::new());
        let theirs = once.clone();
        once.call_once(|| {
            let helper = spawn(move || {
                // It is another one, and waits as any other.
                assert!(with_timeout(ms(1), || theirs.wait()).is_err());
                5
            });
            assert_eq!(helper.wait().unwrap(), 5);
        });
        assert!(once.is_completed());
    });
}

#[test]
fn many_threads_race() {
    check(|| {
        for _ in 0..100 {
            let (once, n_calls) = (Arc::new(Once::new()), Arc::new(AtomicUsize::new(0)));
            let threads: Vec<_> = (0..4)
                .map(|_| {
                    let (once, n_calls) = (once.clone(), n_calls.clone());
                    std::thread::spawn(move || {
                        let call = || {
                            n_calls.fetch_add(1, Ordering::Relaxed);
                            yield_now();
                        };
                        once.call_once(call);
                        assert_eq!(n_calls.load(Ordering::Relaxed), 1);
                    })
                })
                .collect();
            threads.into_iter().for_each(|thread| thread.join().unwrap());
        }
    });
}
