//! The locks of `green::sync` when those who wait for them, or hold them, are killed or timed out.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;
use std::sync::{Arc, PoisonError, mpsc};
use std::thread;
use std::time::Duration;

use eventlet::green::sync::{Barrier, Condvar, Mutex, RwLock};
use eventlet::hubs::spawn_hub;
use eventlet::{GreenThread, Timeout, debug, sleep, spawn, with_timeout};
use eventlet_tests::{Log, OnDrop, check, ms, waiter, yield_now};

const HOUR: Duration = Duration::from_secs(3600);

/// Kills a green thread, which is unwound by that.
fn kill(thread: GreenThread<()>) {
    thread.kill();
    assert!(thread.wait().unwrap_err().is_killed());
}

/// Has another OS thread do something. This hub has read no mail when it returns.
fn outside(f: impl FnOnce() + Send + 'static) {
    thread::spawn(f).join().unwrap();
}

#[test]
fn one_that_is_killed_while_it_waits_leaves_the_mutex_alone() {
    check(|| {
        let (mutex, log) = (Rc::new(Mutex::new(0)), Log::new());
        let guard = mutex.lock().unwrap();
        let waiters = ["first", "second"].map(|name| {
            let mutex = mutex.clone();
            waiter(name, &log, move || *mutex.lock().unwrap() += 1)
        });
        let [first, second] = waiters;
        kill(first);
        drop(guard);
        second.wait().unwrap();
        assert_eq!((log.take().as_str(), *mutex.lock().unwrap()), ("second", 1));
    });
}

#[test]
fn one_that_is_killed_while_it_holds_the_mutex_poisons_it() {
    check(|| {
        let mutex = Rc::new(Mutex::new(0));
        let theirs = mutex.clone();
        let holder = spawn(move || {
            let mut guard = theirs.lock().unwrap();
            *guard = 1;
            sleep(HOUR);
            *guard = 2;
        });
        yield_now();
        let theirs = mutex.clone();
        let waits = spawn(move || theirs.lock().is_err());
        yield_now();
        kill(holder);
        assert!(waits.wait().unwrap(), "who waits is told");
        assert_eq!(*mutex.lock().unwrap_err().into_inner(), 1);
        mutex.clear_poison();
        assert!(mutex.lock().is_ok());
    });
}

#[test]
fn a_timeout_while_it_is_held_poisons_and_while_it_is_waited_for_does_not() {
    check(|| {
        debug::pause_clock();
        let mutex = Mutex::new(0);
        let guard = mutex.lock().unwrap();
        assert!(with_timeout(ms(1), || drop(mutex.lock())).is_err());
        drop(guard);
        assert!(mutex.lock().is_ok());
        let timed_out = with_timeout(ms(1), || {
            let _guard = mutex.lock().unwrap();
            sleep(HOUR);
        });
        assert!(timed_out.is_err() && mutex.is_poisoned());
    });
}

#[test]
fn one_that_was_handed_the_mutex_in_its_own_hub_takes_it_first() {
    check(|| {
        let mutex = Rc::new(Mutex::new(0));
        let guard = mutex.lock().unwrap();
        let theirs = mutex.clone();
        let waits = spawn(move || {
            *theirs.lock().unwrap_or_else(PoisonError::into_inner) += 1;
            sleep(HOUR);
        });
        yield_now();
        drop(guard);
        kill(waits);
        assert_eq!(*mutex.lock().unwrap(), 1);
    });
}

#[test]
fn a_writer_that_is_killed_lets_in_the_readers_behind_it() {
    check(|| {
        let (lock, log) = (Rc::new(RwLock::new(0)), Log::new());
        let reading = lock.read().unwrap();
        let theirs = lock.clone();
        let writer = spawn(move || *theirs.write().unwrap() += 1);
        yield_now();
        let readers = ["r1", "r2"].map(|name| {
            let lock = lock.clone();
            waiter(name, &log, move || drop(lock.read().unwrap()))
        });
        assert_eq!(log.take(), "");
        kill(writer);
        readers.into_iter().for_each(|reader| reader.wait().unwrap());
        assert_eq!(log.take(), "r1 r2");
        assert_eq!(*reading, 0);
        drop(reading);
        assert!(lock.try_write().is_ok());
    });
}

#[test]
fn a_rwlock_that_was_handed_to_one_who_is_killed_goes_on_to_the_next() {
    for victim in ["reader", "writer"] {
        check(|| {
            let (lock, log) = (Arc::new(RwLock::new(0)), Log::new());
            let (let_go, go) = mpsc::channel::<()>();
            let (theirs, (has_locked, locked)) = (lock.clone(), mpsc::channel());
            let holder = thread::spawn(move || {
                let _guard = theirs.write().unwrap();
                has_locked.send(()).unwrap();
                let _ = go.recv();
            });
            locked.recv().unwrap();
            let theirs = lock.clone();
            let first = waiter("first", &log, move || match victim {
                "reader" => drop(theirs.read().unwrap()),
                _ => drop(theirs.write().unwrap()),
            });
            let theirs = lock.clone();
            let second = waiter("second", &log, move || *theirs.write().unwrap() += 1);
            drop(let_go);
            holder.join().unwrap();
            kill(first);
            second.wait().unwrap();
            assert_eq!((log.take().as_str(), *lock.read().unwrap()), ("second", 1));
            assert!(lock.try_write().is_ok());
        });
    }
}

#[test]
fn readers_that_are_killed_poison_nothing_and_writers_do() {
    check(|| {
        let lock = Rc::new(RwLock::new(0));
        let theirs = lock.clone();
        let reader = spawn(move || {
            let _guard = theirs.read().unwrap();
            sleep(HOUR);
        });
        yield_now();
        kill(reader);
        assert!(lock.write().is_ok());
        let theirs = lock.clone();
        let writer = spawn(move || {
            let _guard = theirs.write().unwrap();
            sleep(HOUR);
        });
        yield_now();
        kill(writer);
        assert!(lock.read().is_err());
    });
}

type Shared = Arc<(Mutex<u32>, Condvar)>;

/// One that waits for a notification, and says so.
fn notified(shared: &Shared, log: &Log, name: &str) -> GreenThread<()> {
    let shared = shared.clone();
    waiter(name, log, move || drop(shared.1.wait(shared.0.lock().unwrap()).unwrap()))
}

#[test]
fn one_that_is_killed_in_a_wait_has_no_mutex_to_poison() {
    check(|| {
        let (shared, log) = (Shared::default(), Log::new());
        let waits = notified(&shared, &log, "first");
        let guard = shared.0.lock().unwrap();
        kill(waits);
        drop(guard);
        assert!(shared.0.try_lock().is_ok());
        // It does not count any more.
        let second = notified(&shared, &log, "second");
        shared.1.notify_one();
        second.wait().unwrap();
        assert_eq!(log.take(), "second");
    });
}

#[test]
fn a_notification_of_one_who_is_killed_goes_on_to_the_next() {
    check(|| {
        let (shared, log) = (Shared::default(), Log::new());
        let [first, second] = ["first", "second"].map(|name| notified(&shared, &log, name));
        let theirs = shared.clone();
        outside(move || theirs.1.notify_one());
        kill(first);
        second.wait().unwrap();
        assert_eq!(log.take(), "second");
    });
}

#[test]
fn a_notification_of_one_who_is_killed_before_it_has_its_mutex_goes_on_to_the_next() {
    check(|| {
        let (shared, log) = (Shared::default(), Log::new());
        let [first, second] = ["first", "second"].map(|name| notified(&shared, &log, name));
        let guard = shared.0.lock().unwrap();
        shared.1.notify_one();
        yield_now();
        // It waits for the mutex now.
        kill(first);
        drop(guard);
        second.wait().unwrap();
        assert_eq!(log.take(), "second");
    });
}

#[test]
fn one_that_leaves_a_barrier_is_not_counted() {
    check(|| {
        debug::pause_clock();
        let (barrier, log) = (Rc::new(Barrier::new(3)), Log::new());
        let [killed, first, second] = ["killed", "first", "second"].map(|name| {
            let (barrier, log) = (barrier.clone(), log.clone());
            move || {
                waiter(name, &log, move || {
                    barrier.wait();
                })
            }
        });
        kill(killed());
        let first = first();
        assert!(with_timeout(ms(1), || barrier.wait()).is_err());
        let second = second();
        assert_eq!(log.take(), "");
        assert!(barrier.wait().is_leader());
        first.wait().unwrap();
        second.wait().unwrap();
        assert_eq!(log.take(), "first second");
    });
}

/// While one green thread is left in the middle of unwinding, std says of all that they unwind.
#[test]
fn an_unwinding_of_someone_else_poisons_nothing() {
    check(|| {
        let (awaited, other) = (Rc::new(Mutex::new(0)), Rc::new(Mutex::new(0)));
        let guard = awaited.lock().unwrap();
        let held_before = other.lock().unwrap();
        let theirs = awaited.clone();
        let unwinds = spawn(move || {
            let _waits = OnDrop(|| *theirs.lock().unwrap() += 1);
            sleep(HOUR);
        });
        yield_now();
        unwinds.kill();
        assert!(thread::panicking(), "it waits for the mutex");
        drop(held_before);
        assert!(!other.is_poisoned());
        drop(guard);
        assert!(unwinds.wait().unwrap_err().is_killed());
        assert_eq!(*awaited.lock().unwrap(), 1);
        // A panic that comes later is noticed.
        let panicked = catch_unwind(AssertUnwindSafe(|| {
            let _guard = other.lock().unwrap();
            panic!("here");
        }));
        assert!(panicked.is_err() && other.is_poisoned());
    });
}

#[test]
fn one_that_is_killed_in_another_hub_passes_on_what_it_was_given() {
    check(|| {
        let hub = spawn_hub().unwrap();
        let mutex = Arc::new(Mutex::new(0));
        for _ in 0..50 {
            let guard = mutex.lock().unwrap();
            let theirs = [0; 3].map(|_| mutex.clone());
            let waiters = theirs.map(|mutex| {
                hub.spawn(move || *mutex.lock().unwrap_or_else(PoisonError::into_inner) += 1)
            });
            // They come to wait, are handed the mutex, and killed, in whatever order.
            sleep(Duration::from_micros(100));
            waiters[0].kill();
            drop(guard);
            waiters[1].kill();
            let [_, _, last] = waiters;
            last.wait().unwrap();
            drop(mutex.lock());
        }
        assert!(mutex.try_lock().is_ok());
    });
}

#[test]
fn a_timeout_set_before_ends_a_wait_for_a_notification() {
    check(|| {
        debug::pause_clock();
        let (mutex, changed) = (Mutex::new(0), Condvar::new());
        let waits = with_timeout(ms(5), || changed.wait(mutex.lock().unwrap()).is_ok());
        assert!(waits.is_err());
        assert!(mutex.try_lock().is_ok());
        // The limit of the wait itself comes first.
        let _timeout = Timeout::new(ms(50));
        let (_guard, result) = changed.wait_timeout(mutex.lock().unwrap(), ms(5)).unwrap();
        assert!(result.timed_out());
    });
}
