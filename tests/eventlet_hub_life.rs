//! The behaviours of Eventlet's own tests of `hubs`, by their names: errors, signals, and a loop
//! that was left.

use std::fs::OpenOptions;
use std::os::unix::fs::OpenOptionsExt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::Command;
use std::thread::panicking;
use std::time::Duration;

use eventlet::hubs::{Direction, get_hub, trampoline};
use eventlet::{GreenThread, Timeout, debug, sleep, spawn, with_timeout};
use eventlet_tests::child::Child;
use eventlet_tests::{Log, OnDrop, check, ms, panic_of, yield_now};

/// Two panics whose handling overlaps: each green thread gets its own back.
#[test]
fn exceptionpreservation() {
    check(|| {
        let log = Log::new();
        let theirs = log.clone();
        let second = spawn(move || {
            theirs.add(panic_of(|| panic!("second")));
            yield_now();
            theirs.add("handled");
        });
        let theirs = log.clone();
        let first = spawn(move || {
            let mut second = Some(second);
            let text = panic_of(|| {
                let _waits = OnDrop(|| second.take().unwrap().wait().unwrap());
                panic!("first");
            });
            theirs.add(text);
            assert!(!panicking());
        });
        first.wait().unwrap();
        assert_eq!(log.take(), "second handled first");
    });
}

/// Whoever runs while another one handles a panic, or would like to wait in the middle of one,
/// sees nothing of it.
#[test]
fn exceptionleaks() {
    check(|| {
        let (log, witness) = (Log::new(), Log::new());
        let theirs = witness.clone();
        let watching = spawn(move || {
            loop {
                theirs.add(panicking());
                yield_now();
            }
        });
        yield_now();
        let theirs = log.clone();
        let failing = spawn(move || {
            let caught = catch_unwind(AssertUnwindSafe(|| {
                let _sleeps = OnDrop(|| {
                    theirs.add(panicking());
                    sleep(ms(1));
                });
                panic!("expected");
            }));
            // The handler: the panic's payload is still in its hands.
            yield_now();
            drop(caught);
        });
        assert!(!panicking());
        yield_now();
        assert!(!panicking());
        failing.wait().unwrap();
        assert_eq!(log.take(), "true");
        assert!(!witness.take().contains("true"));
        watching.kill();
    });
}

/// A process that is stopped and goes on, which interrupts its system calls, still times out.
#[test]
fn suspend_doesnt_crash() {
    let ended = Child::new().run(|| {
        let listener = eventlet::listen("127.0.0.1:0").unwrap();
        let mut stopper = Command::new("sh")
            .args(["-c", "sleep 0.05; kill -STOP $PPID; kill -CONT $PPID"])
            .spawn()
            .unwrap();
        assert!(with_timeout(ms(500), || listener.accept()).is_err());
        assert!(stopper.wait().unwrap().success(), "it was stopped");
        println!("exited correctly");
    });
    assert!(ended.expect_success().stdout.contains("exited correctly"), "{ended:#?}");
}

/// The same error each time: nothing of the first attempt stays registered.
#[test]
fn repeated_select_bad_fd() {
    check(|| {
        // A bare path, which cannot be read and hence not be waited for.
        let path = OpenOptions::new().read(true).custom_flags(libc::O_PATH).open("/").unwrap();
        for _ in 0..2 {
            let error = trampoline(&path, Direction::Read, None).unwrap_err();
            assert_eq!(error.raw_os_error(), Some(libc::EBADF));
            assert_eq!((get_hub().stats().io_waiters, get_hub().stats().descriptors), (0, 0));
        }
    });
}

/// Leaves the hub's loop in the middle of a wait of the main context: nothing can end that wait,
/// and this is reported.
fn leave_the_loop() {
    assert!(panic_of(|| sleep(Duration::MAX)).starts_with("deadlock: "));
}

/// A wait of the main context that only its own limit may end.
fn assert_waits_to_its_limit() {
    let before = debug::now();
    let limit = Timeout::new(ms(500));
    assert!(limit.run(|| sleep(Duration::from_secs(3600))).is_err());
    assert_eq!(debug::now() - before, ms(500));
}

/// A green thread that is killed after the loop was left does not go on in the main context's
/// name: nothing is left that would wake it.
#[test]
fn kill() {
    check(|| {
        debug::pause_clock();
        let stuck: GreenThread<()> = spawn(|| sleep(Duration::MAX));
        yield_now();
        leave_the_loop();
        stuck.kill();
        assert!(stuck.is_dead());
        assert_waits_to_its_limit();
        drop(stuck);
    });
}

/// One that ends after the loop was left gives way to the hub, not to who waits in the main
/// context.
#[test]
fn parent() {
    check(|| {
        debug::pause_clock();
        leave_the_loop();
        let late = spawn(|| ());
        assert!(!late.is_dead());
        assert_waits_to_its_limit();
        assert!(late.is_dead());
        late.wait().unwrap();
    });
}
