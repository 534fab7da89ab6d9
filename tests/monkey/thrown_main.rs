//! What is thrown at the main context in a patched call: limits, and what the hub has to say.

use std::fs::{self, File};
use std::os::fd::RawFd;
use std::thread;
use std::time::Duration;

use eventlet::{Timeout, sleep, spawn, with_timeout};
use eventlet_monkey_tests::{Silence, c};
use eventlet_tests::child::Child;
use eventlet_tests::{ms, panic_of};

fn check(body: impl FnOnce()) {
    eventlet::monkey_patch();
    eventlet_tests::check(body);
}

#[test]
fn a_limit_that_nobody_catches_is_a_panic_of_the_next_wait() {
    check(|| {
        let silence = Silence::new();
        let limit = Timeout::new(ms(5));
        for _ in 0..3 {
            assert_eq!(silence.read_error(), libc::ETIMEDOUT);
        }
        let text = panic_of(|| sleep(ms(1)));
        assert!(text.starts_with("a Timeout fired in the main context"), "{text}");
        assert!(!limit.is_pending());
        sleep(ms(1));
    });
}

#[test]
fn green_threads_run_meanwhile() {
    check(|| {
        let silence = Silence::new();
        let thread = spawn(|| {
            sleep(ms(5));
            with_timeout(ms(5), || Silence::new().read_error())
        });
        let late = with_timeout(Duration::from_millis(100), || silence.read_error());
        assert!(late.is_err());
        assert!(thread.is_dead());
        assert!(thread.wait().unwrap().is_err());
    });
}

/// The descriptor that a hub waits with; this process has one hub.
fn poller() -> RawFd {
    let files = fs::read_dir("/proc/self/fd").unwrap();
    let is_poller = |file: &fs::DirEntry| {
        fs::read_link(file.path()).is_ok_and(|target| target.ends_with("anon_inode:[eventpoll]"))
    };
    let pollers: Vec<_> = files.map(Result::unwrap).filter(is_poller).collect();
    assert_eq!(pollers.len(), 1);
    pollers[0].file_name().to_str().unwrap().parse().unwrap()
}

#[test]
fn a_hub_that_cannot_poll_says_so_at_the_next_wait() {
    let ended = Child::new().run(|| {
        eventlet::monkey_patch();
        sleep(ms(1));
        c::dup2(&File::open("/dev/null").unwrap(), poller()).unwrap();
        for _ in 0..3 {
            thread::sleep(ms(1));
        }
        let text = panic_of(|| sleep(ms(1)));
        assert!(text.starts_with("the hub cannot poll"), "{text}");
    });
    ended.expect_success().expect_stderr("the hub cannot poll");
}
