//! Child processes by `std::process`.
#![allow(unsafe_code, reason = "calls of C functions")]

use std::io::{self, ErrorKind};
use std::os::unix::process::ExitStatusExt;
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::thread;

use eventlet_monkey_tests::{at_once, check, is_patched};
use eventlet_tests::{ms, sys, yield_now};

const N: usize = 200;

/// A process that takes 0.3 seconds and ends with `code`.
fn slow(code: usize) -> Command {
    shell(&format!("sleep 0.3; exit {code}"))
}

fn shell(command: &str) -> Command {
    let mut shell = Command::new("sh");
    shell.args(["-c", command]).stdin(Stdio::null());
    shell
}

/// One that lasts until it is killed.
fn lasting() -> Child {
    Command::new("sleep").arg("60").spawn().unwrap()
}

/// Ends a process, which must be running, and reaps it.
fn end(mut child: Child) {
    assert_eq!(child.try_wait().unwrap(), None);
    child.kill().unwrap();
    assert_eq!(child.wait().unwrap().signal(), Some(libc::SIGKILL));
    // Who asks again is told the same.
    assert_eq!(child.wait().unwrap().signal(), Some(libc::SIGKILL));
}

#[test]
fn many_at_once() {
    check(|| {
        sys::allow_descriptors(4 * N as u64);
        let run = at_once(N, |i| slow(i % 100).status().unwrap().code());
        let codes = run.like_the_slowest(ms(300));
        assert!(codes.iter().enumerate().all(|(i, code)| *code == Some(i as i32 % 100)));
    });
}

#[test]
fn trying_and_waiting() {
    check(|| {
        let run = at_once(20, |_| {
            let mut child = slow(7).spawn().unwrap();
            while child.try_wait().unwrap().is_none() {
                thread::sleep(ms(5));
            }
            child.wait().unwrap().code()
        });
        assert_eq!(run.like_the_slowest(ms(300)), [Some(7); 20]);
    });
}

#[test]
fn those_that_end_first_are_reported_first() {
    check(|| {
        let ends = Mutex::new(Vec::new());
        // Each goes on when the one before has been reported.
        let (next, pipes): (Vec<_>, Vec<_>) =
            (0..5).map(|_| io::pipe().unwrap()).map(|(r, w)| (r, Mutex::new(Some(w)))).unzip();
        let next: Vec<_> = next.into_iter().map(|pipe| Mutex::new(Some(pipe))).collect();
        let children: Vec<_> = next
            .iter()
            .map(|pipe| {
                let pipe = pipe.lock().unwrap().take().unwrap();
                Mutex::new(Command::new("cat").stdin(pipe).stdout(Stdio::null()).spawn().unwrap())
            })
            .collect();
        pipes[4].lock().unwrap().take();
        at_once(5, |i| {
            assert!(children[i].lock().unwrap().wait().unwrap().success());
            ends.lock().unwrap().push(i);
            if i > 0 {
                pipes[i - 1].lock().unwrap().take();
            }
        });
        assert_eq!(*ends.lock().unwrap(), [4, 3, 2, 1, 0]);
    });
}

#[test]
fn killed_while_waited_for() {
    check(|| {
        let run = at_once(50, |_| {
            let mut child = lasting();
            let pid = child.id() as i32;
            thread::scope(|scope| {
                scope.spawn(move || {
                    thread::sleep(ms(500));
                    // SAFETY: the process is a child that nobody has reaped.
                    assert_eq!(unsafe { libc::kill(pid, libc::SIGTERM) }, 0);
                });
                child.wait().unwrap().signal()
            })
        });
        assert_eq!(run.like_the_slowest(ms(500)), [Some(libc::SIGTERM); 50]);
    });
}

#[test]
fn a_kill_ends_the_wait_and_not_the_child() {
    check(|| {
        if !is_patched() {
            return;
        }
        let child = Mutex::new(lasting());
        eventlet::scope(|scope| {
            let waiter = scope.spawn(|| {
                let mut child = child.lock().unwrap();
                // It is the end of all waits, until the kill is raised.
                for _ in 0..3 {
                    let error = child.wait().unwrap_err();
                    assert_eq!(error.raw_os_error(), Some(libc::ECANCELED));
                }
                drop(child);
                eventlet::sleep(ms(0));
                unreachable!("it was killed");
            });
            yield_now();
            waiter.kill();
            assert!(waiter.wait().unwrap_err().is_killed());
        });
        end(child.into_inner().unwrap());
    });
}

#[test]
fn a_limit_ends_the_wait_and_not_the_child() {
    check(|| {
        if !is_patched() {
            return;
        }
        let mut child = lasting();
        let result = eventlet::with_timeout(ms(20), || {
            let error = child.wait().unwrap_err();
            assert_eq!(error.kind(), ErrorKind::TimedOut);
            eventlet::sleep(ms(0));
        });
        assert!(result.is_err());
        end(child);
    });
}

#[test]
fn a_guard_that_waits_while_it_unwinds() {
    struct Guard(Child);
    impl Drop for Guard {
        fn drop(&mut self) {
            self.0.kill().unwrap();
            assert_eq!(self.0.wait().unwrap().signal(), Some(libc::SIGKILL));
        }
    }
    check(|| {
        if !is_patched() {
            return;
        }
        let guard = Guard(lasting());
        let thread = eventlet::spawn(move || {
            let _guard = guard;
            eventlet::sleep(ms(60_000));
        });
        yield_now();
        thread.kill();
        assert!(thread.wait().unwrap_err().is_killed());
    });
}
