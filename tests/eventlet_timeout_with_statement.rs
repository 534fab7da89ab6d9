//! The behaviours of Eventlet's own tests of `Timeout` as a `with` block, by their names.
//!
//! The block is the closure of [`Timeout::run`] or [`with_timeout`]; what it would raise is the
//! error that they return.

use std::io;
use std::rc::Rc;

use eventlet::{TimedOut, Timeout, debug, sleep, with_timeout};
use eventlet_tests::{check, ms, yield_now};

/// Nothing happens if the block ends before the limit.
#[test]
fn cancellation() {
    check(|| {
        debug::pause_clock();
        let limit = Timeout::new(ms(20));
        yield_now();
        assert!(limit.is_pending());
        let in_time = limit.run(|| {
            assert!(limit.is_pending());
            sleep(ms(10));
        });
        assert_eq!(in_time, Ok(()));
        drop(limit);
        sleep(ms(20));
    });
}

#[test]
fn raising_self() {
    check(|| {
        debug::pause_clock();
        let limit = Timeout::new(ms(10));
        assert_eq!(limit.run(|| sleep(ms(20))).unwrap_err().limit(), ms(10));
        assert!(!limit.is_pending());
    });
}

#[test]
fn raising_custom_exception() {
    check(|| {
        debug::pause_clock();
        let late = with_timeout(ms(10), || sleep(ms(20)))
            .map_err(|_| io::Error::other("operation takes way too long"));
        assert_eq!(late.unwrap_err().to_string(), "operation takes way too long");
    });
}

/// The class is the error type of the function in which the block stands.
#[test]
fn raising_exception_class() {
    #[derive(PartialEq, Debug)]
    struct TooSlow;
    impl From<TimedOut> for TooSlow {
        fn from(_: TimedOut) -> Self {
            TooSlow
        }
    }
    fn operation() -> Result<(), TooSlow> {
        Ok(with_timeout(ms(10), || sleep(ms(20)))?)
    }
    check(|| {
        debug::pause_clock();
        assert_eq!(operation(), Err(TooSlow));
    });
}

#[test]
fn cancel_timer_inside_block() {
    check(|| {
        debug::pause_clock();
        let limit = Timeout::new(ms(10));
        let went_on = limit.run(|| {
            assert!(limit.cancel());
            sleep(ms(20));
            "went on"
        });
        assert_eq!(went_on, Ok("went on"));
    });
}

#[test]
fn silent_block() {
    check(|| {
        debug::pause_clock();
        let before = debug::now();
        let _ = with_timeout(ms(100), || sleep(ms(200)));
        assert_eq!(debug::now() - before, ms(100));
    });
}

#[test]
fn dummy_timer() {
    check(|| {
        debug::pause_clock();
        let limit = Timeout::new(std::time::Duration::MAX);
        assert_eq!(limit.run(|| sleep(ms(10))), Ok(()));
        drop(limit);
        sleep(ms(10));
    });
}

/// Nothing keeps what the block has captured: Eventlet's test asks that of the error.
#[test]
fn r#ref() {
    check(|| {
        debug::pause_clock();
        for duration in [ms(10), ms(30)] {
            let held = Rc::new(());
            let weak = Rc::downgrade(&held);
            let result = with_timeout(ms(20), move || {
                sleep(duration);
                Rc::strong_count(&held)
            });
            assert_eq!(result.is_ok(), duration < ms(20));
            assert!(weak.upgrade().is_none());
        }
    });
}

#[test]
fn nested_timeout() {
    check(|| {
        debug::pause_clock();
        let nested = with_timeout(ms(10), || {
            let _ = with_timeout(ms(20), || sleep(ms(30)));
            unreachable!("the outer one passes through the inner one");
        });
        assert_eq!(nested.unwrap_err().limit(), ms(10));

        let outer = Timeout::new(ms(10));
        let inner = Timeout::new(ms(20));
        assert!(outer.run(|| inner.run(|| sleep(ms(30)))).is_err());
        assert!(!outer.is_pending() && inner.is_pending());
        inner.cancel();

        let outer = Timeout::new(ms(20));
        let inner = Timeout::new(ms(10));
        let nested = outer.run(|| {
            assert_eq!(inner.run(|| sleep(ms(30))).unwrap_err().limit(), ms(10));
            assert!(outer.is_pending() && !inner.is_pending());
        });
        assert_eq!(nested, Ok(()));
        outer.cancel();
        assert!(!outer.is_pending());
    });
}
