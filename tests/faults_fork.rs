//! A process that forks without exec: the child is told, and the parent is not harmed.

use std::io::{Read, Write};
use std::os::unix::net::UnixStream;
use std::time::Duration;

use eventlet::hubs::{Direction, trampoline};
use eventlet::{sleep, spawn, tpool};
use eventlet_tests::child::Child;
use eventlet_tests::{ms, panic_of, sys, yield_now};

const REASON: &str = "this process was forked without exec, and the hub belongs to its parent: \
                      fork before the first green call, or use std::process::Command";

/// What `panic_of` gives for a hub that cannot poll.
fn assert_refused(text: &str) {
    assert_eq!(text, format!("the hub cannot poll: {REASON}"));
}

/// Eventlet's `test_fork`: there the child goes on with the parent's poller.
#[test]
fn fork() {
    let ended = Child::new().run(|| {
        let (mut reader, mut writer) = UnixStream::pair().unwrap();
        let theirs = reader.try_clone().unwrap();
        let waiter = spawn(move || trampoline(&theirs, Direction::Read, None));
        yield_now();

        let code = sys::in_fork(|| {
            assert_refused(&panic_of(|| sleep(ms(1))));
            assert_refused(&panic_of(|| tpool::execute(|| 5)));
            let (other, _peer) = UnixStream::pair().unwrap();
            let error = trampoline(&other, Direction::Read, None).unwrap_err();
            assert_eq!(error.to_string(), REASON);
            7
        });
        assert_eq!(code, 7);

        assert!(!waiter.is_dead(), "the child has not taken the parent's registration out");
        writer.write_all(b"x").unwrap();
        waiter.wait().unwrap().unwrap();
        reader.read_exact(&mut [0]).unwrap();
        assert_eq!(tpool::execute(|| 5), 5);
        sleep(ms(1));
    });
    ended.expect_success();
}

/// Eventlet's `test_fork_simple`: forking first and using the library afterwards is fine.
#[test]
fn fork_simple() {
    let ended = Child::new().run(|| {
        let code = sys::in_fork(|| {
            let thread = spawn(|| {
                sleep(ms(1));
                7
            });
            thread.wait().unwrap()
        });
        assert_eq!(code, 7);
        sleep(ms(1));
    });
    ended.expect_success();
}

/// What needs no poller works in the child: a value that is there, destructors, kills.
#[test]
fn a_forked_child_can_end_its_green_threads() {
    let ended = Child::new().run(|| {
        let done = spawn(|| 7);
        let sleeper = spawn(|| sleep(Duration::from_secs(3600)));
        yield_now();
        let mut slot = Some((done, sleeper));
        let code = sys::in_fork(|| {
            let (done, sleeper) = slot.take().unwrap();
            sleeper.kill();
            assert!(sleeper.is_dead());
            done.wait().unwrap()
        });
        assert_eq!(code, 7);
        let (done, sleeper) = slot.take().unwrap();
        assert_eq!(done.wait().unwrap(), 7);
        assert!(!sleeper.is_dead());
        sleeper.kill();
    });
    ended.expect_success();
}

#[test]
fn commands_are_not_affected() {
    let ended = Child::new().run(|| {
        let sleeper = spawn(|| sleep(ms(5)));
        yield_now();
        let status = std::process::Command::new("true").status().unwrap();
        assert!(status.success());
        sleeper.wait().unwrap();
    });
    ended.expect_success();
}
