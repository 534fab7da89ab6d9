//! Green threads with std's names, beyond what std has: several hubs, plain OS threads, kills.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::time::Duration;

use eventlet::green::sync::mpsc::channel;
use eventlet::green::thread::{self, JoinHandle};
use eventlet::{Timeout, current, debug, hubs, spawn, with_timeout};
use eventlet_tests::{Log, OnDrop, check, ms, panic_of, panic_text, yield_now};

const ABANDONED: &str = "the green thread was abandoned: its hub has ended";

/// Starts an OS thread that sends a handle of a green thread of its own, and then does `rest`.
fn elsewhere(
    body: impl FnOnce() -> u32 + Send + 'static,
    rest: impl FnOnce() + Send + 'static,
) -> (JoinHandle<u32>, std::thread::JoinHandle<()>) {
    let (sender, receiver) = mpsc::channel();
    let os_thread = std::thread::spawn(move || {
        sender.send(thread::spawn(body)).unwrap();
        rest();
    });
    (receiver.recv().unwrap(), os_thread)
}

#[test]
fn a_plain_thread_joins() {
    check(|| {
        let handle = thread::spawn(|| {
            thread::sleep(ms(2));
            "from here"
        });
        let joiner = std::thread::spawn(move || handle.join().unwrap());
        while !joiner.is_finished() {
            thread::sleep(ms(1));
        }
        assert_eq!(joiner.join().unwrap(), "from here");
    });
}

#[test]
fn a_green_thread_of_another_hub_joins_while_others_run() {
    check(|| {
        let (go, may_go) = channel::<()>();
        let (end, may_end) = channel::<()>();
        let body = move || {
            may_go.recv().unwrap();
            end.send(()).unwrap();
            7
        };
        let (handle, os_thread) = elsewhere(body, move || may_end.recv().unwrap());
        let joiner = thread::spawn(move || handle.join().unwrap());
        // Only the joiner waits.
        thread::yield_now();
        thread::spawn(move || go.send(()).unwrap());
        assert_eq!(joiner.join().unwrap(), 7);
        os_thread.join().unwrap();
    });
}

#[test]
fn a_joiner_elsewhere_is_told_that_the_hub_has_ended() {
    check(|| {
        let forever = || {
            thread::sleep(Duration::MAX);
            0
        };
        // The joiner waits already.
        let (go, may_go) = mpsc::channel::<()>();
        let (handle, os_thread) = elsewhere(forever, move || {
            thread::yield_now();
            may_go.recv().unwrap();
        });
        let joining = thread::spawn(move || handle.join());
        thread::sleep(ms(2));
        go.send(()).unwrap();
        assert_eq!(panic_text(joining.join().unwrap().unwrap_err()), ABANDONED);
        os_thread.join().unwrap();

        // It has ended before.
        let (handle, os_thread) = elsewhere(forever, thread::yield_now);
        os_thread.join().unwrap();
        assert!(!handle.is_finished());
        assert_eq!(panic_text(handle.join().unwrap_err()), ABANDONED);
    });
}

#[test]
fn a_result_outlives_its_hub() {
    check(|| {
        let (handle, os_thread) = elsewhere(|| 5, thread::yield_now);
        os_thread.join().unwrap();
        assert!(handle.is_finished());
        assert!(handle.green_handle().is_none());
        assert_eq!(handle.join().unwrap(), 5);
    });
}

#[test]
fn a_handle_goes_through_several_hubs() {
    check(|| {
        let hub = hubs::spawn_hub().unwrap();
        let handle = hub.spawn(|| {
            thread::spawn(|| {
                thread::sleep(ms(1));
                "inner"
            })
        });
        assert_eq!(handle.wait().unwrap().join().unwrap(), "inner");
        hub.shutdown(ms(5000));
    });
}

#[test]
fn a_killed_joiner_harms_nobody() {
    check(|| {
        let log = Log::new();
        let theirs = log.clone();
        let handle = thread::spawn(move || {
            thread::sleep(ms(3));
            theirs.on_drop("result dropped")
        });
        let joiner = spawn(move || handle.join().is_ok());
        yield_now();
        joiner.kill();
        assert!(joiner.wait().unwrap_err().is_killed());
        thread::sleep(ms(6));
        assert_eq!(log.take(), "result dropped");

        let (handle, os_thread) = elsewhere(|| 1, || thread::sleep(ms(3)));
        let joiner = spawn(move || handle.join());
        yield_now();
        joiner.kill();
        os_thread.join().unwrap();
    });
}

#[test]
fn a_joiner_may_give_up() {
    check(|| {
        debug::pause_clock();
        let handle = thread::spawn(|| thread::sleep(ms(1000)));
        let green = handle.green_handle().unwrap();
        assert!(with_timeout(ms(1), move || handle.join()).is_err());
        assert!(!green.is_dead());
        green.kill();
    });
}

#[test]
fn nobody_joins_himself() {
    check(|| {
        let own = Rc::new(Cell::new(None));
        let theirs = own.clone();
        let handle: JoinHandle<String> = thread::spawn(move || {
            yield_now();
            let own: JoinHandle<String> = theirs.take().unwrap();
            panic_of(|| own.join())
        });
        let green = handle.green_handle().unwrap();
        own.set(Some(handle));
        while !green.is_dead() {
            yield_now();
        }
        assert!(green.exit_status().unwrap().is_success());
    });
}

#[test]
fn joining_in_vain_is_a_deadlock_that_is_reported() {
    check(|| {
        let handle = thread::spawn(|| eventlet::Event::<()>::new().wait().is_ok());
        let green = handle.green_handle().unwrap();
        let text = panic_of(|| handle.join());
        assert!(text.contains("the main context waits for the end of a green thread"), "{text}");
        green.kill();
    });
}

#[test]
fn plain_threads_and_other_hubs_unpark() {
    check(|| {
        let parked: Vec<_> = (0..10).map(|_| thread::spawn(thread::park)).collect();
        yield_now();
        let threads: Vec<_> = parked.iter().map(|handle| handle.thread().clone()).collect();
        let os_thread = std::thread::spawn(move || threads.iter().for_each(|t| t.unpark()));
        parked.into_iter().for_each(|handle| handle.join().unwrap());
        os_thread.join().unwrap();

        let main = thread::current();
        let hub = hubs::spawn_hub().unwrap();
        let unparking = hub.spawn(move || main.unpark());
        thread::park();
        unparking.wait().unwrap();
        hub.shutdown(ms(5000));
    });
}

#[test]
fn main_contexts_have_tokens_of_their_own() {
    check(|| {
        let (sender, receiver) = mpsc::channel();
        let other = std::thread::spawn(move || {
            sender.send(thread::current()).unwrap();
            thread::park();
        });
        let main = receiver.recv().unwrap();
        assert_ne!(main.id(), thread::current().id());
        thread::current().unpark();
        thread::sleep(ms(1));
        assert!(!other.is_finished(), "the token is not for everyone");
        main.unpark();
        other.join().unwrap();
        thread::park();
    });
}

#[test]
fn other_waits_leave_the_token_alone() {
    check(|| {
        thread::current().unpark();
        thread::sleep(ms(1));
        let (sender, receiver) = channel();
        let other = thread::spawn(move || sender.send(1).unwrap());
        assert_eq!(receiver.recv(), Ok(1));
        other.join().unwrap();
        thread::park();
    });
}

#[test]
fn who_is_killed_while_parked_unwinds_and_keeps_its_token() {
    check(|| {
        let n_passed = Rc::new(Cell::new(0));
        let counter = n_passed.clone();
        let parked = thread::spawn(move || {
            let _passes = OnDrop(|| {
                // A token that is there is taken, even while unwinding.
                thread::current().unpark();
                thread::park();
                counter.set(counter.get() + 1);
            });
            thread::park();
        });
        let green = parked.green_handle().unwrap();
        yield_now();
        green.kill();
        assert!(green.exit_status().unwrap().is_killed());
        assert_eq!(n_passed.get(), 1);

        let limited = thread::spawn(|| {
            let late = with_timeout(ms(1), thread::park);
            assert!(late.is_err());
            thread::current().unpark();
            thread::park();
        });
        limited.join().unwrap();
    });
}

#[test]
fn a_park_ends_by_the_paused_clock() {
    check(|| {
        debug::pause_clock();
        let before = debug::now();
        thread::park_timeout(ms(70_000));
        assert_eq!(debug::now() - before, ms(70_000));
        let parked = thread::spawn(|| thread::park_timeout(ms(90_000)));
        yield_now();
        parked.thread().unpark();
        parked.join().unwrap();
        assert_eq!(debug::now() - before, ms(70_000));
    });
}

#[test]
fn a_killed_scope_kills_its_threads() {
    check(|| {
        let log = Log::new();
        let theirs = log.clone();
        let victim = spawn(move || {
            thread::scope(|s| {
                s.spawn(|| {
                    let _noted = theirs.on_drop("inner unwound");
                    thread::park();
                });
            });
        });
        yield_now();
        yield_now();
        victim.kill();
        assert!(victim.wait().unwrap_err().is_killed());
        assert_eq!(log.take(), "inner unwound");
    });
}

#[test]
fn a_kill_while_the_scope_waits_after_a_panic() {
    check(|| {
        let n_unwound = Rc::new(Cell::new(0));
        let counter = n_unwound.clone();
        let victim = spawn(move || {
            thread::scope(|s| {
                for _ in 0..3 {
                    s.spawn(|| {
                        let _counted = OnDrop(|| counter.set(counter.get() + 1));
                        thread::park();
                    });
                }
                panic!("of the closure");
            })
        });
        yield_now();
        yield_now();
        assert!(!victim.is_dead(), "it waits for its threads");
        victim.kill();
        assert!(victim.wait().unwrap_err().is_killed());
        assert_eq!(n_unwound.get(), 3);
    });
}

#[test]
fn a_limit_on_a_scope_ends_it() {
    check(|| {
        let late = with_timeout(ms(1), || thread::scope(|s| drop(s.spawn(thread::park))));
        assert!(late.is_err());
        let limit = Timeout::new(ms(5000));
        thread::scope(|s| drop(s.spawn(|| thread::sleep(ms(1)))));
        assert!(limit.is_pending());
    });
}

#[test]
fn a_thousand_threads_have_values_of_their_own_and_give_them_back() {
    static N_LIVE: AtomicUsize = AtomicUsize::new(0);

    struct Counted(usize);

    impl Counted {
        fn new() -> Self {
            N_LIVE.fetch_add(1, Ordering::SeqCst);
            Counted(0)
        }
    }

    impl Drop for Counted {
        fn drop(&mut self) {
            N_LIVE.fetch_sub(1, Ordering::SeqCst);
        }
    }

    eventlet::green::thread_local! {
        static OWN: RefCell<Counted> = RefCell::new(Counted::new());
    }

    check(|| {
        for _ in 0..3 {
            let threads: Vec<_> = (0..1000)
                .map(|n| {
                    thread::spawn(move || {
                        OWN.with_borrow_mut(|own| own.0 += n);
                        yield_now();
                        OWN.with_borrow(|own| own.0)
                    })
                })
                .collect();
            yield_now();
            assert_eq!(N_LIVE.load(Ordering::SeqCst), 1000);
            for (n, thread) in threads.into_iter().enumerate() {
                assert_eq!(thread.join().unwrap(), n);
            }
            assert_eq!(N_LIVE.load(Ordering::SeqCst), 0);
        }
    });
}

#[test]
fn one_macro_and_one_key_under_two_names() {
    eventlet::green_local!(static A: Cell<u32> = const { Cell::new(1) });
    eventlet::green::thread_local!(static B: Cell<u32> = const { Cell::new(2) });

    check(|| {
        let keys: [&'static thread::LocalKey<Cell<u32>>; 2] = [&A, &B];
        let both: [&'static eventlet::corolocal::LocalKey<Cell<u32>>; 2] = keys;
        assert_eq!(both.map(|key| key.get()), [1, 2]);
    });
}

#[test]
fn panicking_means_the_caller() {
    check(|| {
        let event = eventlet::Event::new();
        let waits = event.clone();
        let unwinding = spawn(move || {
            // A lock-like wait switches even while the caller unwinds.
            let _waits = OnDrop(|| _ = waits.wait());
            panic!("expected");
        });
        yield_now();
        assert!(std::thread::panicking(), "so std says of everyone");
        assert!(!thread::panicking());
        event.send(());
        assert!(unwinding.wait().unwrap_err().is_panic());
    });
}

#[test]
fn identities_are_the_same_in_eventlets_terms() {
    check(|| {
        let handle = thread::spawn(|| (current().id(), thread::current().id()));
        let green = handle.green_handle().unwrap();
        let id = handle.thread().id();
        let (seen, seen_by_std) = handle.join().unwrap();
        assert_eq!((seen, seen_by_std), (green.id(), id));
        let plain = spawn(|| thread::current().id());
        let number = plain.id();
        assert_eq!(format!("{:?}", plain.wait().unwrap()), format!("ThreadId({number})"));
    });
}
