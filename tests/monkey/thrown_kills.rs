//! Kills of green threads that wait in patched calls: the call fails, and the green thread was killed.

use std::cell::Cell;
use std::io::{Read, Write};
use std::process::Command;
use std::rc::Rc;
use std::time::Duration;

use eventlet::{
    GreenPool, GreenThread, Timeout, hubs, kill_all, scope, sleep, spawn, with_timeout,
};
use eventlet_monkey_tests::Silence;
use eventlet_tests::{Log, OnDrop, compute_for, ms, yield_now};

fn check(body: impl FnOnce()) {
    eventlet::monkey_patch();
    eventlet_tests::check(body);
}

/// Reads where nothing comes, which a kill must end.
#[track_caller]
fn felt(silence: &Silence) {
    assert_eq!(silence.read_error(), libc::ECANCELED);
}

/// A green thread that has begun to run `body`.
fn begun<T: 'static>(body: impl FnOnce() -> T + 'static) -> GreenThread<T> {
    let thread = spawn(body);
    yield_now();
    assert!(thread.handle().is_running());
    thread
}

#[test]
fn the_call_fails_and_the_green_thread_was_killed() {
    check(|| {
        let log = Log::new();
        let theirs = log.clone();
        let thread = begun(move || {
            let silence = Silence::new();
            felt(&silence);
            theirs.add("felt");
            theirs.on_drop("its value")
        });
        let linked = log.clone();
        thread.link(move |status| linked.add(status.is_killed()));
        thread.kill();
        assert!(thread.is_dead());
        assert_eq!(log.take(), "felt its value true");
        assert!(thread.wait().is_err_and(|exit| exit.is_killed()));
    });
}

#[test]
fn the_next_wait_of_the_library_unwinds() {
    check(|| {
        let log = Log::new();
        let theirs = log.clone();
        let thread = begun(move || {
            let silence = Silence::new();
            let _noted = theirs.on_drop("unwound");
            felt(&silence);
            sleep(ms(1));
            theirs.add("slept");
        });
        thread.kill();
        assert_eq!(log.take(), "unwound");
        assert!(thread.wait().unwrap_err().is_killed());
    });
}

#[test]
fn the_value_is_dropped_in_peace() {
    check(|| {
        let log = Log::new();
        let theirs = log.clone();
        let thread = begun(move || {
            let silence = Silence::new();
            felt(&silence);
            OnDrop(move || {
                sleep(ms(1));
                theirs.add("dropped");
                panic!("contained");
            })
        });
        let handle = thread.handle();
        thread.kill();
        assert!(!handle.is_dead());
        assert!(thread.wait().is_err_and(|exit| exit.is_killed()));
        assert_eq!(log.take(), "dropped");
    });
}

#[test]
fn a_panic_because_of_the_error_is_a_kill() {
    check(|| {
        let thread = begun(|| {
            let silence = Silence::new();
            silence.read().unwrap()
        });
        thread.kill();
        assert!(thread.wait().unwrap_err().is_killed());

        // A wait for a token is not ended, so this one knows nothing of its kill.
        let of_something_else = begun(|| {
            std::thread::park_timeout(ms(5));
            panic!("as it should");
        });
        of_something_else.kill();
        assert!(of_something_else.wait().unwrap_err().is_panic());
    });
}

#[test]
fn std_panics_because_of_the_error() {
    check(|| {
        let thread = begun(|| Command::new("sleep").arg("5").output());
        sleep(ms(20));
        thread.kill();
        assert!(thread.wait().unwrap_err().is_killed());
    });
}

#[test]
fn what_has_come_before_the_kill_is_taken() {
    check(|| {
        let [killers, once_only, twice_over] = [(); 3].map(|()| Rc::new(Silence::new()));
        let targets = Rc::new(Cell::new(Vec::new()));
        let (silence, theirs) = (killers.clone(), targets.clone());
        let killer = begun(move || {
            assert_eq!(silence.read().unwrap(), 4);
            kill_all(theirs.take());
        });
        let silence = once_only.clone();
        let once = begun(move || silence.read().unwrap());
        let silence = twice_over.clone();
        let twice = begun(move || {
            assert_eq!(silence.read().unwrap(), 4);
            felt(&silence);
        });
        targets.set(vec![once.handle(), twice.handle()]);
        // All are woken by one look at the outside, the killer first.
        for silence in [killers, once_only, twice_over] {
            silence.write("data");
        }
        killer.wait().unwrap();
        // No call of it has failed, and it has ended before its next wait.
        assert_eq!(once.wait().unwrap(), 4);
        assert!(twice.wait().unwrap_err().is_killed());
    });
}

#[test]
fn each_further_wait_fails_and_what_need_not_wait_works() {
    check(|| {
        let silence = Rc::new(Silence::new());
        let theirs = silence.clone();
        let thread = begun(move || {
            for _ in 0..3 {
                felt(&theirs);
            }
            (&theirs.stream).write_all(b"QUIT").unwrap();
            theirs.write("data");
            assert_eq!(theirs.read().unwrap(), 4);
            felt(&theirs);
        });
        thread.kill();
        assert!(thread.is_dead());
        let mut text = [0; 4];
        (&silence.other).read_exact(&mut text).unwrap();
        assert_eq!(&text, b"QUIT");
        assert!(thread.wait().unwrap_err().is_killed());
    });
}

#[test]
fn who_tries_again_for_ever_lets_others_run() {
    check(|| {
        let is_over = Rc::new(Cell::new(false));
        let theirs = is_over.clone();
        let thread = begun(move || {
            let silence = Silence::new();
            while !theirs.get() {
                felt(&silence);
            }
        });
        thread.kill();
        assert!(!thread.is_dead());
        // A second kill changes nothing.
        thread.kill();
        sleep(ms(50));
        is_over.set(true);
        assert!(thread.wait().unwrap_err().is_killed());
    });
}

#[test]
fn a_kill_while_a_limit_is_pending_is_not_lost() {
    check(|| {
        let log = Log::new();
        let theirs = log.clone();
        let thread = begun(move || {
            let silence = Silence::new();
            let late = with_timeout(Duration::ZERO, || {
                let error = silence.read().unwrap_err();
                assert_eq!(error.raw_os_error(), Some(libc::ETIMEDOUT));
                theirs.add("limit");
                // In peace, so that both are pending.
                while silence.read().unwrap_err().raw_os_error() == Some(libc::ETIMEDOUT) {}
                theirs.add("kill");
            });
            theirs.add(late.is_err());
            sleep(ms(1));
            theirs.add("not reached");
        });
        kill_when_it_has_felt_its_limit(thread, &log);
        assert_eq!(log.take(), "kill true");
    });
}

/// A green thread notes that a limit has made its calls fail. It is killed then, and ends by it.
#[track_caller]
fn kill_when_it_has_felt_its_limit(thread: GreenThread<()>, log: &Log) {
    while log.take() != "limit" {
        sleep(ms(1));
    }
    thread.kill();
    assert!(thread.wait().unwrap_err().is_killed());
}

#[test]
fn a_limit_while_a_kill_is_pending_is_not_felt() {
    check(|| {
        let log = Log::new();
        let theirs = log.clone();
        let thread = begun(move || {
            let silence = Silence::new();
            let result = with_timeout(ms(10), || {
                felt(&silence);
                compute_for(ms(20));
                felt(&silence);
            });
            theirs.add(result.is_ok());
        });
        thread.kill();
        assert!(thread.wait().unwrap_err().is_killed());
        assert_eq!(log.take(), "true");
    });
}

#[test]
fn a_kill_passes_through_a_limit_that_was_felt() {
    check(|| {
        let log = Log::new();
        let theirs = log.clone();
        let thread = begun(move || {
            let silence = Silence::new();
            let limit = Timeout::new(Duration::ZERO);
            let _ = limit.run(|| {
                assert!(silence.read().is_err());
                theirs.add("limit");
                while silence.read().unwrap_err().raw_os_error() == Some(libc::ETIMEDOUT) {}
                sleep(ms(1));
            });
            theirs.add("not reached");
        });
        kill_when_it_has_felt_its_limit(thread, &log);
        assert_eq!(log.take(), "");
    });
}

#[test]
fn destructors_do_not_wait_for_descriptors_while_they_unwind() {
    check(|| {
        let log = Log::new();
        let theirs = log.clone();
        let thread = begun(move || {
            let silence = Silence::new();
            let _reads = OnDrop(|| {
                felt(&silence);
                (&silence.stream).write_all(b"QUIT").unwrap();
                theirs.add("felt");
            });
            sleep(Duration::from_secs(60));
        });
        thread.kill();
        assert_eq!(log.take(), "felt");
        assert!(thread.wait().unwrap_err().is_killed());
    });
}

#[test]
fn a_crowd_is_killed_in_one_go() {
    check(|| {
        let threads: Vec<_> = (0..200)
            .map(|_| {
                spawn(|| {
                    let silence = Silence::new();
                    felt(&silence);
                })
            })
            .collect();
        yield_now();
        kill_all(threads.iter().map(GreenThread::handle));
        assert!(threads.iter().all(|thread| thread.is_dead()));
        for thread in threads {
            assert!(thread.wait().unwrap_err().is_killed());
        }
    });
}

#[test]
fn a_pool_goes_on() {
    check(|| {
        let pool = GreenPool::new(2);
        let stuck: Vec<_> = (0..2)
            .map(|_| {
                pool.spawn(|| {
                    let silence = Silence::new();
                    felt(&silence);
                })
            })
            .collect();
        yield_now();
        assert_eq!(pool.free(), 0);
        stuck.iter().for_each(|thread| thread.kill());
        assert_eq!(pool.spawn(|| 5).wait().unwrap(), 5);
        pool.wait_all();
        assert_eq!(pool.free(), 2);
    });
}

#[test]
fn a_scope_ends() {
    check(|| {
        let log = Log::new();
        let theirs = log.clone();
        let outer = begun(move || {
            scope(|s| {
                s.spawn(|| {
                    let silence = Silence::new();
                    felt(&silence);
                    theirs.add("child");
                });
                let silence = Silence::new();
                felt(&silence);
                theirs.add("body");
            });
            theirs.add("not reached");
        });
        yield_now();
        outer.kill();
        assert!(outer.wait().unwrap_err().is_killed());
        assert_eq!(log.take(), "body child");
    });
}

#[test]
fn a_hub_is_shut_down() {
    check(|| {
        let hub = hubs::spawn_hub().unwrap();
        let threads: Vec<_> = (0..10)
            .map(|_| {
                hub.spawn(|| {
                    let silence = Silence::new();
                    silence.read().map_err(|error| error.raw_os_error())
                })
            })
            .collect();
        let outcome = hub.shutdown(ms(20));
        assert_eq!((outcome.killed, outcome.abandoned), (10, 0));
        for thread in threads {
            assert!(thread.wait().is_err_and(|exit| exit.is_killed()));
        }
    });
}
