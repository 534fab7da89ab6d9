//! Callbacks for the end of a green thread.

use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use eventlet::{current, debug, sleep, spawn};
use eventlet_tests::{Log, check, ms, yield_now};

#[test]
fn link() {
    check(|| {
        let log = Log::new();
        let thread = spawn(|| 5);
        for number in 0..3 {
            let log = log.clone();
            thread.link(move |status| {
                assert!(status.is_success());
                log.add(number);
            });
        }
        assert_eq!(log.take(), "");
        assert_eq!(thread.wait().unwrap(), 5);
        assert_eq!(log.take(), "0 1 2");
    });
}

#[test]
fn links_are_told_how_it_ended() {
    check(|| {
        debug::pause_clock();
        let log = Log::new();
        let told = |thread: &eventlet::GreenThread<()>| {
            let log = log.clone();
            thread.link(move |status| log.add(format!("{status:?}")));
        };
        let panicking = spawn(|| panic!("expected"));
        let killed = spawn(|| sleep(Duration::from_secs(3600)));
        let late = spawn(|| {
            let _limit = eventlet::Timeout::new(ms(1));
            sleep(ms(5));
        });
        [&panicking, &killed, &late].into_iter().for_each(told);
        sleep(ms(2));
        killed.kill();
        assert_eq!(
            log.take(),
            "ExitStatus { kind: Panicked } ExitStatus { kind: TimedOut } ExitStatus { kind: Killed }"
        );
    });
}

#[test]
fn link_after_exited() {
    check(|| {
        let thread = spawn(|| 5);
        yield_now();
        let log = Log::new();
        let (theirs, me) = (log.clone(), current());
        let link = thread.link(move |status| {
            assert_eq!(current(), me, "it is called in the caller");
            theirs.add(status.is_success());
        });
        assert_eq!(log.take(), "true");
        assert!(!thread.unlink(link));
    });
}

/// Linking inside a link: at once, since the result is known, and nothing is called twice.
#[test]
fn link_relinks() {
    check(|| {
        let log = Log::new();
        let thread = spawn(|| ());
        let (handle, theirs) = (thread.handle(), log.clone());
        thread.link(move |_| {
            theirs.add("outer");
            let inner = theirs.clone();
            handle.link(move |_| inner.add("inner"));
            theirs.add("done");
        });
        let theirs = log.clone();
        thread.link(move |_| theirs.add("second"));
        thread.wait().unwrap();
        assert_eq!(log.take(), "outer inner done second");
    });
}

#[test]
fn unlink_takes_one_back() {
    check(|| {
        let log = Log::new();
        let thread = spawn(|| ());
        let links: Vec<_> = (0..3)
            .map(|number| {
                let (called, dropped) = (log.clone(), log.on_drop(format!("drop{number}")));
                thread.link(move |_| {
                    let _dropped = dropped;
                    called.add(number);
                })
            })
            .collect();
        assert!(thread.handle().unlink(links[1]));
        assert_eq!(log.take(), "drop1");
        assert!(!thread.unlink(links[1]), "it is gone");
        thread.wait().unwrap();
        assert_eq!(log.take(), "0 drop0 2 drop2");
    });
}

#[test]
fn a_link_of_another_thread_is_not_taken_back() {
    check(|| {
        let log = Log::new();
        let (first, second) = (spawn(|| ()), spawn(|| ()));
        let theirs = log.clone();
        let link = first.link(move |_| theirs.add("first"));
        let theirs = log.clone();
        second.link(move |_| theirs.add("second"));
        assert!(!second.unlink(link));
        first.wait().unwrap();
        second.wait().unwrap();
        assert_eq!(log.take(), "first second");
    });
}

/// Eventlet drops the remaining links until someone links again.
#[test]
fn a_panic_in_a_link_does_not_stop_the_others() {
    check(|| {
        let log = Log::new();
        let thread = spawn(|| 5);
        let theirs = log.clone();
        thread.link(move |_| theirs.add("before"));
        thread.link(|_| panic!("expected, from a link"));
        let theirs = log.clone();
        thread.link(move |_| theirs.add("after"));
        assert_eq!(thread.wait().unwrap(), 5);
        assert_eq!(log.take(), "before after");
    });
}

#[test]
fn links_run_inside_the_thread_before_it_is_dead() {
    check(|| {
        let log = Log::new();
        let thread = spawn(|| ());
        let (handle, theirs) = (thread.handle(), log.clone());
        thread.link(move |_| {
            theirs.add(current() == handle);
            theirs.add(handle.is_dead());
        });
        let handle = thread.handle();
        thread.wait().unwrap();
        assert_eq!(log.take(), "true false");
        assert!(handle.is_dead());
    });
}

/// A link may wait; the thread is dead, and its waiter runs, when it likes.
#[test]
fn a_link_may_switch() {
    check(|| {
        debug::pause_clock();
        let done = Rc::new(Cell::new(false));
        let thread = spawn(|| 5);
        let (handle, theirs) = (thread.handle(), done.clone());
        thread.link(move |_| {
            sleep(ms(10));
            theirs.set(true);
        });
        assert_eq!(thread.wait().unwrap(), 5);
        assert!(!done.get() && !handle.is_dead());
        sleep(ms(10));
        yield_now();
        assert!(done.get() && handle.is_dead());
    });
}

#[test]
fn the_main_context_calls_no_links() {
    check(|| {
        let log = Log::new();
        let called = log.clone();
        let dropped = log.on_drop("dropped");
        let main = current();
        let link = main.link(move |_| {
            let _dropped = dropped;
            called.add("called");
        });
        assert_eq!(log.take(), "dropped");
        assert!(!main.unlink(link));
    });
}

/// Eventlet's `test_basic` of spawn_after with links: a delayed start tells its end, too.
#[test]
fn basic() {
    check(|| {
        debug::pause_clock();
        let log = Log::new();
        let thread = eventlet::spawn_after(ms(10), || 3);
        let theirs = log.clone();
        thread.link(move |status| theirs.add(status.is_success()));
        sleep(ms(5));
        assert_eq!(log.take(), "");
        assert_eq!(thread.wait().unwrap(), 3);
        assert_eq!(log.take(), "true");
    });
}
