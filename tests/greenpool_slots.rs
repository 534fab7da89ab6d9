//! Slots of a pool: who gets one, and that none is ever lost.

use std::cell::Cell;
use std::rc::Rc;
use std::time::Instant;

use eventlet::debug::pause_clock;
use eventlet::{GreenPool, GreenThread, Timeout, current, sleep, spawn, with_timeout};
use eventlet_tests::{Log, check, ms, panic_of, yield_now};

/// A pool of one, whose slot is taken by a member that has begun and sleeps for so long.
fn busy_pool(millis: u64) -> (GreenPool, GreenThread<()>) {
    let pool = GreenPool::new(1);
    let member = pool.spawn(move || sleep(ms(millis)));
    yield_now();
    (pool, member)
}

/// Spawns `f` in the pool from a green thread of its own, which waits for a slot.
fn spawn_from_aside(pool: &GreenPool, f: impl FnOnce() + 'static) -> GreenThread<()> {
    let pool = pool.clone();
    let spawner = spawn(move || drop(pool.spawn(f)));
    yield_now();
    spawner
}

#[test]
fn member_that_is_killed_before_it_begins_gives_its_slot_back() {
    check(|| {
        let pool = GreenPool::new(1);
        for _ in 0..3 {
            let member = pool.spawn_n(|| unreachable!());
            member.kill();
            assert_eq!((pool.free(), pool.running()), (1, 0));
        }
        assert!(pool.spawn(|| unreachable!()).cancel());
        assert_eq!(pool.spawn(|| 1).wait().unwrap(), 1);
    });
}

#[test]
fn slot_is_free_however_a_member_ends() {
    check(|| {
        let pool = GreenPool::new(1);
        pool.spawn(|| 1).wait().unwrap();
        assert!(pool.spawn(|| panic!("on purpose")).wait().unwrap_err().is_panic());
        let sleeper = pool.spawn(|| sleep(ms(60_000)));
        yield_now();
        sleeper.kill();
        let late = pool.spawn(|| {
            let _limit = Timeout::new(ms(0));
            yield_now();
        });
        assert!(late.wait().unwrap_err().is_timeout());
        assert_eq!((pool.free(), pool.running()), (1, 0));
    });
}

#[test]
fn those_who_wait_spawn_in_the_order_they_came() {
    check(|| {
        pause_clock();
        let ((pool, _member), log) = (busy_pool(10), Log::new());
        for n in 0..4 {
            let log = log.clone();
            spawn_from_aside(&pool, move || log.add(n));
        }
        assert_eq!(pool.waiting(), 4);
        sleep(ms(9));
        // A slot that gets free is theirs: nobody passes them.
        let barging = pool.clone();
        let barger = spawn(move || {
            sleep(ms(1));
            while barging.waiting() > 0 {
                assert!(barging.try_spawn(|| ()).is_err());
                yield_now();
            }
        });
        barger.wait().unwrap();
        pool.wait_all();
        assert_eq!(log.take(), "0 1 2 3");
    });
}

#[test]
fn spawner_that_is_killed_or_gives_up_leaves_no_trace() {
    check(|| {
        pause_clock();
        let ((pool, _member), log) = (busy_pool(10), Log::new());
        let killed = spawn_from_aside(&pool, || unreachable!());
        let inner = pool.clone();
        let late = spawn(move || {
            let given_back = inner.spawn_timeout(ms(5), || "given back");
            assert_eq!(given_back.unwrap_err()(), "given back");
        });
        yield_now();
        let noted = log.clone();
        spawn_from_aside(&pool, move || noted.add("third"));
        assert_eq!(pool.waiting(), 3);
        killed.kill();
        late.wait().unwrap();
        assert_eq!(pool.waiting(), 1);
        pool.wait_all();
        assert_eq!((log.take().as_str(), pool.free()), ("third", 1));
    });
}

#[test]
fn spawner_that_is_killed_when_it_has_been_given_a_slot_still_spawns() {
    check(|| {
        let ((pool, member), log) = (busy_pool(60_000), Log::new());
        let noted = log.clone();
        let spawner = spawn_from_aside(&pool, move || noted.add("spawned"));
        member.kill();
        spawner.kill();
        spawner.wait().unwrap();
        pool.wait_all();
        assert_eq!((log.take().as_str(), pool.free()), ("spawned", 1));
    });
}

#[test]
fn growing_lets_those_who_wait_spawn_at_once() {
    check(|| {
        pause_clock();
        let pool = GreenPool::new(0);
        let n_running = Rc::new(Cell::new(0));
        for _ in 0..3 {
            let n_running = n_running.clone();
            spawn_from_aside(&pool, move || {
                n_running.set(n_running.get() + 1);
                sleep(ms(10));
            });
        }
        assert_eq!((pool.waiting(), pool.is_full()), (3, true));
        pool.resize(2);
        yield_now();
        yield_now();
        assert_eq!((n_running.get(), pool.running(), pool.waiting()), (2, 2, 1));
        pool.resize(0);
        assert_eq!((pool.free(), pool.size()), (-2, 0));
        sleep(ms(10));
        assert_eq!((pool.free(), n_running.get(), pool.waiting()), (0, 2, 1));
        pool.resize(1);
        pool.wait_all();
        assert_eq!(n_running.get(), 3);
    });
}

#[test]
fn wait_all_waits_for_what_is_spawned_meanwhile() {
    check(|| {
        pause_clock();
        let (pool, log) = (GreenPool::new(2), Log::new());
        let (inner, noted) = (pool.clone(), log.clone());
        pool.spawn_n(move || {
            sleep(ms(5));
            inner.spawn_n(move || {
                sleep(ms(5));
                noted.add("second");
            });
        });
        assert!(!pool.wait_all_timeout(ms(7)));
        assert!(pool.wait_all_deadline(Instant::now() + ms(60_000)));
        assert_eq!(log.take(), "second");
        assert!(pool.wait_all_timeout(ms(0)));
    });
}

#[test]
fn wait_all_waits_for_those_who_wait_to_spawn() {
    check(|| {
        pause_clock();
        let ((pool, member), log) = (busy_pool(10), Log::new());
        let noted = log.clone();
        spawn_from_aside(&pool, move || noted.add("spawned"));
        // The slot has been given on then, but the spawner has not run since.
        let (inner, noted) = (pool.clone(), log.clone());
        member.link(move |_| {
            assert_eq!((inner.running(), inner.free(), inner.waiting()), (0, 0, 0));
            noted.add("ended");
        });
        pool.wait_all();
        assert_eq!(log.take(), "ended spawned");
    });
}

#[test]
fn wait_all_ends_when_the_last_spawner_gives_up() {
    check(|| {
        pause_clock();
        let pool = GreenPool::new(0);
        let inner = pool.clone();
        let spawner = spawn(move || with_timeout(ms(10), || inner.spawn(|| ())).is_err());
        yield_now();
        pool.wait_all();
        assert_eq!(pool.waiting(), 0);
        assert!(spawner.wait().unwrap());
    });
}

#[test]
fn kill_all_ends_members_and_the_caller_last() {
    check(|| {
        let (pool, log) = (GreenPool::new(3), Log::new());
        let sleeper = |entry: &'static str| {
            let log = log.clone();
            pool.spawn_n(move || {
                let _noted = log.on_drop(entry);
                sleep(ms(60_000));
            });
        };
        sleeper("first");
        let (inner, noted) = (pool.clone(), log.clone());
        let killer = pool.spawn(move || {
            let _noted = noted.on_drop("killer");
            yield_now();
            inner.kill_all();
            noted.add("went on");
        });
        sleeper("second");
        assert!(killer.wait().unwrap_err().is_killed());
        assert_eq!(log.take(), "first second killer");
        pool.wait_all();
        assert_eq!(pool.free(), 3);
    });
}

#[test]
fn member_is_told_where_it_was_spawned_and_misuse_where_it_was_made() {
    check(|| {
        let pool = GreenPool::new(1);
        let (line, spawned) = (line!(), pool.spawn_n(|| ()));
        assert_eq!((spawned.spawned_at().file(), spawned.spawned_at().line()), (file!(), line));
        pool.wait_all();

        let inner = pool.clone();
        let misuse = pool.spawn(move || panic_of(|| inner.wait_all_timeout(ms(1))));
        assert!(misuse.wait().unwrap().contains("it is one of them"));
    });
}

#[test]
fn members_run_on_without_the_pool() {
    check(|| {
        let pool = GreenPool::new(1);
        let member = pool.spawn(|| {
            yield_now();
            "done"
        });
        drop(pool);
        assert_eq!(member.wait().unwrap(), "done");
    });
}

#[test]
fn what_a_member_carries_is_dropped_with_its_os_thread() {
    check(|| {
        let (alive, watched) = std::sync::mpsc::channel::<()>();
        std::thread::spawn(move || {
            let pool = GreenPool::new(2);
            let inner = pool.clone();
            // It never begins, and holds the pool that knows of it.
            pool.spawn_n(move || drop((alive, inner)));
            assert_ne!(current().id(), 0);
        });
        assert!(watched.recv().is_err());
    });
}
