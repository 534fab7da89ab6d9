//! The behaviours of Eventlet's own tests of `timeout`, by their names.

use std::io;
use std::time::Duration;

use eventlet::{Timeout, debug, sleep, spawn};
use eventlet_tests::{check, ms, yield_now};

#[test]
fn repr() {
    check(|| {
        let limit = Timeout::new(Duration::from_secs(1));
        yield_now();
        assert_eq!(format!("{limit:?}"), "Timeout { limit: 1s, pending: true }");
        assert!(limit.cancel());
        assert_eq!(format!("{limit:?}"), "Timeout { limit: 1s, pending: false }");
        let late = eventlet::with_timeout(Duration::ZERO, yield_now).unwrap_err();
        assert_eq!(format!("{late:?}"), "TimedOut { limit: 0ns }");
        assert_eq!(late.to_string(), "timed out after 0ns");
    });
}

/// What Eventlet returns as `timeout_value` is `unwrap_or` here.
#[test]
fn with_timeout() {
    check(|| {
        debug::pause_clock();
        let late = eventlet::with_timeout(ms(10), || sleep(ms(100)));
        assert_eq!(late.unwrap_err().limit(), ms(10));
        let slow = || {
            sleep(ms(100));
            "value"
        };
        assert_eq!(eventlet::with_timeout(ms(10), slow).unwrap_or("instead"), "instead");
        assert_eq!(eventlet::with_timeout(ms(1000), slow).unwrap_or("instead"), "value");
    });
}

/// The inner one, which is longer, does not take the outer one for its own.
#[test]
fn with_outer_timer() {
    check(|| {
        debug::pause_clock();
        let longer = || eventlet::with_timeout(ms(100), || sleep(ms(200))).is_err();
        assert_eq!(eventlet::with_timeout(ms(10), longer).unwrap_err().limit(), ms(10));
    });
}

/// Every shape in which a timeout reaches someone says that it is one.
#[test]
fn is_timeout_attribute() {
    check(|| {
        debug::pause_clock();
        let late = eventlet::with_timeout(ms(1), || sleep(ms(10))).unwrap_err();
        assert_eq!(io::Error::from(late).kind(), io::ErrorKind::TimedOut);
        let ended = || {
            let thread = spawn(|| {
                let _limit = Timeout::new(ms(1));
                sleep(ms(10));
            });
            thread.wait().unwrap_err()
        };
        assert!(ended().is_timeout());
        assert_eq!(io::Error::from(ended()).kind(), io::ErrorKind::TimedOut);
    });
}
