//! Values of a green thread's own: when they are dropped.

use std::cell::{Cell, RefCell};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use eventlet::{current, debug, green_local, sleep, spawn};
use eventlet_tests::{Log, LogOnDrop, OnDrop, check, ms, panic_of, yield_now};

type Slot<T> = RefCell<Option<T>>;

green_local! {
    static COUNT: Cell<u32> = const { Cell::new(0) };
    static NOTED: Slot<LogOnDrop> = RefCell::default();
    static ON_DROP: Slot<OnDrop<Box<dyn FnMut()>>> = RefCell::new(None);
}

/// Calls `f` when the values of the caller are dropped.
fn on_drop(f: impl FnMut() + 'static) {
    ON_DROP.set(Some(OnDrop(Box::new(f))));
}

#[test]
fn values_are_dropped_before_the_end_is_known() {
    check(|| {
        let log = Log::new();
        let (theirs, links) = (log.clone(), log.clone());
        let thread = spawn(move || {
            NOTED.set(Some(theirs.on_drop("value")));
            let _in_body = theirs.on_drop("body");
            theirs.on_drop("result")
        });
        thread.link(move |status| links.add(format!("link:{}", status.is_success())));
        let waiting = log.clone();
        let waiter = spawn(move || {
            let result = thread.wait().unwrap();
            waiting.add("joined");
            drop(result);
        });
        waiter.wait().unwrap();
        assert_eq!(log.take(), "body value link:true joined result");
    });
}

#[test]
fn however_it_ends() {
    check(|| {
        let log = Log::new();
        let own = |log: &Log, end: fn()| {
            let theirs = log.clone();
            spawn(move || {
                NOTED.set(Some(theirs.on_drop("value")));
                end();
            })
        };
        assert!(own(&log, || panic!("expected")).wait().unwrap_err().is_panic());
        assert_eq!(log.take(), "value");

        let victim = own(&log, || sleep(Duration::MAX));
        yield_now();
        victim.kill();
        assert_eq!(log.take(), "value");
        assert!(victim.wait().unwrap_err().is_killed());

        let late = own(&log, || {
            let _limit = eventlet::Timeout::new(ms(1));
            sleep(Duration::MAX);
        });
        assert!(late.wait().unwrap_err().is_timeout());
        assert_eq!(log.take(), "value");

        drop(own(&log, || ()));
        yield_now();
        assert_eq!(log.take(), "value", "detached");

        own(&log, || unreachable!("killed before it begins")).kill();
        assert_eq!(log.take(), "");
    });
}

/// Code that runs because of a green thread that has not begun runs in whoever kills it.
#[test]
fn killed_before_it_begins_it_has_no_values() {
    check(|| {
        let killer = spawn(|| {
            COUNT.set(1);
            let on_drop = OnDrop(|| COUNT.set(COUNT.get() + 10));
            let victim = spawn(move || drop(on_drop));
            victim.link(|_| COUNT.set(COUNT.get() + 100));
            victim.kill();
            COUNT.get()
        });
        assert_eq!(killer.wait().unwrap(), 111);
    });
}

#[test]
fn values_are_dropped_last_first_on_the_stack_of_their_own() {
    green_local! {
        static FIRST: Slot<LogOnDrop> = RefCell::default();
        static SECOND: Slot<LogOnDrop> = RefCell::default();
    }

    check(|| {
        let log = Log::new();
        let theirs = log.clone();
        let thread = spawn(move || {
            FIRST.set(Some(theirs.on_drop("first")));
            SECOND.set(Some(theirs.on_drop("second")));
            on_drop(move || theirs.add(current().id()));
        });
        let id = thread.id();
        thread.wait().unwrap();
        assert_eq!(log.take(), format!("{id} second first"));
    });
}

#[test]
fn a_destructor_can_wait_and_use_other_values() {
    check(|| {
        debug::pause_clock();
        let log = Log::new();
        let theirs = log.clone();
        let victim = spawn(move || {
            COUNT.set(5);
            on_drop(move || {
                theirs.add(COUNT.get());
                NOTED.set(Some(theirs.on_drop("made late")));
                theirs.add(ON_DROP.try_with(|_| ()).is_err());
                sleep(ms(5));
                theirs.add("slept");
            });
            sleep(Duration::MAX);
        });
        yield_now();
        victim.kill();
        assert!(!victim.is_dead());
        assert!(victim.wait().unwrap_err().is_killed());
        assert_eq!(log.take(), "5 true slept made late");
    });
}

/// The function has returned by then, so its result stands.
#[test]
fn a_destructor_that_is_killed_or_panics_harms_nobody() {
    check(|| {
        let log = Log::new();
        for is_killed in [true, false] {
            let theirs = log.clone();
            let thread = spawn(move || {
                NOTED.set(Some(theirs.on_drop("other value")));
                on_drop(move || {
                    if is_killed {
                        sleep(Duration::MAX);
                    }
                    panic!("expected");
                });
                5
            });
            yield_now();
            thread.kill();
            assert_eq!(log.take(), "other value");
            assert!(thread.is_dead());
            assert_eq!(thread.wait().unwrap(), 5);
        }
    });
}

#[test]
fn a_link_has_the_values_that_are_left() {
    check(|| {
        let log = Log::new();
        let (theirs, links) = (log.clone(), log.clone());
        let thread = spawn(move || NOTED.set(Some(theirs.on_drop("body's"))));
        thread.link(move |_| {
            links.add(NOTED.try_with(|_| ()).is_err());
            links.add(COUNT.replace(3));
            let last = links.clone();
            on_drop(move || last.add("link's"));
            links.add(panic_of(|| NOTED.take()));
        });
        thread.wait().unwrap();
        assert_eq!(
            log.take(),
            "body's true 0 cannot access a Thread Local Storage value during or after destruction: AccessError link's"
        );
    });
}

#[test]
fn the_main_context_has_values_until_its_os_thread_ends() {
    struct Report(mpsc::Sender<String>);

    impl Drop for Report {
        fn drop(&mut self) {
            let others = (COUNT.get(), LATE.with(Vec::len), REPORT.try_with(|_| ()).is_err());
            self.0.send(format!("{others:?}")).unwrap();
        }
    }

    green_local! {
        static REPORT: Slot<Report> = RefCell::default();
        static LATE: Vec<u8> = vec![1, 2];
    }

    check(|| {
        for has_hub in [true, false] {
            let (sender, receiver) = mpsc::channel();
            let os_thread = thread::spawn(move || {
                COUNT.set(3);
                REPORT.set(Some(Report(sender)));
                if has_hub {
                    assert_eq!(spawn(|| COUNT.get()).wait().unwrap(), 0);
                }
                assert_eq!(COUNT.get(), 3);
            });
            os_thread.join().unwrap();
            assert_eq!(receiver.recv().unwrap(), "(3, 2, true)");
        }
    });
}
