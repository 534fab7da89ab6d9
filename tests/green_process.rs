//! Processes among green threads: who waits for one holds up nobody, and may give up.

use std::io::{Read, Write, pipe};
use std::time::{Duration, Instant};

use eventlet::green::process::{Child, Command, Stdio};
use eventlet::hubs::{get_hub, spawn_hub};
use eventlet::{sleep, spawn, tpool, with_timeout};
use eventlet_tests::child::Child as Elsewhere;
use eventlet_tests::{Log, check, check_within, ms, sys, yield_now};

fn sleeping() -> Child {
    Command::new("sleep").arg("60").spawn().unwrap()
}

#[test]
fn others_run_while_one_waits() {
    check(|| {
        let mut child = Command::new("cat").stdin(Stdio::piped()).spawn().unwrap();
        let input = child.stdin.take().unwrap();
        let waiting = spawn(move || child.wait().unwrap());
        // The child ends when this one, which runs meanwhile, says so.
        for _ in 0..10 {
            sleep(ms(1));
            assert!(!waiting.is_dead());
        }
        drop(input);
        assert!(waiting.wait().unwrap().success());
    });
}

#[test]
fn nothing_is_left_of_a_wait() {
    check(|| {
        assert!(Command::new("sleep").arg("0.02").status().unwrap().success());
        assert_eq!((get_hub().stats().descriptors, get_hub().stats().io_waiters), (0, 0));
    });
}

#[test]
fn a_killed_waiter_leaves_its_child_to_others() {
    check(|| {
        let child = std::rc::Rc::new(std::cell::RefCell::new(sleeping()));
        let theirs = child.clone();
        let waiting = spawn(move || {
            let mut child = theirs.borrow_mut();
            child.wait().unwrap()
        });
        yield_now();
        waiting.kill();
        assert!(waiting.wait().unwrap_err().is_killed());
        let mut child = child.borrow_mut();
        assert_eq!(child.try_wait().unwrap(), None);
        child.kill().unwrap();
        assert_eq!(child.wait().unwrap().code(), None);
    });
}

#[test]
fn a_limit_ends_the_wait_and_not_the_child() {
    check(|| {
        let mut child = sleeping();
        for _ in 0..3 {
            assert!(with_timeout(ms(5), || child.wait()).is_err());
        }
        child.kill().unwrap();
        child.wait().unwrap();
    });
}

#[test]
fn a_limit_ends_reading() {
    check(|| {
        let mut command = Command::new("sleep");
        let mut child = command.arg("60").stdout(Stdio::piped()).spawn().unwrap();
        let mut out = child.stdout.take().unwrap();
        assert!(with_timeout(ms(5), || out.read(&mut [0])).is_err());
        child.kill().unwrap();
        assert_eq!(out.read(&mut [0]).unwrap(), 0);
        child.wait().unwrap();
    });
}

/// A guard as programs have them: it sees to it that nothing is left of its child.
struct Guard(Child, Log);

impl Drop for Guard {
    fn drop(&mut self) {
        self.1.add(self.0.wait().unwrap().success());
    }
}

/// The child ends when another green thread lets it, so that one has to run meanwhile.
#[test]
fn a_guard_waits_while_its_green_thread_is_killed() {
    check(|| {
        let log = Log::new();
        let theirs = log.clone();
        let mut child = Command::new("cat").stdin(Stdio::piped()).spawn().unwrap();
        let input = child.stdin.take().unwrap();
        let guarding = spawn(move || {
            let _guard = Guard(child, theirs);
            sleep(Duration::from_secs(3600));
        });
        yield_now();
        let theirs = log.clone();
        let letting = spawn(move || {
            sleep(ms(5));
            theirs.add("let go");
            drop(input);
        });
        guarding.kill();
        assert!(guarding.wait().unwrap_err().is_killed());
        assert_eq!(log.take(), "let go true");
        letting.wait().unwrap();
    });
}

#[test]
fn output_that_is_broken_off_leaves_nothing() {
    check(|| {
        let mut command = Command::new("sh");
        command.args(["-c", "echo $$; exec sleep 60"]).stdout(Stdio::piped());
        let child = command.stderr(Stdio::piped()).spawn().unwrap();
        let pid = child.id().to_string();
        assert!(with_timeout(ms(20), || child.wait_with_output()).is_err());
        assert_eq!(get_hub().stats().descriptors, 0);
        assert!(Command::new("kill").args(["-9", &pid]).status().unwrap().success());
    });
}

#[test]
fn both_streams_are_read_while_others_run() {
    check(|| {
        let script = "head -c 2000000 /dev/zero; head -c 2000000 /dev/zero >&2; cat";
        let (input, others) = pipe().unwrap();
        let reading =
            spawn(move || Command::new("sh").args(["-c", script]).stdin(input).output().unwrap());
        (0..10).for_each(|_| sleep(ms(1)));
        assert!(!reading.is_dead());
        drop(others);
        let output = reading.wait().unwrap();
        assert_eq!((output.stdout.len(), output.stderr.len()), (2_000_000, 2_000_000));
    });
}

/// Two hundred in one OS thread, none of them on a thread of the pool.
#[test]
fn two_hundred_are_waited_for_at_once() {
    let ended = Elsewhere::new().run(|| {
        sys::allow_descriptors(1000);
        wait_for_many(200, "0.5");
        assert_eq!(tpool::stats().threads, 0, "pidfds are waited for");
        println!("all have ended");
    });
    assert!(ended.expect_success().stdout.contains("all have ended"), "{ended:#?}");
}

#[test]
fn a_thousand_are_waited_for_at_once() {
    let ended = Elsewhere::new().run(|| {
        sys::allow_descriptors(4000);
        wait_for_many(1000, "1");
        println!("all have ended");
    });
    assert!(ended.expect_success().stdout.contains("all have ended"), "{ended:#?}");
}

/// Starts sleepers, which are all there before the first has been waited for.
fn wait_for_many(n: usize, seconds: &str) {
    let before = Instant::now();
    let children: Vec<_> =
        (0..n).map(|_| Command::new("sleep").arg(seconds).spawn().unwrap()).collect();
    let waiting: Vec<_> =
        children.into_iter().map(|mut child| spawn(move || child.wait().unwrap())).collect();
    for waiting in waiting {
        assert!(waiting.wait().unwrap().success());
    }
    let one_by_one = Duration::from_secs_f64(seconds.parse().unwrap()) * n as u32;
    assert!(before.elapsed() < one_by_one / 4, "{:?}", before.elapsed());
}

/// Without a descriptor to wait with, threads of the pool wait.
#[test]
fn is_waited_for_without_descriptors() {
    let ended = Elsewhere::new().run(|| {
        let mut child = Command::new("sh").args(["-c", "sleep 0.2; exit 8"]).spawn().unwrap();
        let mut patient = sleeping();
        // The hub has its descriptors, and so have the threads of the pool.
        sleep(ms(1));
        tpool::execute(|| eventlet::sleep(ms(1)));
        let taken = sys::take_all_descriptors();
        let waiting = spawn(move || child.wait().unwrap());
        let limited = spawn(move || (with_timeout(ms(5), || patient.wait()).is_err(), patient));
        let (is_late, mut patient) = limited.wait().unwrap();
        assert!(is_late);
        assert_eq!(waiting.wait().unwrap().code(), Some(8));
        assert!(tpool::stats().threads > 0);
        patient.kill().unwrap();
        assert!(!patient.wait().unwrap().success());
        drop(taken);
        println!("waited for");
    });
    assert!(ended.expect_success().stdout.contains("waited for"), "{ended:#?}");
}

/// What it says is read, too.
#[test]
fn is_read_without_descriptors() {
    let ended = Elsewhere::new().run(|| {
        let mut command = Command::new("sh");
        command.args(["-c", "sleep 0.1; echo out; sleep 0.1; echo err >&2"]);
        let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        sleep(ms(1));
        tpool::execute(|| eventlet::sleep(ms(1)));
        let taken = sys::take_all_descriptors();
        let output = child.wait_with_output().unwrap();
        drop(taken);
        assert_eq!((&output.stdout[..], &output.stderr[..]), (&b"out\n"[..], &b"err\n"[..]));
        println!("read");
    });
    assert!(ended.expect_success().stdout.contains("read"), "{ended:#?}");
}

/// Nobody can say how it ended, which is an error as in std, and no endless wait.
#[test]
fn what_the_system_has_reaped_is_an_error() {
    let ended = Elsewhere::new().run(|| {
        sys::ignore_children();
        let mut child = Command::new("sleep").arg("0.05").spawn().unwrap();
        assert_eq!(child.wait().unwrap_err().raw_os_error(), Some(libc::ECHILD));
        println!("told");
    });
    assert!(ended.expect_success().stdout.contains("told"), "{ended:#?}");
}

#[test]
fn goes_to_another_hub() {
    check(|| {
        let mut command = Command::new("cat");
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let mut input = child.stdin.take().unwrap();
        let hub = spawn_hub().unwrap();
        let there = hub.spawn(move || child.wait_with_output().unwrap());
        input.write_all(b"from here").unwrap();
        drop(input);
        assert_eq!(there.wait().unwrap().stdout, b"from here");
        hub.shutdown(Duration::from_secs(5));
    });
}

#[test]
fn comes_from_std_and_goes_back() {
    check(|| {
        let mut command = std::process::Command::new("cat");
        let child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let mut child = Child::from(child);
        child.stdin.take().unwrap().write_all(b"green").unwrap();
        let child = std::process::Child::from(child);
        assert_eq!(child.wait_with_output().unwrap().stdout, b"green");
    });
}

/// Children are started and waited for in any order, with kills in between, and none is left.
#[test]
fn children_come_and_go() {
    check_within(Duration::from_secs(60), || {
        let rounds: Vec<_> = (0..60)
            .map(|n: u64| {
                spawn(move || {
                    let mut child = Command::new("sleep").arg("0.03").spawn().unwrap();
                    match n % 3 {
                        0 => drop(child.kill()),
                        1 => drop(with_timeout(ms(n % 7), || child.wait())),
                        _ => {}
                    }
                    child.wait().unwrap();
                })
            })
            .collect();
        for round in rounds {
            round.wait().unwrap();
        }
    });
}
