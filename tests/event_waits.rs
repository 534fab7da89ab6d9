//! Events, flags and wait groups: who is woken, and with what.

use std::io;

use eventlet::event::{Flag, WaitGroup};
use eventlet::{Event, debug, join_all, sleep, spawn};
use eventlet_tests::{Log, check, ms, yield_now};

#[test]
fn everyone_is_woken_in_the_order_of_arrival() {
    check(|| {
        let (event, log) = (Event::new(), Log::new());
        let threads: Vec<_> = (0..4)
            .map(|number| {
                let (event, log) = (event.clone(), log.clone());
                spawn(move || log.add(format!("{number}:{}", event.wait().unwrap())))
            })
            .collect();
        yield_now();
        threads[1].kill();
        event.send("x");
        join_all(threads);
        assert_eq!(log.take(), "0:x 2:x 3:x");
    });
}

/// Who has been woken gets what was sent, whatever happens to the event before it runs.
#[test]
fn a_reset_takes_nothing_from_those_who_are_woken() {
    check(|| {
        let event = Event::new();
        let (theirs, chosen) = (event.clone(), event.clone());
        let waiter = spawn(move || theirs.wait().unwrap());
        let selector = spawn(move || eventlet::select! { value = chosen => value.unwrap() });
        yield_now();
        event.send(1);
        event.reset();
        event.send(2);
        event.reset();
        assert_eq!(waiter.wait().unwrap(), 1);
        assert_eq!(selector.wait().unwrap(), 1);
        assert!(event.try_wait().is_none());
    });
}

#[test]
fn an_error_is_shared() {
    check(|| {
        let event = Event::<()>::new();
        event.send_error(io::Error::from(io::ErrorKind::NotFound));
        assert!(event.is_ready() && event.is_error());
        for _ in 0..2 {
            let error = event.wait().unwrap_err();
            let inner = error.get_ref().downcast_ref::<io::Error>().unwrap();
            assert_eq!(inner.kind(), io::ErrorKind::NotFound);
        }
        assert_eq!(event.try_send(()), Err(()));
    });
}

/// A value whose clone waits: others run meanwhile, and the event stays whole.
#[test]
fn a_clone_may_wait() {
    struct Slow(Event<()>);
    impl Clone for Slow {
        fn clone(&self) -> Self {
            self.0.wait().unwrap();
            Slow(self.0.clone())
        }
    }
    check(|| {
        let (event, go) = (Event::new(), Event::new());
        let theirs = event.clone();
        let waiter = spawn(move || theirs.wait().is_ok());
        yield_now();
        event.send(Slow(go.clone()));
        yield_now();
        event.reset();
        go.send(());
        assert!(waiter.wait().unwrap());
    });
}

/// A value whose destructor uses the event that is being reset.
#[test]
fn a_destructor_may_use_the_event() {
    #[derive(Clone)]
    struct Loud(Event<Loud>);
    impl Drop for Loud {
        fn drop(&mut self) {
            assert!(!self.0.is_ready());
        }
    }
    check(|| {
        let event = Event::new();
        event.send(Loud(event.clone()));
        event.reset();
        assert!(event.try_wait().is_none());
    });
}

#[test]
fn a_flag_comes_and_goes() {
    check(|| {
        let (flag, log) = (Flag::new(), Log::new());
        let threads: Vec<_> = (0..2)
            .map(|number| {
                let (flag, log) = (flag.clone(), log.clone());
                spawn(move || {
                    flag.wait();
                    log.add(number);
                })
            })
            .collect();
        yield_now();
        flag.set();
        flag.clear();
        join_all(threads);
        assert_eq!(log.take(), "0 1");
        assert!(!flag.wait_timeout(ms(1)));
        flag.set();
        flag.set();
        flag.wait();
        assert!(flag.wait_timeout(ms(1)));
    });
}

#[test]
fn a_wait_group_waits_for_all() {
    check(|| {
        debug::pause_clock();
        let group = WaitGroup::new();
        group.wait();
        let threads: Vec<_> = (1..=3)
            .map(|number| {
                let hold = group.hold();
                spawn(move || {
                    let _hold = hold;
                    sleep(ms(number * 10));
                })
            })
            .collect();
        yield_now();
        // Killed, it is not under way any more.
        threads[2].kill();
        assert!(!group.wait_timeout(ms(15)));
        let before = debug::now();
        group.wait();
        assert_eq!(debug::now() - before, ms(5));
        join_all(threads);
        group.done();
        assert_eq!(group.count(), 0, "it does not go below zero");
    });
}
