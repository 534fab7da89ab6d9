//! The scheduling contract, point by point: who runs when.
//!
//! The points are Eventlet's, as they were seen in its behaviour; where a test says so, the order is
//! settled here that Eventlet leaves open.

use std::cell::{Cell, RefCell};
use std::io::Write;
use std::os::unix::net::UnixStream;
use std::rc::Rc;
use std::time::Duration;

use eventlet::hubs::{Direction, get_hub, trampoline};
use eventlet::{
    Event, GreenPool, GreenThread, LightQueue, Semaphore, debug, sleep, spawn, spawn_after, spawn_n,
};
use eventlet_tests::child::{Child, main_thread};
use eventlet_tests::{Log, check, compute_for, ms, sleeper, waiter, yield_now};

/// Spawning enqueues; nothing runs before the current green thread gives way.
#[test]
fn point_01_nothing_runs_before_the_current_one_gives_way() {
    check(|| {
        let log = Log::new();
        let outer = log.clone();
        let thread = spawn(move || {
            for number in 0..3 {
                let log = outer.clone();
                spawn_n(move || log.add(number));
            }
            outer.add("spawner");
        });
        thread.wait().unwrap();
        yield_now();
        assert_eq!(log.take(), "spawner 0 1 2");
    });
}

/// With a result or without, and mixed with delays of zero.
#[test]
fn point_01_starts_are_first_in_first_out() {
    check(|| {
        let log = Log::new();
        for number in 0..9 {
            let log = log.clone();
            match number % 3 {
                0 => drop(spawn(move || log.add(number))),
                1 => drop(spawn_n(move || log.add(number))),
                _ => drop(spawn_after(Duration::ZERO, move || log.add(number))),
            }
        }
        assert_eq!(log.take(), "");
        yield_now();
        assert_eq!(log.take(), "0 1 2 3 4 5 6 7 8");
    });
}

/// `sleep(0)` lets everyone who is runnable run once.
#[test]
fn point_02_a_yield_is_a_round_robin() {
    check(|| {
        let log = Log::new();
        for name in ["a", "b", "c"] {
            let log = log.clone();
            spawn_n(move || {
                for turn in 0..3 {
                    log.add(format!("{name}{turn}"));
                    yield_now();
                }
            });
        }
        for _ in 0..4 {
            yield_now();
            log.add("|");
        }
        assert_eq!(log.take(), "a0 b0 c0 | a1 b1 c1 | a2 b2 c2 | |");
    });
}

/// The poller is looked at between turns, however many yields are made.
#[test]
fn point_02_a_yield_loop_does_not_starve_io() {
    check(|| {
        let (reader, mut writer) = UnixStream::pair().unwrap();
        let seen = Rc::new(Cell::new(false));
        let flag = seen.clone();
        let waiting = spawn(move || {
            trampoline(&reader, Direction::Read, None).unwrap();
            flag.set(true);
        });
        yield_now();
        writer.write_all(b"x").unwrap();
        let n_yields = spawn(move || (0..).find(|_| yields_until(&seen)).unwrap());
        assert!(n_yields.wait().unwrap() < 200);
        waiting.wait().unwrap();
    });
}

fn yields_until(seen: &Cell<bool>) -> bool {
    yield_now();
    seen.get()
}

/// The target reacts first; then the killer goes on, when those have run that were runnable.
#[test]
fn point_03_a_kill_lets_the_target_run_first() {
    check(|| {
        let log = Log::new();
        let target = sleeper(&log);
        let theirs = log.clone();
        spawn_n(move || theirs.add("runnable"));
        target.kill();
        log.add("killer");
        assert!(target.wait().unwrap_err().is_killed());
        assert_eq!(log.take(), "unwound runnable killer");
    });
}

/// Its links are called and its waiter is woken all the same.
#[test]
fn point_03_a_kill_of_an_unstarted_one_never_runs_its_body() {
    check(|| {
        let log = Log::new();
        let unstarted = spawn_after(ms(1), || unreachable!("it was killed"));
        let (handle, linked, theirs) = (unstarted.handle(), log.clone(), log.clone());
        unstarted.link(move |status| linked.add(format!("link:{}", status.is_killed())));
        let waiter = spawn(move || {
            theirs.add(format!("waiter:{}", unstarted.wait().unwrap_err().is_killed()));
        });
        yield_now();
        handle.kill();
        log.add("killer");
        waiter.wait().unwrap();
        assert_eq!(log.take(), "link:true killer waiter:true");
    });
}

/// The result is stored and waiters are queued, then the links run, then it is dead, then
/// the waiters run.
#[test]
fn point_04_the_order_of_completion() {
    check(|| {
        let log = Log::new();
        let thread = spawn(|| ());
        let (handle, linked) = (thread.handle(), log.clone());
        let mine = handle.clone();
        thread.link(move |_| linked.add(format!("link:{}", mine.is_dead())));
        let theirs = log.clone();
        let waiter = spawn(move || {
            thread.wait().unwrap();
            theirs.add(format!("waiter:{}", handle.is_dead()));
        });
        waiter.wait().unwrap();
        assert_eq!(log.take(), "link:false waiter:true");
    });
}

/// Whoever waits is queued before the links run: a link that gives way lets the waiter go on.
#[test]
fn point_04_waiters_are_queued_before_the_links_run() {
    check(|| {
        let log = Log::new();
        let thread = spawn(|| ());
        let theirs = log.clone();
        thread.link(move |_| {
            theirs.add("link");
            yield_now();
            theirs.add("linked");
        });
        thread.wait().unwrap();
        log.add("waiter");
        yield_now();
        assert_eq!(log.take(), "link waiter linked");
    });
}

/// Waking someone never switches away from the caller.
#[test]
fn point_05_waking_does_not_switch() {
    check(|| {
        let (event, semaphore, log) = (Event::new(), Semaphore::new(0), Log::new());
        let queue = LightQueue::new(None);
        let (reader, mut writer) = UnixStream::pair().unwrap();
        let (happens, is_free, comes) = (event.clone(), semaphore.clone(), queue.clone());
        let waiters = [
            waiter("event", &log, move || happens.wait().unwrap()),
            waiter("semaphore", &log, move || is_free.acquire().forget()),
            waiter("queue", &log, move || comes.get().unwrap()),
            waiter("descriptor", &log, move || {
                trampoline(&reader, Direction::Read, None).unwrap();
            }),
        ];
        event.send(());
        semaphore.release();
        queue.put(()).unwrap();
        writer.write_all(b"x").unwrap();
        log.add("sender");
        waiters.into_iter().for_each(|waiter| waiter.wait().unwrap());
        assert!(log.take().starts_with("sender event semaphore queue"));
    });
}

/// Eventlet leaves it open for events; here everything wakes first in, first out.
#[test]
fn point_06_wakes_are_first_in_first_out() {
    check(|| {
        let (event, semaphore, queue) = (Event::new(), Semaphore::new(0), LightQueue::new(None));
        let log = Log::new();
        let mut waiters = Vec::new();
        for number in 0..3 {
            let event = event.clone();
            waiters.push(waiter(number, &log, move || event.wait().unwrap()));
        }
        for number in 3..6 {
            let semaphore = semaphore.clone();
            waiters.push(waiter(number, &log, move || semaphore.acquire().forget()));
        }
        for number in 6..9 {
            let queue = queue.clone();
            waiters.push(waiter(number, &log, move || assert_eq!(queue.get(), Ok(number))));
        }
        event.send(());
        (3..6).for_each(|_| semaphore.release());
        (6..9).for_each(|item| queue.put(item).unwrap());
        // A newcomer passes nobody, though there was something for him.
        assert!(semaphore.try_acquire().is_none() && queue.try_get().is_err());
        waiters.into_iter().for_each(|waiter| waiter.wait().unwrap());
        assert_eq!(log.take(), "0 1 2 3 4 5 6 7 8");
    });
}

#[test]
fn point_06_those_who_wait_to_spawn_do_so_in_their_order() {
    check(|| {
        let (pool, log) = (GreenPool::new(1), Log::new());
        let member = pool.spawn(yield_now);
        let spawners = [0, 1, 2].map(|number| {
            let (pool, log) = (pool.clone(), log.clone());
            spawn(move || drop(pool.spawn(move || log.add(number))))
        });
        member.wait().unwrap();
        assert!(pool.try_spawn(|| ()).is_err(), "a newcomer passes nobody");
        spawners.into_iter().for_each(|spawner| spawner.wait().unwrap());
        pool.wait_all();
        assert_eq!(log.take(), "0 1 2");
    });
}

/// Equal deadlines are first in, first out, and one turn has one reading of the clock.
#[test]
fn point_07_equal_deadlines_are_first_in_first_out() {
    check(|| {
        debug::pause_clock();
        let log = Log::new();
        let threads: Vec<_> = (0..100)
            .map(|number| {
                let log = log.clone();
                spawn(move || {
                    sleep(ms(10));
                    log.add(number);
                })
            })
            .collect();
        for thread in threads {
            thread.wait().unwrap();
        }
        let expected: Vec<_> = (0..100).map(|number| number.to_string()).collect();
        assert_eq!(log.take(), expected.join(" "));
    });
}

/// Those that are late fire in the order of their deadlines, whenever they were set.
#[test]
fn point_07_late_timers_fire_by_their_deadlines() {
    check(|| {
        let fired = Rc::new(RefCell::new(Vec::new()));
        let threads = [7, 3, 5, 1].map(|delay| {
            let fired = fired.clone();
            let deadline = debug::now() + ms(delay);
            spawn_after(ms(delay), move || fired.borrow_mut().push(deadline))
        });
        compute_for(ms(20));
        threads.into_iter().for_each(|thread| thread.wait().unwrap());
        assert_eq!(fired.borrow().len(), 4);
        assert!(fired.borrow().is_sorted(), "{fired:?}");
    });
}

/// Data that was there before the deadline wins, though both are found in one turn.
#[test]
fn point_07_data_wins_over_a_deadline_that_passed_meanwhile() {
    check(|| {
        let (reader, mut writer) = UnixStream::pair().unwrap();
        let waiter = spawn(move || trampoline(&reader, Direction::Read, Some(ms(5))));
        yield_now();
        writer.write_all(b"x").unwrap();
        compute_for(ms(20));
        waiter.wait().unwrap().expect("the data came in time");
    });
}

/// A wait that was killed or timed out leaves nothing with the descriptor.
#[test]
fn point_08_a_wait_that_was_broken_off_leaves_no_trace() {
    check(|| {
        let (reader, _writer) = UnixStream::pair().unwrap();
        let reader = Rc::new(reader);
        let theirs = reader.clone();
        let killed = spawn(move || trampoline(&*theirs, Direction::Read, None));
        yield_now();
        assert_eq!((get_hub().stats().io_waiters, get_hub().stats().descriptors), (1, 1));
        killed.kill();
        assert_eq!((get_hub().stats().io_waiters, get_hub().stats().descriptors), (0, 0));
        assert!(killed.wait().unwrap_err().is_killed());
    });
}

/// What they would have got, the next ones get.
#[test]
fn point_08_those_that_were_killed_or_timed_out_lose_nothing_for_others() {
    check(|| {
        debug::pause_clock();
        let (semaphore, log) = (Semaphore::new(0), Log::new());
        let line = ["killed", "late", "first", "second"].map(|name| {
            let (semaphore, theirs) = (semaphore.clone(), log.clone());
            let limit = if name == "late" { ms(1) } else { Duration::MAX };
            spawn(move || {
                let permit = semaphore.acquire_timeout(limit);
                theirs.add(format!("{name}:{}", permit.is_some()));
                if let Some(permit) = permit {
                    permit.forget();
                }
            })
        });
        yield_now();
        assert_eq!(semaphore.balance(), -4);
        line[0].kill();
        sleep(ms(2));
        assert_eq!(semaphore.balance(), -2);
        semaphore.release();
        semaphore.release();
        let [killed, others @ ..] = line;
        assert!(killed.wait().unwrap_err().is_killed());
        others.into_iter().for_each(|waiter| waiter.wait().unwrap());
        assert_eq!(
            (log.take().as_str(), semaphore.balance()),
            ("late:false first:true second:true", 0)
        );
    });
}

/// An item that was on its way to one that is killed goes to the next one.
#[test]
fn point_08_no_item_and_no_slot_is_lost() {
    check(|| {
        let (queue, pool) = (LightQueue::new(None), GreenPool::new(1));
        let getters = [(); 2].map(|()| {
            let queue = queue.clone();
            spawn(move || queue.get())
        });
        yield_now();
        getters[0].kill();
        queue.put("item").unwrap();
        let [killed, next] = getters.map(GreenThread::wait);
        assert!(killed.unwrap_err().is_killed());
        assert_eq!(next.unwrap(), Ok("item"));
        assert_eq!((queue.len(), queue.getting()), (0, 0));

        // Killed before it has begun, at work, and while it waits to spawn.
        pool.spawn_n(|| unreachable!("it is killed")).kill();
        let at_work = pool.spawn(|| sleep(Duration::from_secs(3600)));
        let theirs = pool.clone();
        let in_line = spawn(move || drop(theirs.spawn(|| unreachable!("its spawner is killed"))));
        yield_now();
        assert_eq!((pool.free(), pool.waiting()), (0, 1));
        in_line.kill();
        at_work.kill();
        assert_eq!((pool.running(), pool.free(), pool.waiting()), (0, 1, 0));
        drop((in_line, at_work));
    });
}

/// Whatever ends a green thread, the hub and the others go on.
#[test]
fn point_09_no_end_of_a_green_thread_stops_the_hub() {
    check(|| {
        spawn_n(|| panic!("expected"));
        spawn_n(|| eventlet::current().kill());
        spawn_n(|| {
            let _limit = eventlet::Timeout::new(Duration::ZERO);
            yield_now();
        });
        let witness = spawn(|| {
            (0..3).for_each(|_| yield_now());
            "fine"
        });
        assert_eq!(witness.wait().unwrap(), "fine");
    });
}

/// Eventlet's `SystemExit` ends the program from any green thread; so does std's `exit`.
#[test]
fn point_09_any_green_thread_can_end_the_program() {
    let ended = Child::new().run(|| {
        let _bystander = spawn(|| sleep(Duration::from_secs(3600)));
        spawn_n(|| std::process::exit(7));
        sleep(Duration::from_secs(3600));
    });
    assert_eq!(ended.status.code(), Some(7), "{ended:?}");
}

/// Every OS thread has a hub of its own, made by the first call that needs it.
#[test]
fn point_10_every_os_thread_has_its_own_hub() {
    check(|| {
        let mine = get_hub();
        assert_eq!(mine, get_hub());
        let sleeper = spawn(|| sleep(Duration::from_secs(3600)));
        yield_now();
        let other = std::thread::spawn(|| {
            let hub = get_hub();
            let before = hub.stats().green_threads;
            let thread = spawn(|| sleep(ms(1)));
            thread.wait().unwrap();
            (hub.id(), before)
        });
        let (id, n_green_threads) = other.join().unwrap();
        assert_ne!(id, mine.id());
        assert_eq!(n_green_threads, 0);
        sleeper.kill();
        drop(sleeper);
    });
}

/// The process ends when `main` returns; destructors of what is left do not run.
#[test]
fn point_11_what_is_left_when_main_returns_is_abandoned() {
    let ended = main_thread(env!("CARGO_BIN_EXE_main_thread"), "abandon");
    assert_eq!(ended.expect_success().stdout, "main returns\n");
}
