//! The behaviours of Eventlet's own tests of `event` (`event_test` and `test__event`), by their names.

use std::cell::Cell;
use std::rc::Rc;

use eventlet::{Event, Timeout, debug, spawn, spawn_after, spawn_n, with_timeout};
use eventlet_tests::{Log, check, ms, panic_of, yield_now};

#[test]
fn waiting_for_event() {
    check(|| {
        let event = Event::new();
        let theirs = event.clone();
        spawn_n(move || theirs.send("some stuff"));
        assert_eq!(event.wait().unwrap(), "some stuff");
    });
}

#[test]
fn multiple_waiters() {
    check(|| five_wait(false));
}

#[test]
fn multiple_waiters_with_exception() {
    check(|| five_wait(true));
}

/// Five green threads wait; if they are to, they panic when they have been woken.
fn five_wait(panics: bool) {
    let event = Event::new();
    let n_results = Rc::new(Cell::new(0));
    let waiters: Vec<_> = (0..5)
        .map(|_| {
            let (event, n_results, done) = (event.clone(), n_results.clone(), Event::new());
            let i_am_done = done.clone();
            let thread = spawn(move || {
                event.wait().unwrap();
                n_results.set(n_results.get() + 1);
                i_am_done.send(());
                assert!(!panics, "woken, and no more");
            });
            (thread, done)
        })
        .collect();
    yield_now();
    event.send(());
    for (thread, done) in waiters {
        done.wait().unwrap();
        assert_eq!(thread.wait().is_err(), panics);
    }
    assert_eq!(n_results.get(), 5);
}

#[test]
fn reset() {
    check(|| {
        let event = Event::new();
        let too_early = panic_of(|| event.reset());
        assert!(too_early.contains("has not happened"), "{too_early}");

        let theirs = event.clone();
        spawn_n(move || theirs.send("some stuff"));
        assert_eq!(event.wait().unwrap(), "some stuff");

        let again = panic_of(|| event.send("second stuff"));
        assert!(again.contains("has happened already"), "{again}");
        assert_eq!(event.wait().unwrap(), "some stuff");

        event.reset();
        let theirs = event.clone();
        spawn_n(move || theirs.send("second stuff"));
        assert_eq!(event.wait().unwrap(), "second stuff");
    });
}

#[test]
fn double_exception() {
    check(|| {
        let event = Event::<()>::new();
        event.send_error("from double_exception");
        assert_eq!(event.wait().unwrap_err().to_string(), "from double_exception");
        event.reset();
        let limit = Timeout::new(ms(1));
        assert!(limit.run(|| event.wait()).is_err());
    });
}

#[test]
fn wait_timeout_ok() {
    check(|| {
        debug::pause_clock();
        let event = Event::new();
        let theirs = event.clone();
        let sender = spawn_after(ms(100), move || theirs.send(true));
        let before = debug::now();
        assert!(event.wait_timeout(ms(200)).unwrap().unwrap());
        assert_eq!(debug::now() - before, ms(100));
        sender.wait().unwrap();
    });
}

#[test]
fn wait_timeout_exceed() {
    check(|| {
        debug::pause_clock();
        let event = Event::new();
        let theirs = event.clone();
        let sender = spawn_after(ms(200), move || theirs.send(true));
        let before = debug::now();
        assert!(event.wait_timeout(ms(100)).is_none());
        assert_eq!(debug::now() - before, ms(100));
        sender.wait().unwrap();
    });
}

#[test]
fn send_exc() {
    check(|| {
        let (log, event) = (Log::new(), Event::<i32>::new());
        let (notes, theirs) = (log.clone(), event.clone());
        spawn_n(move || match theirs.wait() {
            Ok(value) => notes.add(format!("received {value}")),
            Err(error) => notes.add(format!("caught {error}")),
        });
        yield_now();
        event.send_error("it");
        assert_eq!(log.take(), "", "sending does not switch");
        yield_now();
        assert_eq!(log.take(), "caught it");
    });
}

#[test]
fn send() {
    check(|| {
        debug::pause_clock();
        let (first, second) = (Event::new(), Event::<()>::new());
        let theirs = first.clone();
        let sender = spawn(move || theirs.send("hello"));
        let limit = Timeout::new(ms(0));
        // The event happens before a limit is looked at: data wins.
        match limit.run(|| first.wait()) {
            Ok(result) => assert_eq!(result.unwrap(), "hello"),
            Err(_) => assert!(with_timeout(ms(10), || second.wait()).is_err()),
        }
        sender.wait().unwrap();
    });
}
