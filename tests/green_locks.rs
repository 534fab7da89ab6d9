//! The locks of `green::sync` where std's cannot be asked: in one OS thread, between hubs, in order.

use std::rc::Rc;
use std::sync::Arc;
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use eventlet::green::sync::{Barrier, Condvar, Mutex, RwLock, RwLockWriteGuard};
use eventlet::hubs::spawn_hub;
use eventlet::{GreenThread, debug, sleep, spawn};
use eventlet_tests::{Log, check, check_within, ms, waiter, yield_now};

const HOUR: Duration = Duration::from_secs(3600);

#[test]
fn who_holds_a_mutex_may_wait_and_others_run() {
    check(|| {
        let (mutex, log) = (Rc::new(Mutex::new(0)), Log::new());
        let (theirs, notes) = (mutex.clone(), log.clone());
        let holder = spawn(move || {
            let _guard = theirs.lock().unwrap();
            sleep(ms(1));
            notes.add("holder");
        });
        yield_now();
        assert!(mutex.try_lock().is_err());
        let theirs = mutex.clone();
        let waits = waiter("waiter", &log, move || *theirs.lock().unwrap() += 1);
        log.add("main");
        holder.wait().unwrap();
        waits.wait().unwrap();
        assert_eq!(log.take(), "main holder waiter");
    });
}

/// Adds to a number that it reads before and writes after it gives way.
fn add_slowly(mutex: &Mutex<u64>, times: u64, give_way: impl Fn()) {
    for n in 0..times {
        let mut guard = mutex.lock().unwrap();
        let before = *guard;
        if n % 16 == 0 {
            give_way();
        }
        *guard = before + 1;
    }
}

#[test]
fn hubs_and_os_threads_contend_for_a_mutex() {
    check_within(Duration::from_secs(60), || {
        const TIMES: u64 = 500;
        let mutex = Arc::new(Mutex::new(0));
        let hubs = [spawn_hub().unwrap(), spawn_hub().unwrap()];
        let in_hubs: Vec<_> = (0..8)
            .map(|n| {
                let mutex = mutex.clone();
                hubs[n % 2].spawn(move || add_slowly(&mutex, TIMES, yield_now))
            })
            .collect();
        let os_threads: Vec<_> = (0..2)
            .map(|_| {
                let mutex = mutex.clone();
                thread::spawn(move || add_slowly(&mutex, TIMES, thread::yield_now))
            })
            .collect();
        let here: Vec<_> = (0..2)
            .map(|_| {
                let mutex = mutex.clone();
                spawn(move || add_slowly(&mutex, TIMES, yield_now))
            })
            .collect();
        here.into_iter().for_each(|thread| thread.wait().unwrap());
        in_hubs.into_iter().for_each(|thread| thread.wait().unwrap());
        os_threads.into_iter().for_each(|thread| thread.join().unwrap());
        assert_eq!(*mutex.lock().unwrap(), 12 * TIMES);
    });
}

#[test]
fn hubs_and_os_threads_contend_for_a_rwlock() {
    check_within(Duration::from_secs(60), || {
        const TIMES: u64 = 300;
        let lock = Arc::new(RwLock::new([0; 2]));
        let use_it = |lock: &RwLock<[u64; 2]>, n: u64| {
            for round in 0..TIMES {
                if (round + n).is_multiple_of(3) {
                    let mut halves = lock.write().unwrap();
                    halves[0] += 1;
                    if round % 8 == 0 {
                        yield_now();
                    }
                    halves[1] += 1;
                    if round % 5 == 0 {
                        let halves = RwLockWriteGuard::downgrade(halves);
                        assert_eq!(halves[0], halves[1]);
                    }
                } else {
                    let halves = lock.read().unwrap();
                    if round % 8 == 0 {
                        yield_now();
                    }
                    assert_eq!(halves[0], halves[1]);
                }
            }
        };
        let hubs = [spawn_hub().unwrap(), spawn_hub().unwrap()];
        let in_hubs: Vec<_> = (0..6)
            .map(|n| {
                let lock = lock.clone();
                hubs[n as usize % 2].spawn(move || use_it(&lock, n))
            })
            .collect();
        let theirs = lock.clone();
        let os_thread = thread::spawn(move || use_it(&theirs, 7));
        use_it(&lock, 8);
        in_hubs.into_iter().for_each(|thread| thread.wait().unwrap());
        os_thread.join().unwrap();
        assert_eq!(*lock.read().unwrap(), [8 * TIMES / 3; 2]);
        assert!(lock.try_write().is_ok());
    });
}

#[test]
fn who_locks_again_and_again_keeps_nobody_out() {
    check(|| {
        let mutex = Rc::new(Mutex::new(0));
        let theirs = mutex.clone();
        // It never gives way but where it waits for the mutex.
        let greedy = spawn(move || {
            let mut n_before = 0;
            loop {
                let guard = theirs.lock().unwrap();
                if *guard == 3 {
                    return n_before;
                }
                n_before += 1;
                if n_before == 1 {
                    // Others come, and wait.
                    (0..3).for_each(|_| yield_now());
                }
            }
        });
        yield_now();
        let modest: Vec<_> = (0..3)
            .map(|_| {
                let mutex = mutex.clone();
                spawn(move || *mutex.lock().unwrap() += 1)
            })
            .collect();
        modest.into_iter().for_each(|thread| thread.wait().unwrap());
        assert_eq!(greedy.wait().unwrap(), 1);
    });
}

#[test]
fn a_greedy_os_thread_keeps_nobody_out() {
    check(|| {
        let mutex = Arc::new(Mutex::new(false));
        let theirs = mutex.clone();
        let (begins, begun) = mpsc::channel();
        let greedy = thread::spawn(move || {
            begins.send(()).unwrap();
            while !*theirs.lock().unwrap() {}
        });
        begun.recv().unwrap();
        for _ in 0..100 {
            drop(mutex.lock().unwrap());
        }
        *mutex.lock().unwrap() = true;
        greedy.join().unwrap();
    });
}

/// Green threads that lock for reading (`r`) or writing (`w`), note it, and hold on for a moment.
fn queue_up(lock: &Rc<RwLock<()>>, log: &Log, who: &str) -> Vec<GreenThread<()>> {
    who.split(' ')
        .map(|name| {
            let (lock, log, name) = (lock.clone(), log.clone(), name.to_owned());
            let thread = spawn(move || {
                if name.starts_with('r') {
                    let _guard = lock.read().unwrap();
                    log.add(&name);
                    yield_now();
                    log.add(format!("/{name}"));
                } else {
                    let _guard = lock.write().unwrap();
                    log.add(&name);
                    yield_now();
                    log.add(format!("/{name}"));
                }
            });
            yield_now();
            thread
        })
        .collect()
}

#[test]
fn a_rwlock_lets_them_in_as_they_came_and_readers_together() {
    check(|| {
        let (lock, log) = (Rc::new(RwLock::new(())), Log::new());
        let guard = lock.read().unwrap();
        let threads = queue_up(&lock, &log, "w1 r1 r2 w2 w3 r3");
        assert!(lock.try_read().is_err(), "somebody waits");
        drop(guard);
        threads.into_iter().for_each(|thread| thread.wait().unwrap());
        let order = "w1 /w1 r1 r2 /r1 /r2 w2 /w2 w3 /w3 r3 /r3";
        assert_eq!(log.take(), order);
        assert!(lock.try_write().is_ok());
    });
}

#[test]
fn going_on_as_a_reader_lets_in_the_readers_at_the_head() {
    check(|| {
        let (lock, log) = (Rc::new(RwLock::new(())), Log::new());
        let guard = lock.write().unwrap();
        let threads = queue_up(&lock, &log, "r1 r2 w r3");
        let guard = RwLockWriteGuard::downgrade(guard);
        (0..3).for_each(|_| yield_now());
        assert_eq!(log.take(), "r1 r2 /r1 /r2");
        drop(guard);
        threads.into_iter().for_each(|thread| thread.wait().unwrap());
        assert_eq!(log.take(), "w /w r3 /r3");
    });
}

#[test]
fn readers_that_come_and_go_do_not_starve_a_writer() {
    check(|| {
        let lock = Rc::new(RwLock::new(false));
        let readers: Vec<_> = (0..3)
            .map(|_| {
                let lock = lock.clone();
                // At any time one of them reads.
                spawn(move || {
                    loop {
                        let guard = lock.read().unwrap();
                        yield_now();
                        if *guard {
                            return;
                        }
                    }
                })
            })
            .collect();
        yield_now();
        *lock.write().unwrap() = true;
        readers.into_iter().for_each(|reader| reader.wait().unwrap());
    });
}

#[test]
fn a_mutex_is_handed_on_in_the_order_of_arrival() {
    check(|| {
        let (mutex, log) = (Rc::new(Mutex::new(())), Log::new());
        let guard = mutex.lock().unwrap();
        let waiters: Vec<_> = (0..5)
            .map(|n| {
                let mutex = mutex.clone();
                waiter(n, &log, move || drop(mutex.lock().unwrap()))
            })
            .collect();
        drop(guard);
        assert!(mutex.try_lock().is_err(), "it is the first waiter's by now");
        waiters.into_iter().for_each(|waiter| waiter.wait().unwrap());
        assert_eq!(log.take(), "0 1 2 3 4");
    });
}

#[test]
fn notifications_reach_those_who_wait_in_the_order_of_arrival() {
    check(|| {
        let (shared, log) = (Rc::new((Mutex::new(()), Condvar::new())), Log::new());
        let waiters: Vec<_> = (0..5)
            .map(|n| {
                let shared = shared.clone();
                waiter(n, &log, move || {
                    drop(shared.1.wait(shared.0.lock().unwrap()).unwrap());
                })
            })
            .collect();
        shared.1.notify_one();
        yield_now();
        assert_eq!(log.take(), "0");
        shared.1.notify_one();
        shared.1.notify_one();
        yield_now();
        assert_eq!(log.take(), "1 2");
        shared.1.notify_all();
        waiters.into_iter().for_each(|waiter| waiter.wait().unwrap());
        assert_eq!(log.take(), "3 4");
    });
}

#[test]
fn limits_are_kept_by_the_clock_of_the_hub() {
    check(|| {
        debug::pause_clock();
        let (mutex, changed) = (Mutex::new(0), Condvar::new());
        let before = Instant::now();
        let (guard, result) = changed.wait_timeout(mutex.lock().unwrap(), HOUR).unwrap();
        assert!(result.timed_out());
        let (_guard, result) = changed.wait_timeout_while(guard, HOUR, |_| true).unwrap();
        assert!(result.timed_out());
        assert!(before.elapsed() < HOUR, "it was a paused clock");
    });
}

#[test]
fn a_green_thread_and_an_os_thread_notify_each_other() {
    check(|| {
        let shared = Arc::new((Mutex::new(0), Condvar::new()));
        let play = |shared: &(Mutex<u32>, Condvar), me: u32| {
            for _ in 0..200 {
                let turn = shared.0.lock().unwrap();
                let mut turn = shared.1.wait_while(turn, |turn| *turn % 2 != me).unwrap();
                *turn += 1;
                shared.1.notify_all();
            }
        };
        let theirs = shared.clone();
        let os_thread = thread::spawn(move || play(&theirs, 0));
        let theirs = shared.clone();
        spawn(move || play(&theirs, 1)).wait().unwrap();
        os_thread.join().unwrap();
        assert_eq!(*shared.0.lock().unwrap(), 400);
    });
}

#[test]
fn a_barrier_holds_hubs_and_os_threads_together() {
    check(|| {
        const ROUNDS: usize = 50;
        let barrier = Arc::new(Barrier::new(4));
        let go = |barrier: &Barrier| (0..ROUNDS).filter(|_| barrier.wait().is_leader()).count();
        let hub = spawn_hub().unwrap();
        let theirs = [0; 2].map(|_| barrier.clone());
        let remote = theirs.map(|barrier| hub.spawn(move || go(&barrier)));
        let theirs = barrier.clone();
        let os_thread = thread::spawn(move || go(&theirs));
        let mut n_leaders = go(&barrier) + os_thread.join().unwrap();
        n_leaders += remote.map(|thread| thread.wait().unwrap()).iter().sum::<usize>();
        assert_eq!(n_leaders, ROUNDS);
    });
}

#[test]
fn a_lock_passes_over_those_whose_os_thread_has_ended() {
    check(|| {
        let (mutex, lock) = (Arc::new(Mutex::new(0)), Arc::new(RwLock::new(0)));
        let (guard, reading) = (mutex.lock().unwrap(), lock.read().unwrap());
        let (their_mutex, their_lock) = (mutex.clone(), lock.clone());
        // Its green threads are abandoned where they wait.
        thread::spawn(move || {
            eventlet::spawn_n(move || *their_mutex.lock().unwrap() += 1);
            eventlet::spawn_n(move || *their_lock.write().unwrap() += 1);
            yield_now();
        })
        .join()
        .unwrap();
        let (theirs, log) = (mutex.clone(), Log::new());
        let waits = waiter("in", &log, move || *theirs.lock().unwrap() += 10);
        let theirs = lock.clone();
        let reads = waiter("reads", &log, move || assert_eq!(*theirs.read().unwrap(), 0));
        drop((guard, reading));
        waits.wait().unwrap();
        reads.wait().unwrap();
        assert_eq!(*mutex.lock().unwrap(), 10);
        assert!(lock.try_write().is_ok());
    });
}

#[test]
fn a_wait_with_a_limit_of_nothing_still_lets_others_in() {
    check(|| {
        let shared = Rc::new((Mutex::new(0), Condvar::new()));
        let theirs = shared.clone();
        let other = spawn(move || *theirs.0.lock().unwrap() = 1);
        let mut guard = shared.0.lock().unwrap();
        while *guard == 0 {
            guard = shared.1.wait_timeout(guard, Duration::ZERO).unwrap().0;
        }
        drop(guard);
        other.wait().unwrap();
    });
}
