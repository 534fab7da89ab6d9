//! OS threads that end before their green threads, and green calls that come too late.

use std::cell::{Cell, RefCell};
use std::mem::ManuallyDrop;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use eventlet::{GreenThread, Handle, Timeout, sleep, spawn};
use eventlet_tests::child::{Child, main_thread};
use eventlet_tests::{OnDrop, check, yield_now};

/// Contract, point 11: what is left is abandoned, and its destructors do not run.
#[test]
fn suspended_green_threads_are_abandoned_at_thread_exit() {
    check(|| {
        static DROPPED: AtomicBool = AtomicBool::new(false);
        let ended = thread::spawn(|| {
            for _ in 0..100 {
                spawn(|| {
                    let _on_drop = OnDrop(|| DROPPED.store(true, Ordering::SeqCst));
                    sleep(Duration::MAX);
                });
            }
            yield_now();
            eventlet::hubs::get_hub().stats().stacks_in_use
        });
        assert_eq!(ended.join().unwrap(), 100);
        assert!(!DROPPED.load(Ordering::SeqCst));
    });
}

#[test]
fn unstarted_green_threads_are_dropped_at_thread_exit() {
    check(|| {
        let ended = thread::spawn(|| {
            drop(spawn(|| unreachable!("its hub is gone")));
            drop(eventlet::spawn_after(Duration::from_secs(1), || unreachable!("its hub is gone")));
        });
        ended.join().unwrap();
    });
}

/// Panics of what their closures carry end there.
#[test]
fn destructors_of_unstarted_green_threads_may_panic() {
    let ended = Child::new().run(|| {
        let ended = thread::spawn(|| {
            for n in 0..3 {
                let on_drop = OnDrop(move || panic!("destructor {n}"));
                drop(spawn(move || drop(on_drop)));
            }
            let on_drop = OnDrop(|| sleep(Duration::ZERO));
            drop(eventlet::spawn_after(Duration::from_secs(1), move || drop(on_drop)));
        });
        ended.join().unwrap();
    });
    ended.expect_success().expect_stderr("destructor 0").expect_stderr("destructor 2");
    ended.expect_stderr("a green call was made while its OS thread is ending");
}

#[test]
fn a_program_may_end_with_green_threads_suspended() {
    let ended = main_thread(env!("CARGO_BIN_EXE_main_thread"), "abandon");
    assert_eq!(ended.expect_success().stdout, "main returns\n");
    assert_eq!(ended.stderr, "");
}

thread_local! {
    static BEFORE_HUB: RefCell<Option<(GreenThread<u32>, Handle, Timeout)>> =
        const { RefCell::new(None) };
    static AFTER_HUB: RefCell<Option<(GreenThread<u32>, Handle, Timeout)>> =
        const { RefCell::new(None) };
}

fn green_objects() -> (GreenThread<u32>, Handle, Timeout) {
    let sleeper = spawn(|| {
        sleep(Duration::MAX);
        5
    });
    yield_now();
    let handle = sleeper.handle();
    (sleeper, handle, Timeout::new(Duration::from_secs(60)))
}

/// Handles and timeouts in thread-locals may be dropped before the hub, or after it.
#[test]
fn green_objects_may_outlive_their_hub() {
    let ended = Child::new().run(|| {
        let ended = thread::spawn(|| {
            BEFORE_HUB.with(|slot| assert!(slot.borrow().is_none()));
            let objects = green_objects();
            AFTER_HUB.with(|slot| *slot.borrow_mut() = Some(objects));
            BEFORE_HUB.with(|slot| *slot.borrow_mut() = Some(green_objects()));
        });
        ended.join().unwrap();
    });
    ended.expect_success();
    assert_eq!(ended.stderr, "");
}

/// Makes a green call when its thread ends.
struct Late(Cell<Option<fn()>>);

impl Drop for Late {
    fn drop(&mut self) {
        if let Some(call) = self.0.take() {
            call();
        }
    }
}

thread_local! {
    static LATE: Late = const { Late(Cell::new(None)) };
}

/// Runs `call` in a destructor after the hub of its thread is gone.
fn call_late(call: fn()) {
    let ended = thread::spawn(move || {
        // The destructor that is registered first runs last.
        LATE.with(|late| late.0.set(Some(call)));
        spawn(|| ()).wait().unwrap();
    });
    ended.join().unwrap();
}

const GONE: &str = "a green call was made while its OS thread is ending: the thread's hub is gone";

thread_local! {
    /// Has no destructor, so it can be read to the very end of its thread.
    static SLEEPER: RefCell<ManuallyDrop<Option<Handle>>> =
        const { RefCell::new(ManuallyDrop::new(None)) };
}

fn kill_the_sleeper() {
    let sleeper = SLEEPER.with_borrow_mut(|sleeper| sleeper.take()).expect("it was put there");
    sleeper.kill();
    println!("killed in vain, dead: {}", sleeper.is_dead());
}

/// Green threads whose hub is gone have been abandoned: there is nothing left to kill.
#[test]
fn a_kill_without_a_hub_does_nothing() {
    let ended = Child::new().run(|| {
        let ended = thread::spawn(|| {
            LATE.with(|late| late.0.set(Some(kill_the_sleeper)));
            let sleeper = spawn(|| sleep(Duration::MAX));
            yield_now();
            SLEEPER.with_borrow_mut(|slot| slot.replace(sleeper.handle()));
        });
        ended.join().unwrap();
    });
    assert_eq!(ended.expect_success().stderr, "");
    assert!(ended.stdout.contains("killed in vain, dead: false"), "{ended:#?}");
}

#[test]
fn a_sleep_without_a_hub_is_refused_clearly() {
    let ended = Child::new().run(|| call_late(|| sleep(Duration::ZERO)));
    // std ends the process when the destructor of a thread-local panics.
    ended.expect_abort().expect_stderr(GONE);
}

#[test]
fn a_spawn_without_a_hub_is_refused_clearly() {
    let ended = Child::new().run(|| call_late(|| drop(spawn(|| ()))));
    ended.expect_abort().expect_stderr(GONE);
}

/// Eventlet's `test_can_use_eventlet_in_os_threads`.
#[test]
fn can_use_eventlet_in_os_threads() {
    check(|| {
        let threads: Vec<_> = (0..8_u32)
            .map(|number| {
                thread::spawn(move || {
                    let green: Vec<_> = (0..100).map(|n| spawn(move || n * number)).collect();
                    green.into_iter().map(|thread| thread.wait().unwrap()).sum::<u32>()
                })
            })
            .collect();
        let sums: Vec<_> = threads.into_iter().map(|thread| thread.join().unwrap()).collect();
        assert_eq!(sums, (0..8).map(|number| number * 4950).collect::<Vec<_>>());
    });
}

/// Stacks go back to the system with their thread.
#[test]
fn threads_that_come_and_go_leave_no_mappings() {
    let ended = Child::new().run(|| {
        let round = || {
            let ended = thread::spawn(|| {
                let threads: Vec<_> = (0..50).map(|_| spawn(yield_now)).collect();
                threads.into_iter().for_each(|thread| thread.wait().unwrap());
            });
            ended.join().unwrap();
        };
        (0..5).for_each(|_| round());
        let before = eventlet_tests::sys::n_mappings();
        (0..100).for_each(|_| round());
        let after = eventlet_tests::sys::n_mappings();
        assert!(after <= before + 20, "{before} mappings have become {after}");
    });
    ended.expect_success();
}
