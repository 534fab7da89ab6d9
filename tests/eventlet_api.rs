//! The behaviours of Eventlet's own tests of its top level, by their names.

use std::cell::Cell;
use std::io::{BufRead, BufReader, ErrorKind, Read, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;
use std::time::Duration;

use eventlet::hubs::{Direction, get_hub, spawn_hub, trampoline};
use eventlet::{connect, debug, kill, listen, sleep, spawn, spawn_n, with_timeout};
use eventlet_tests::{Log, OnDrop, check, ms, yield_now};

#[test]
fn tcp_listener() {
    check(|| {
        let listener = listen("0.0.0.0:0").unwrap();
        assert!(listener.local_addr().unwrap().ip().is_unspecified());
        listener.close();
    });
}

/// What is read and written through clones goes on when the first handle is closed: Eventlet's
/// `makefile`.
#[test]
fn connect_tcp() {
    check(|| {
        let listener = listen("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        spawn_n(move || {
            let (stream, _) = listener.accept().unwrap();
            let mut clone = stream.try_clone().unwrap();
            drop(stream);
            clone.write_all(b"hello\n").unwrap();
        });
        let client = connect(address).unwrap();
        let mut reader = BufReader::new(client.try_clone().unwrap());
        drop(client);
        let mut line = String::new();
        reader.read_line(&mut line).unwrap();
        assert_eq!(line, "hello\n");
        assert_eq!(reader.read_to_end(&mut Vec::new()).unwrap(), 0);
    });
}

/// A guest that waits for a green socket gives up in time, and leaves nothing behind.
#[test]
fn _001_trampoline_timeout() {
    check(|| {
        let listener = listen("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let server = spawn(move || {
            let accepted = listener.accept().unwrap();
            sleep(ms(20));
            drop(accepted);
        });
        yield_now();
        let stream = connect(address).unwrap();
        let late = trampoline(&stream, Direction::Read, Some(ms(1))).unwrap_err();
        assert_eq!(late.kind(), ErrorKind::TimedOut);
        assert_eq!(get_hub().stats().io_waiters, 0);
        server.wait().unwrap();
    });
}

/// A limit on a wait that ends in time does not fire later.
#[test]
fn timeout_cancel() {
    check(|| {
        let listener = Rc::new(listen("127.0.0.1:0").unwrap());
        let address = listener.local_addr().unwrap();
        let acceptor = listener.clone();
        let server = spawn(move || while acceptor.accept().is_ok() {});
        let client = spawn(move || {
            let stream = connect(address).unwrap();
            // The end of the stream makes it readable.
            trampoline(&stream, Direction::Read, Some(Duration::from_secs(20))).unwrap();
            listener.close();
        });
        client.wait().unwrap();
        server.wait().unwrap();
        assert_eq!(get_hub().stats().timers, 0);
    });
}

/// One that catches a kill and goes on is run to its end by the hub.
#[test]
fn killing_dormant() {
    check(|| {
        debug::pause_clock();
        let log = Log::new();
        let theirs = log.clone();
        let dormant = spawn(move || {
            theirs.add("start");
            if catch_unwind(AssertUnwindSafe(|| sleep(ms(100)))).is_err() {
                theirs.add("except");
            }
            yield_now();
            theirs.add("finished");
        });
        sleep(ms(50));
        assert_eq!(log.take(), "start");
        kill(&dormant.handle());
        // The killer is next, before the one that gave way again.
        assert_eq!(log.take(), "except");
        sleep(ms(100));
        assert_eq!(log.take(), "finished");
        dormant.wait().unwrap();
    });
}

#[test]
fn nested_with_timeout() {
    check(|| {
        debug::pause_clock();
        let inner = || with_timeout(ms(200), || sleep(ms(2000))).unwrap_or_default();
        assert_eq!(with_timeout(ms(100), inner).unwrap_err().limit(), ms(100));
    });
}

/// Sleeping for no time is allowed wherever code of the user runs, and never an error.
#[test]
fn zero_second_sleep() {
    check(|| {
        yield_now();
        let linked = Rc::new(Cell::new(false));
        let flag = linked.clone();
        let thread = spawn(yield_now);
        thread.link(move |_| {
            yield_now();
            flag.set(true);
        });
        // Whoever waits is queued before the links run, so it is back while the link yields.
        thread.wait().unwrap();
        yield_now();
        assert!(linked.get());

        let unwinding = spawn(|| {
            let _yields = OnDrop(yield_now);
            panic!("expected");
        });
        assert!(unwinding.wait().unwrap_err().is_panic());

        let other = spawn_hub().unwrap();
        other.spawn(yield_now).wait().unwrap();
        other.shutdown(Duration::from_secs(1));
    });
}
