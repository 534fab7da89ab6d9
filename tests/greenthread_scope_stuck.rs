//! Scopes whose green threads nobody can end: deadlocks, and OS threads that end before.

use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering::SeqCst;
use std::thread;
use std::time::Duration;

use eventlet::{Builder, Event, scope, sleep, spawn};
use eventlet_tests::child::Child;
use eventlet_tests::{Log, OnDrop, check, ms, panic_of, yield_now};

#[test]
fn a_deadlock_is_reported_and_ends_the_scope() {
    check(|| {
        let log = Log::new();
        let never = Rc::new(Event::<()>::new());
        let text = panic_of(|| {
            scope(|s| {
                s.spawn(|| {
                    let _noted = log.on_drop("child");
                    never.wait().unwrap();
                });
            });
        });
        assert!(
            text.starts_with("deadlock: the main context waits for the end of scoped"),
            "{text}"
        );
        assert_eq!(log.take(), "child");
    });
}

#[test]
fn if_nothing_can_end_them_the_process_is_aborted() {
    let ended = Child::new().run(|| {
        let never = Event::<()>::new();
        scope(|s| {
            s.spawn(|| {
                let _stuck = OnDrop(|| never.wait().unwrap());
                never.wait().unwrap();
            });
        });
    });
    ended.expect_abort().expect_stderr("deadlock: ").expect_stderr("a scope cannot end");
}

/// The OS thread ends while a scope waits: nothing that may borrow is touched any more.
#[test]
fn an_abandoned_scope_keeps_everything() {
    check(|| {
        let n_drops = Arc::new(AtomicUsize::new(0));
        let theirs = n_drops.clone();
        let os_thread = thread::spawn(move || {
            let count = move || theirs.fetch_add(1, SeqCst);
            drop(spawn(move || {
                let frame = OnDrop(|| _ = count());
                scope(|s| {
                    let (first, second) = (OnDrop(|| _ = count()), OnDrop(|| _ = count()));
                    let frame = &frame;
                    s.spawn(move || {
                        let _first = (first, frame);
                        sleep(Duration::MAX);
                    });
                    let late = Builder::new().delay(ms(60_000));
                    drop(late.spawn_scoped(s, move || drop((second, frame))));
                });
            }));
            yield_now();
            yield_now();
        });
        os_thread.join().unwrap();
        assert_eq!(n_drops.load(SeqCst), 0);
    });
}
