//! When nothing can ever wake anyone, the main context is told who waits for what.

use std::io::{self, Write};
use std::net::TcpStream;
use std::os::unix::net::UnixStream;
use std::time::Duration;

use eventlet::backdoor::Backdoor;
use eventlet::hubs::{Direction, trampoline};
use eventlet::{Builder, GreenThread, debug, sleep, spawn, tpool};
use eventlet_tests::{check, ms, panic_of, yield_now};

/// A named green thread that waits for ever.
fn stuck(name: &str) -> GreenThread<()> {
    Builder::new().name(name).spawn(|| sleep(Duration::MAX)).unwrap()
}

#[test]
fn the_report_lists_who_waits_for_what_and_where_it_was_spawned() {
    check(|| {
        let first = stuck("first");
        let first_handle = first.handle();
        let line = line!() + 1;
        let second = Builder::new().name("second").spawn(move || first.wait().unwrap()).unwrap();
        let unnamed = spawn(|| sleep(Duration::MAX));
        let id = unnamed.id();
        let second_handle = second.handle();
        let text = panic_of(|| second.wait());
        let expected = [
            "deadlock: the main context waits for the end of a green thread, ".to_owned(),
            "\n  'first' waits for sleep, spawned at tests/deadlock_report.rs:".to_owned(),
            format!(
                "\n  'second' waits for the end of a green thread, spawned at tests/deadlock_report.rs:{line}:"
            ),
            format!("\n  'green-{id}' waits for sleep, spawned at tests/deadlock_report.rs:"),
        ];
        for part in expected {
            assert!(text.contains(&part), "{part:?} is not in {text}");
        }
        first_handle.kill();
        yield_now();
        assert!(second_handle.is_dead());
        unnamed.kill();
        drop(unnamed);
    });
}

#[test]
fn the_hub_works_on_after_a_report() {
    check(|| {
        let thread = stuck("stuck");
        let text = panic_of(|| sleep(Duration::MAX));
        assert!(text.starts_with("deadlock: the main context waits for sleep, "), "{text}");
        assert_eq!(spawn(|| 5).wait().unwrap(), 5);
        sleep(ms(1));
        thread.kill();
        drop(thread);
    });
}

#[test]
fn alone_it_is_a_deadlock_too() {
    check(|| {
        let text = panic_of(|| sleep(Duration::MAX));
        assert!(text.ends_with("no other thread that could wake one"), "{text}");
    });
}

#[test]
fn a_long_list_is_cut() {
    check(|| {
        let threads: Vec<_> = (0..50).map(|_| stuck("stuck")).collect();
        let text = panic_of(|| sleep(Duration::MAX));
        assert_eq!(text.matches("'stuck' waits for sleep").count(), 20);
        assert!(text.ends_with("\n  and 30 more"), "{text}");
        threads.iter().for_each(GreenThread::kill);
    });
}

#[test]
fn a_start_that_never_comes_is_listed() {
    check(|| {
        let thread = eventlet::spawn_after(Duration::MAX, || ());
        let text = panic_of(|| sleep(Duration::MAX));
        assert!(text.contains(" waits to be started, spawned at "), "{text}");
        assert!(thread.cancel());
        drop(thread);
    });
}

#[test]
fn a_job_of_the_thread_pool_is_no_deadlock() {
    check(|| {
        let caller = spawn(|| {
            tpool::execute(|| {
                std::thread::sleep(ms(20));
                5
            })
        });
        assert_eq!(caller.wait().unwrap(), 5);
    });
}

#[test]
fn a_wait_for_a_descriptor_is_no_deadlock() {
    check(|| {
        let (reader, mut writer) = UnixStream::pair().unwrap();
        let waiter = spawn(move || trampoline(&reader, Direction::Read, None).is_ok());
        let helper = std::thread::spawn(move || {
            std::thread::sleep(ms(20));
            writer.write_all(b"x").unwrap();
            writer
        });
        assert!(waiter.wait().unwrap());
        helper.join().unwrap();
    });
}

/// Whoever comes in may end the wait.
#[test]
fn an_open_door_is_no_deadlock() {
    check(|| {
        let door = Backdoor::new().allow_kill(true).listen("127.0.0.1:0").unwrap();
        let (stuck, address) = (stuck("stuck"), door.address().to_string());
        let id = stuck.id();
        let visitor = std::thread::spawn(move || {
            let mut stream = TcpStream::connect(address).unwrap();
            write!(stream, "kill {id}\nquit\n").unwrap();
            io::read_to_string(stream).unwrap()
        });
        assert!(stuck.wait().unwrap_err().is_killed());
        let said = tpool::execute(move || visitor.join().unwrap());
        assert!(said.contains("is told to end"), "{said}");
    });
}

#[test]
fn a_timer_is_no_deadlock() {
    check(|| {
        debug::pause_clock();
        let sleeper = spawn(|| sleep(Duration::from_secs(1 << 30)));
        sleeper.wait().unwrap();
    });
}

/// The descriptors that are only registered, and that nobody waits for, cannot wake anyone.
#[test]
fn a_wait_that_was_broken_off_does_not_hide_a_deadlock() {
    check(|| {
        let (reader, _writer) = UnixStream::pair().unwrap();
        let waiter = spawn(move || trampoline(&reader, Direction::Read, None));
        yield_now();
        waiter.kill();
        drop(waiter);
        let text = panic_of(|| sleep(Duration::MAX));
        assert!(text.starts_with("deadlock: "), "{text}");
    });
}
