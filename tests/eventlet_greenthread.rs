//! The behaviours of Eventlet's own tests of `greenthread`, by their names.

use std::fmt::Debug;
use std::time::Duration;

use eventlet::{GreenThread, debug, sleep, spawn, spawn_after, spawn_after_local, spawn_n};
use eventlet_tests::{Log, check, ms, yield_now};

/// A body that notes that it ran, with `value`, and returns it.
fn pass_through(log: &Log, value: u32) -> impl FnOnce() -> u32 + 'static {
    let log = log.clone();
    move || {
        log.add(value);
        value
    }
}

/// It has ended, without a result, because it was killed.
fn assert_dead<T: Debug + 'static>(thread: GreenThread<T>) {
    assert!(thread.is_dead() && !thread.handle().is_running());
    assert!(thread.wait().unwrap_err().is_killed());
}

#[test]
fn simple() {
    check(|| {
        let log = Log::new();
        let thread = spawn(pass_through(&log, 1));
        assert_eq!(thread.wait().unwrap(), 1);
        assert_eq!(log.take(), "1");
    });
}

#[test]
fn n() {
    check(|| {
        let log = Log::new();
        let body = pass_through(&log, 2);
        let thread = spawn_n(move || assert_eq!(body(), 2));
        assert!(!thread.is_dead());
        yield_now();
        assert!(thread.is_dead());
        assert_eq!(log.take(), "2");
    });
}

#[test]
fn kill() {
    check(|| {
        let log = Log::new();
        let thread = spawn(pass_through(&log, 6));
        eventlet::kill(&thread.handle());
        assert!(thread.is_dead());
        sleep(ms(1));
        assert_eq!(log.take(), "");
        eventlet::kill(&thread.handle());
        assert_dead(thread);
    });
}

#[test]
fn kill_meth() {
    check(|| {
        let log = Log::new();
        let thread = spawn(pass_through(&log, 6));
        thread.kill();
        assert!(thread.is_dead());
        sleep(ms(1));
        assert_eq!(log.take(), "");
        thread.kill();
        assert_dead(thread);
    });
}

#[test]
fn kill_n() {
    check(|| {
        let log = Log::new();
        let body = pass_through(&log, 7);
        let thread = spawn_n(move || assert_eq!(body(), 7));
        eventlet::kill(&thread);
        assert!(thread.is_dead());
        sleep(ms(1));
        assert_eq!(log.take(), "");
        eventlet::kill(&thread);
        assert!(thread.is_dead() && !thread.is_running());
    });
}

/// Notes what a link of this green thread is told; it knows the thread by what it captures.
fn link_to(thread: &GreenThread<u32>, log: &Log) {
    let (log, id) = (log.clone(), thread.id());
    thread.link(move |status| {
        log.add(format!("linked:{}:{}", status.is_success(), eventlet::current().id() == id));
    });
}

#[test]
fn link() {
    check(|| {
        let log = Log::new();
        let thread = spawn(pass_through(&log, 5));
        link_to(&thread, &log);
        assert_eq!(thread.wait().unwrap(), 5);
        assert_eq!(log.take(), "5 linked:true:true");
    });
}

/// Called at once, in the caller.
#[test]
fn link_after_exited() {
    check(|| {
        let log = Log::new();
        let thread = spawn(pass_through(&log, 5));
        yield_now();
        assert!(thread.is_dead());
        link_to(&thread, &log);
        assert_eq!(log.take(), "5 linked:true:false");
        assert_eq!(thread.wait().unwrap(), 5);
    });
}

#[test]
fn link_relinks() {
    check(|| {
        let log = Log::new();
        let thread = spawn(pass_through(&log, 5));
        let (handle, theirs) = (thread.handle(), log.clone());
        thread.link(move |_| {
            theirs.add("outer");
            handle.link(move |_| theirs.add("inner"));
        });
        assert_eq!(thread.wait().unwrap(), 5);
        assert_eq!(log.take(), "5 outer inner");
    });
}

#[test]
fn basic() {
    check(|| {
        debug::pause_clock();
        let before = debug::now();
        let log = Log::new();
        let thread = spawn_after(ms(100), pass_through(&log, 20));
        assert_eq!(thread.wait().unwrap(), 20);
        assert_eq!((log.take().as_str(), debug::now() - before), ("20", ms(100)));
    });
}

#[test]
fn cancel() {
    check(|| {
        debug::pause_clock();
        let log = Log::new();
        let thread = spawn_after(ms(100), pass_through(&log, 21));
        assert!(thread.cancel());
        assert_dead(thread);
        sleep(ms(200));
        assert_eq!(log.take(), "");
    });
}

/// A green thread that has begun and sleeps before it returns `value`.
fn begun(value: u32) -> GreenThread<u32> {
    let thread = spawn_after(Duration::ZERO, move || {
        sleep(ms(100));
        value
    });
    yield_now();
    thread
}

#[test]
fn cancel_already_started() {
    check(|| {
        debug::pause_clock();
        let thread = begun(22);
        assert!(!thread.cancel());
        assert_eq!(thread.wait().unwrap(), 22);
    });
}

#[test]
fn kill_already_started() {
    check(|| {
        debug::pause_clock();
        let thread = begun(22);
        thread.kill();
        assert_dead(thread);
    });
}

#[test]
fn timer_fired() {
    check(|| {
        debug::pause_clock();
        let log = Log::new();
        let body = pass_through(&log, 1);
        spawn(|| {
            spawn_after_local(ms(100), body);
            sleep(ms(200));
        });
        sleep(ms(50));
        assert_eq!(log.take(), "");
        sleep(ms(250));
        assert_eq!(log.take(), "1");
    });
}

#[test]
fn timer_cancelled_upon_greenlet_exit() {
    check(|| {
        debug::pause_clock();
        let log = Log::new();
        let body = pass_through(&log, 1);
        spawn(|| drop(spawn_after_local(ms(100), body)));
        sleep(ms(200));
        assert_eq!(log.take(), "");
    });
}

#[test]
fn spawn_is_not_cancelled() {
    check(|| {
        let log = Log::new();
        let body = pass_through(&log, 1);
        // It ends at once; what it has spawned runs all the same.
        spawn(|| drop(spawn(body)));
        yield_now();
        yield_now();
        assert_eq!(log.take(), "1");
    });
}
