//! Bugs that were found by attacking the library, each pinned by what went wrong.

use std::io::{ErrorKind, IoSlice, IoSliceMut, Read, Write};
use std::os::unix::net::UnixStream;
use std::panic::panic_any;
use std::time::Duration;

use eventlet::green::net::{TcpListener, TcpStream};
use eventlet::hubs::{Direction, get_hub, trampoline};
use eventlet::{Timeout, debug, sleep, spawn, spawn_n, tpool, with_timeout};
use eventlet_tests::{Log, OnDrop, check, ms, panic_of, sys, yield_now};

/// Panics when it is dropped.
struct Bomb;

impl Drop for Bomb {
    fn drop(&mut self) {
        panic!("the bomb went off");
    }
}

#[test]
fn a_payload_that_panics_when_dropped_stays_in_its_link() {
    check(|| {
        let log = Log::new();
        let thread = spawn(|| 1);
        thread.link(|_| panic_any(Bomb));
        let theirs = log.clone();
        thread.link(move |_| theirs.add("second"));
        assert_eq!(thread.wait().unwrap(), 1);
        assert_eq!(log.take(), "second");
    });
}

#[test]
fn a_detached_result_that_panics_when_dropped_harms_nobody() {
    check(|| {
        drop(spawn(|| Bomb));
        drop(spawn(|| panic_any(Bomb)));
        yield_now();
        assert_eq!(spawn(|| 2).wait().unwrap(), 2);
    });
}

#[test]
fn a_worker_survives_a_result_that_panics_when_dropped() {
    check(|| {
        for _ in 0..30 {
            let caller = spawn(|| tpool::execute(|| (std::thread::yield_now(), Bomb)).0);
            yield_now();
            caller.kill();
        }
        assert_eq!(tpool::execute(|| 3), 3);
    });
}

#[test]
fn two_guests_on_one_descriptor_do_not_disturb_each_other() {
    check(|| {
        debug::pause_clock();
        let (reader, mut writer) = UnixStream::pair().unwrap();
        let clone = reader.try_clone().unwrap();
        let short = spawn(move || trampoline(&clone, Direction::Read, Some(ms(10))));
        let long = spawn(move || trampoline(&reader, Direction::Read, None));
        assert_eq!(short.wait().unwrap().unwrap_err().kind(), ErrorKind::TimedOut);
        assert!(!long.is_dead());
        writer.write_all(b"x").unwrap();
        long.wait().unwrap().unwrap();
    });
}

#[test]
fn a_guest_may_wait_on_a_green_socket_that_waits_itself() {
    check(|| {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let mut client = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        let server = std::rc::Rc::new(listener.accept().unwrap().0);
        let theirs = server.clone();
        let reading = spawn(move || (&*theirs).read(&mut [0; 8]).unwrap());
        yield_now();
        let guest = spawn(move || trampoline(&*server, Direction::Read, None));
        yield_now();
        client.write_all(b"abc").unwrap();
        guest.wait().unwrap().unwrap();
        assert_eq!(reading.wait().unwrap(), 3);
    });
}

#[test]
fn a_guest_does_not_wait_while_it_unwinds() {
    check(|| {
        let log = Log::new();
        let theirs = log.clone();
        let victim = spawn(move || {
            let (reader, _writer) = UnixStream::pair().unwrap();
            let _guard = OnDrop(|| {
                let refused = trampoline(&reader, Direction::Read, None).unwrap_err();
                theirs.add(refused.kind());
            });
            sleep(Duration::from_secs(3600));
        });
        yield_now();
        victim.kill();
        assert_eq!(log.take(), "other error");
    });
}

/// One waits in a destructor; a second begins to unwind meanwhile, and is still at it when the
/// first is done.
#[test]
fn two_that_unwind_at_once_do_not_make_others_spin() {
    check(|| {
        debug::pause_clock();
        let waits = |limit| {
            move || {
                let mut helper = Some(spawn(move || sleep(limit)));
                let _guard = OnDrop(move || helper.take().unwrap().wait().unwrap());
                sleep(Duration::from_secs(3600));
            }
        };
        let first = spawn(waits(ms(50)));
        let second = spawn(waits(ms(500)));
        let third = spawn(move || {
            let mut helper = Some(spawn(|| sleep(ms(500))));
            let _guard = OnDrop(move || helper.take().unwrap().wait().unwrap());
            sleep(ms(20));
            panic!("an ordinary panic while the first is switched out");
        });
        sleep(ms(10));
        first.kill();
        second.kill();
        let before = debug::now();
        let mut n_sleeps = 0;
        while debug::now() - before < ms(200) {
            sleep(ms(20));
            n_sleeps += 1;
            assert!(n_sleeps <= 10, "a sleep has returned early");
        }
        assert!(first.wait().unwrap_err().is_killed());
        assert!(second.wait().unwrap_err().is_killed());
        assert!(third.wait().unwrap_err().is_panic());
    });
}

#[test]
fn a_timeout_of_the_killer_is_not_lost_in_a_link() {
    check(|| {
        debug::pause_clock();
        let before = debug::now();
        let late = with_timeout(ms(20), || {
            let victim = spawn(|| ());
            victim.link(|_| sleep(ms(100)));
            victim.kill();
            sleep(ms(200));
        });
        assert!(late.is_err());
        assert_eq!(debug::now() - before, ms(20));
    });
}

#[test]
fn a_timeout_of_another_hub_is_not_taken_for_ones_own() {
    check(|| {
        let limit = Duration::from_secs(3600);
        let outcome = spawn(move || {
            with_timeout(limit, || {
                tpool::execute(|| {
                    let late = spawn(|| {
                        let _limit = Timeout::new(Duration::ZERO);
                        sleep(Duration::ZERO);
                    });
                    late.wait().unwrap_err().resume()
                })
            })
        });
        // It passes through `with_timeout` and ends the green thread.
        assert!(outcome.wait().unwrap_err().is_timeout());
    });
}

#[test]
fn a_timeout_of_main_that_is_run_elsewhere_is_reported() {
    check(|| {
        debug::pause_clock();
        let text = panic_of(|| {
            let limit = Timeout::new(ms(10));
            let elsewhere = spawn(move || limit.run(|| sleep(ms(100))));
            elsewhere.wait()
        });
        assert!(text.contains("outside Timeout::run"), "{text}");
        sleep(ms(100));
    });
}

#[test]
fn a_timeout_may_be_run_inside_itself() {
    check(|| {
        debug::pause_clock();
        let limit = Timeout::new(ms(10));
        let late = limit.run(|| {
            limit.run(|| ()).unwrap();
            sleep(ms(100));
        });
        assert_eq!(late.unwrap_err().limit(), ms(10));
    });
}

/// The system takes at most 1,024 buffers at a time, which does not mean that there was no more.
#[test]
fn many_buffers_do_not_look_like_a_short_transfer() {
    check(|| {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let mut client = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        let mut server = listener.accept().unwrap().0;
        let reading = spawn(move || {
            let mut storage = vec![[0_u8]; 1500];
            // It has to wait for this, and from then on its readiness is kept account of.
            server.read_exact(&mut [0]).unwrap();
            let mut buffers: Vec<_> = storage.iter_mut().map(|b| IoSliceMut::new(b)).collect();
            let n = server.read_vectored(&mut buffers).unwrap();
            server.read_exact(&mut vec![0; 3002 - 1 - n]).unwrap();
        });
        yield_now();
        client.write_all(&[7]).unwrap();
        client.write_all(&[7; 1500]).unwrap();
        let bytes = [7];
        let slices = vec![IoSlice::new(&bytes); 1500];
        let n = client.write_vectored(&slices).unwrap();
        client.write_all(&vec![7; 1501 - n]).unwrap();
        reading.wait().unwrap();
    });
}

/// A read stops at an urgent byte; what follows it is there all the same.
#[test]
fn urgent_data_does_not_hide_what_follows() {
    check(|| {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let mut client = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        let mut server = listener.accept().unwrap().0;
        let reading = spawn(move || {
            let (mut text, mut buffer) = (Vec::new(), [0; 64]);
            while text.len() < 7 {
                let n = server.read(&mut buffer).unwrap();
                text.extend_from_slice(&buffer[..n]);
            }
            text
        });
        yield_now();
        sys::send_urgent(&client, b"abcd");
        client.write_all(b"efgh").unwrap();
        assert_eq!(reading.wait().unwrap(), b"abcefgh");
    });
}

#[test]
fn spawning_and_taking_back_does_not_fill_the_queue() {
    check(|| {
        for _ in 0..1000 {
            assert!(spawn(|| ()).cancel());
        }
        assert_eq!(get_hub().stats().runnable, 0);
    });
}

#[test]
fn two_that_kill_each_other_do_not_keep_out_the_rest() {
    check(|| {
        use std::cell::RefCell;
        use std::panic::{AssertUnwindSafe, catch_unwind};
        use std::rc::Rc;

        let handles = Rc::new(RefCell::new(Vec::<eventlet::Handle>::new()));
        let fighter = |other: usize| {
            let handles = handles.clone();
            move || loop {
                let enemy = handles.borrow()[other].clone();
                if enemy.is_dead() {
                    return;
                }
                let _survived = catch_unwind(AssertUnwindSafe(|| {
                    sleep(Duration::ZERO);
                    enemy.kill();
                }));
                if handles.borrow().len() > 2 {
                    return;
                }
            }
        };
        for other in [1, 0] {
            let thread = spawn_n(fighter(other));
            handles.borrow_mut().push(thread);
        }
        let theirs = handles.clone();
        let referee = spawn(move || {
            for _ in 0..3 {
                sleep(Duration::ZERO);
            }
            let me = eventlet::current();
            theirs.borrow_mut().push(me);
        });
        referee.wait().unwrap();
        for _ in 0..10 {
            yield_now();
        }
    });
}
