//! The end of hubs: draining, the limit, those who refuse, and hubs that die.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::{Duration, Instant};

use eventlet::hubs::{HubHandle, RemoteThread, get_hub, spawn_hub};
use eventlet::{sleep, spawn, with_timeout};
use eventlet_tests::child::Child;
use eventlet_tests::{OnDrop, check, ms, yield_now};

const SECOND: Duration = Duration::from_secs(1);
const HOUR: Duration = Duration::from_secs(3600);

fn hub() -> HubHandle {
    spawn_hub().unwrap()
}

/// A green thread that sleeps in the hub, and has begun to.
fn sleeper(hub: &HubHandle, time: Duration) -> RemoteThread<()> {
    let thread = hub.spawn(move || sleep(time));
    hub.spawn(|| ()).wait().unwrap();
    thread
}

/// How many OS threads of this process are hubs that were spawned.
fn n_hub_threads() -> usize {
    let tasks = std::fs::read_dir("/proc/self/task").unwrap();
    let names =
        tasks.filter_map(|task| std::fs::read_to_string(task.ok()?.path().join("comm")).ok());
    names.filter(|name| name.starts_with("hub-")).count()
}

#[test]
fn those_that_run_may_go_on_within_the_limit() {
    check(|| {
        let hub = hub();
        let thread = hub.spawn(|| {
            sleep(ms(20));
            // Green threads of the hub's own may be started to the last.
            spawn(|| sleep(ms(20))).wait().unwrap();
            "done"
        });
        let before = Instant::now();
        let outcome = hub.shutdown(HOUR);
        assert!(outcome.is_clean(), "{outcome:?}");
        assert!(before.elapsed() >= ms(40));
        assert_eq!(thread.wait().unwrap(), "done");
    });
}

#[test]
fn what_was_accepted_still_runs() {
    check(|| {
        let hub = hub();
        let threads: Vec<_> = (0..1000).map(|n| hub.spawn(move || n)).collect();
        assert!(hub.shutdown(HOUR).is_clean());
        for (n, thread) in threads.into_iter().enumerate() {
            assert_eq!(thread.wait().unwrap(), n);
        }
    });
}

#[test]
fn nothing_new_is_taken_while_draining() {
    check(|| {
        let hub = hub();
        let sleeping = sleeper(&hub, HOUR);
        let ending = hub.clone();
        let shutdown = spawn(move || ending.shutdown(HOUR));
        yield_now();
        assert!(!hub.is_open());
        let dropped = Arc::new(AtomicBool::new(false));
        let flag = dropped.clone();
        let on_drop = OnDrop(move || flag.store(true, Ordering::SeqCst));
        let refused = hub.spawn(move || drop(on_drop));
        assert!(dropped.load(Ordering::SeqCst) && refused.is_dead());
        assert!(refused.wait().unwrap_err().is_abandoned());
        // It can still be told to kill what it has.
        sleeping.kill();
        assert!(sleeping.wait().unwrap_err().is_killed());
        assert!(shutdown.wait().unwrap().is_clean());
    });
}

#[test]
fn those_that_are_left_are_killed() {
    check(|| {
        let hub = hub();
        let n_unwound = Arc::new(AtomicUsize::new(0));
        let threads: Vec<_> = (0..100)
            .map(|_| {
                let n_unwound = n_unwound.clone();
                hub.spawn(move || {
                    let _on_drop = OnDrop(|| _ = n_unwound.fetch_add(1, Ordering::SeqCst));
                    sleep(HOUR);
                })
            })
            .collect();
        // All have begun.
        hub.spawn(|| ()).wait().unwrap();
        let outcome = hub.shutdown(ms(20));
        assert_eq!((outcome.killed, outcome.abandoned), (100, 0), "{outcome:?}");
        assert_eq!(n_unwound.load(Ordering::SeqCst), 100);
        for thread in threads {
            assert!(thread.wait().unwrap_err().is_killed());
        }
    });
}

/// One catches the unwind and goes on, one waits in a destructor that is woken soon.
#[test]
fn those_that_refuse_are_abandoned_and_reported() {
    let ended = Child::new().run(|| {
        check(|| {
            let hub = hub();
            let stubborn = hub.spawn(|| {
                loop {
                    let _ = catch_unwind(AssertUnwindSafe(|| sleep(HOUR)));
                }
            });
            let slow = hub.spawn(|| {
                let helper = std::cell::Cell::new(Some(spawn(|| {
                    // It is killed as well, and then takes a while.
                    let _ = catch_unwind(AssertUnwindSafe(|| sleep(HOUR)));
                    sleep(ms(50));
                })));
                let _on_drop = OnDrop(move || drop(helper.take().map(|helper| helper.wait())));
                sleep(HOUR);
            });
            hub.spawn(|| ()).wait().unwrap();
            let outcome = hub.shutdown(ms(1));
            assert_eq!((outcome.killed, outcome.abandoned), (3, 1), "{outcome:?}");
            assert!(!outcome.is_stuck && outcome.panic.is_none());
            assert!(stubborn.wait().unwrap_err().is_abandoned());
            assert!(slow.wait().unwrap_err().is_killed());
        });
    });
    ended.expect_success();
    ended.expect_stderr("has ended and abandons green threads:\n  'green-");
    ended.expect_stderr("waits for sleep, spawned at tests/hubs_shutdown.rs:");
}

#[test]
fn a_hub_that_computes_for_ever_is_left_alone() {
    let ended = Child::new().run(|| {
        check(|| {
            let hub = hub();
            hub.spawn(|| {
                loop {
                    thread::sleep(ms(1));
                }
            });
            let outcome = hub.shutdown(ms(1));
            assert!(outcome.is_stuck && !outcome.is_clean());
        });
    });
    ended.expect_success().expect_stderr("does not react, since a green thread in it computes");
}

#[test]
fn all_calls_return_the_same_outcome() {
    check(|| {
        let hub = hub();
        let sleeping = sleeper(&hub, HOUR);
        let ending = hub.clone();
        let patient = spawn(move || ending.shutdown(HOUR));
        let ending = hub.clone();
        let os_thread = thread::spawn(move || ending.shutdown(HOUR));
        yield_now();
        let before = Instant::now();
        // The shortest limit counts.
        let outcome = hub.shutdown(ms(10));
        assert!(before.elapsed() < SECOND * 20);
        assert_eq!(outcome.killed, 1);
        assert_eq!(patient.wait().unwrap(), outcome);
        assert_eq!(os_thread.join().unwrap(), outcome);
        assert_eq!(hub.shutdown(HOUR), outcome);
        assert!(sleeping.wait().unwrap_err().is_killed());
    });
}

/// Who has been killed may take a second to end, even if another call asks for less meanwhile.
#[test]
fn a_late_limit_does_not_cut_the_kill_short() {
    check(|| {
        let hub = hub();
        let thread = hub.spawn(|| {
            let helper = spawn_hub().unwrap();
            let waiting = std::cell::Cell::new(Some(helper.spawn(|| sleep(ms(300)))));
            let _on_drop = OnDrop(move || drop(waiting.take().map(RemoteThread::wait)));
            sleep(HOUR);
        });
        hub.spawn(|| ()).wait().unwrap();
        let ending = hub.clone();
        let first = spawn(move || ending.shutdown(ms(1)));
        sleep(ms(100));
        let outcome = hub.shutdown(Duration::ZERO);
        assert_eq!((outcome.killed, outcome.abandoned), (1, 0), "{outcome:?}");
        assert_eq!(first.wait().unwrap(), outcome);
        assert!(thread.wait().unwrap_err().is_killed());
    });
}

#[test]
fn a_caller_that_gives_up_does_not_stop_it() {
    check(|| {
        let hub = hub();
        let sleeping = sleeper(&hub, ms(60));
        with_timeout(ms(1), || hub.shutdown(HOUR)).unwrap_err();
        assert!(!hub.is_open());
        assert!(hub.shutdown(HOUR).is_clean());
        sleeping.wait().unwrap();
    });
}

#[test]
fn a_green_thread_may_shut_its_own_hub_down() {
    check(|| {
        let hub = hub();
        let unwound = Arc::new(AtomicBool::new(false));
        let (flag, inside) = (unwound.clone(), hub.clone());
        let other = hub.spawn(|| sleep(ms(30)));
        let caller = hub.spawn(move || {
            let _on_drop = OnDrop(|| flag.store(true, Ordering::SeqCst));
            inside.shutdown(HOUR);
        });
        other.wait().unwrap();
        assert!(caller.wait().unwrap_err().is_killed());
        assert!(unwound.load(Ordering::SeqCst));
        assert!(hub.shutdown(HOUR).is_clean());
    });
}

/// One that waits for its own hub's end has as long to die as any other.
#[test]
fn a_green_thread_that_shuts_its_hub_down_may_end_slowly() {
    check(|| {
        let hub = hub();
        let inside = hub.clone();
        let caller = hub.spawn(move || {
            let _on_drop = OnDrop(|| {
                let helper = spawn_hub().unwrap();
                helper.spawn(|| sleep(ms(50))).wait().unwrap();
            });
            inside.shutdown(HOUR);
        });
        assert!(caller.wait().unwrap_err().is_killed());
        assert!(hub.shutdown(HOUR).is_clean());
    });
}

/// Without handles, a hub ends when its green threads have ended, and not before.
#[test]
fn dropping_all_handles() {
    let ended = Child::new().run(|| {
        check(|| {
            let hub = hub();
            let thread = hub.spawn(|| {
                sleep(ms(30));
                // A new handle holds the hub for as long as it lives.
                let here = get_hub().handle();
                let second = here.spawn(|| sleep(ms(30)));
                drop(here);
                second
            });
            drop(hub);
            let second = thread.wait().unwrap();
            assert_eq!(n_hub_threads(), 1);
            second.wait().unwrap();
            while n_hub_threads() > 0 {
                sleep(ms(1));
            }
        });
    });
    ended.expect_success();
    assert_eq!(ended.stderr, "");
}

#[test]
fn hubs_that_come_and_go_leave_no_os_threads() {
    let ended = Child::new().run(|| {
        check(|| {
            for round in 0..50 {
                let hub = hub();
                assert_eq!(hub.spawn(move || round).wait().unwrap(), round);
                if round % 2 == 0 {
                    assert!(hub.shutdown(SECOND).is_clean());
                }
                drop(hub);
                // The system forgets a thread a little later than it lets go who joins it.
                while n_hub_threads() > 0 {
                    sleep(ms(1));
                }
            }
        });
    });
    ended.expect_success();
}

/// Without handles nobody can wake its green threads any more: that is a deadlock, and ends only
/// this hub.
#[test]
fn a_deadlock_in_a_hub_ends_that_hub_only() {
    let ended = Child::new().run(|| {
        check(|| {
            let hub = hub();
            let (give, take) = mpsc::channel();
            let thread = hub.spawn(move || {
                give.send(()).unwrap();
                sleep(Duration::MAX);
            });
            take.recv().unwrap();
            let waiter = spawn(move || thread.wait());
            yield_now();
            let other = self::hub();
            // The waiter's handle could kill it; without that, and the hub's own, there is nobody.
            waiter.kill();
            drop(waiter);
            drop(hub);
            while n_hub_threads() > 1 {
                sleep(ms(1));
            }
            assert_eq!(other.spawn(|| 5).wait().unwrap(), 5);
            assert!(other.shutdown(SECOND).is_clean());
        });
    });
    ended.expect_success();
    ended.expect_stderr(
        "has ended by a panic: deadlock: the main context waits for work from other",
    );
    ended.expect_stderr("has ended and abandons green threads:\n  'green-");
}

/// A hub that dies in its loop: its waiters get an error, and so do those it has not begun.
#[test]
fn a_panic_of_the_hub_itself_is_contained() {
    let ended = Child::new().run(|| {
        check(|| {
            yield_now();
            let hub = hub();
            let stuck = sleeper(&hub, HOUR);
            let waiter = spawn(move || stuck.wait());
            yield_now();
            let (go, wait) = mpsc::channel::<()>();
            let killer = hub.spawn(move || {
                wait.recv().unwrap();
                // The next poll fails.
                eventlet_tests::sys::close_poller();
            });
            let unread = hub.spawn(|| sleep(HOUR));
            go.send(()).unwrap();
            let _ = killer.wait();
            assert!(unread.wait().unwrap_err().is_abandoned());
            assert!(waiter.wait().unwrap().unwrap_err().is_abandoned());
            let outcome = hub.shutdown(SECOND);
            assert!(outcome.panic.unwrap().starts_with("the hub cannot poll: "));
            assert!(hub.spawn(|| ()).wait().unwrap_err().is_abandoned());
        });
    });
    ended.expect_success().expect_stderr("has ended by a panic: the hub cannot poll: ");
}

#[test]
fn main_may_return_while_hubs_run() {
    let ended = Child::new().run(|| {
        let hub = hub();
        let _sleeping = sleeper(&hub, HOUR);
    });
    ended.expect_success();
    assert_eq!(ended.stderr, "");
}

/// `#[green::main(hubs = n)]`: the other hubs begin before the body and are drained after it.
#[test]
fn the_hubs_of_a_program() {
    #[eventlet::green::main(hubs = 3)]
    fn program() -> Arc<AtomicUsize> {
        let hubs = eventlet::hubs::all();
        assert_eq!((hubs.len(), n_hub_threads()), (3, 2));
        assert_eq!(hubs[0], get_hub().handle());
        let n_ended = Arc::new(AtomicUsize::new(0));
        for hub in &hubs[1..] {
            let n_ended = n_ended.clone();
            hub.spawn(move || {
                sleep(ms(30));
                n_ended.fetch_add(1, Ordering::SeqCst);
            });
        }
        assert_eq!(n_ended.load(Ordering::SeqCst), 0);
        n_ended
    }
    let ended = Child::new().run(|| {
        check(|| {
            assert_eq!(program().load(Ordering::SeqCst), 2);
            assert_eq!(eventlet::hubs::all(), []);
        });
    });
    ended.expect_success();
}
