//! Semaphores: who is served, in what order, and what a wait that ends otherwise leaves.

use std::cell::Cell;
use std::rc::Rc;

use eventlet::{BoundedSemaphore, CappedSemaphore, Semaphore, debug, sleep, spawn, with_timeout};
use eventlet::{GreenThread, kill_all};
use eventlet_tests::{Log, OnDrop, check, ms, panic_of, yield_now};

/// A green thread that has begun to wait for a permit, and notes when it has got it.
fn waiting(semaphore: &Semaphore, log: &Log, name: &str) -> GreenThread<()> {
    let (semaphore, log, name) = (semaphore.clone(), log.clone(), name.to_owned());
    let thread = spawn(move || {
        let _permit = semaphore.acquire();
        log.add(&name);
        yield_now();
    });
    yield_now();
    thread
}

#[test]
fn permits_go_round_in_the_order_of_arrival() {
    check(|| {
        let (semaphore, log) = (Semaphore::new(1), Log::new());
        let permit = semaphore.acquire();
        let threads = ["a", "b", "c"].map(|name| waiting(&semaphore, &log, name));
        assert_eq!(semaphore.balance(), -3);
        drop(permit);
        assert_eq!(log.take(), "", "giving back does not switch");
        threads.into_iter().for_each(|thread| thread.wait().unwrap());
        assert_eq!(log.take(), "a b c");
        assert_eq!(semaphore.balance(), 1);
    });
}

/// A permit that was given back belongs to the first in line, even before that one has run.
#[test]
fn nobody_passes_those_who_wait() {
    check(|| {
        let (semaphore, log) = (Semaphore::new(1), Log::new());
        let permit = semaphore.acquire();
        let thread = waiting(&semaphore, &log, "first");
        drop(permit);
        assert!(semaphore.try_acquire().is_none());
        let theirs = semaphore.clone();
        let timed = log.clone();
        let late = spawn(move || {
            assert!(theirs.acquire_timeout(ms(1000)).is_some());
            timed.add("late");
        });
        drop(semaphore.acquire());
        log.add("caller");
        thread.wait().unwrap();
        late.wait().unwrap();
        assert_eq!(log.take(), "first caller late");
    });
}

#[test]
fn a_killed_waiter_leaves_the_line() {
    check(|| {
        let (semaphore, log) = (Semaphore::new(0), Log::new());
        let threads = ["a", "b", "c"].map(|name| waiting(&semaphore, &log, name));
        threads[1].kill();
        assert_eq!(semaphore.balance(), -2);
        semaphore.release();
        semaphore.release();
        let [a, b, c] = threads.map(GreenThread::wait);
        assert!(a.is_ok() && b.unwrap_err().is_killed() && c.is_ok());
        assert_eq!(log.take(), "a c");
        assert_eq!(semaphore.balance(), 2);
    });
}

/// Given the permit and killed in the same moment, it takes the permit, and gives it back.
#[test]
fn a_permit_given_to_one_that_is_killed_is_not_lost() {
    check(|| {
        let (semaphore, log) = (Semaphore::new(0), Log::new());
        let threads = ["a", "b"].map(|name| waiting(&semaphore, &log, name));
        semaphore.release();
        threads[0].kill();
        let [a, b] = threads.map(GreenThread::wait);
        assert!(a.unwrap_err().is_killed());
        b.unwrap();
        assert_eq!(log.take(), "a b");
        assert_eq!(semaphore.balance(), 1);
    });
}

/// Killed first, it cannot be given the permit any more: the next one gets it.
#[test]
fn a_permit_passes_by_one_that_is_killed() {
    check(|| {
        let (semaphore, log) = (Semaphore::new(0), Log::new());
        let threads = ["a", "b"].map(|name| waiting(&semaphore, &log, name));
        let (victim, theirs) = (threads[0].handle(), semaphore.clone());
        let killer = spawn(move || {
            // Dropped by the kill, while the victim is on its way.
            let _release = OnDrop(|| theirs.release());
            kill_all([victim, eventlet::current()]);
        });
        assert!(killer.wait().unwrap_err().is_killed());
        let [a, b] = threads.map(GreenThread::wait);
        assert!(a.unwrap_err().is_killed());
        b.unwrap();
        assert_eq!(log.take(), "b");
        assert_eq!(semaphore.balance(), 1);
    });
}

#[test]
fn a_waiter_that_times_out_leaves_the_line() {
    check(|| {
        debug::pause_clock();
        let semaphore = Semaphore::new(0);
        let theirs = semaphore.clone();
        let patient = spawn(move || theirs.acquire().forget());
        yield_now();
        assert!(semaphore.acquire_timeout(ms(10)).is_none());
        assert!(semaphore.acquire_timeout(ms(0)).is_none());
        assert!(with_timeout(ms(10), || semaphore.acquire()).is_err());
        assert_eq!(semaphore.balance(), -1);
        semaphore.release();
        patient.wait().unwrap();
        assert_eq!(semaphore.balance(), 0);
    });
}

/// Permit and time limit come in the same turn: the permit wins.
#[test]
fn a_permit_wins_over_a_timeout() {
    check(|| {
        debug::pause_clock();
        let semaphore = Semaphore::new(0);
        let theirs = semaphore.clone();
        let thread = spawn(move || theirs.acquire_timeout(ms(10)).is_some());
        let theirs = semaphore.clone();
        let releaser = spawn(move || {
            sleep(ms(10));
            theirs.release();
        });
        assert!(thread.wait().unwrap());
        releaser.wait().unwrap();
        assert_eq!(semaphore.balance(), 1);
    });
}

#[test]
fn a_thousand_waiters_that_time_out_leave_nothing() {
    check(|| {
        debug::pause_clock();
        let semaphore = Semaphore::new(0);
        let threads: Vec<_> = (0..1000)
            .map(|number| {
                let semaphore = semaphore.clone();
                spawn(move || semaphore.acquire_timeout(ms(1 + number * 7 % 100)).is_none())
            })
            .collect();
        assert!(threads.into_iter().all(|thread| thread.wait().unwrap()));
        assert_eq!(semaphore.balance(), 0);
        semaphore.release();
        assert!(semaphore.try_acquire().is_some());
    });
}

/// While it unwinds, a green thread still waits for its permit: the alternative is a deadlock.
#[test]
fn one_that_unwinds_waits_too() {
    check(|| {
        let (semaphore, got) = (Semaphore::new(0), Rc::new(Cell::new(false)));
        let (theirs, flag) = (semaphore.clone(), got.clone());
        let thread = spawn(move || {
            let _at_the_end = OnDrop(move || {
                theirs.acquire().forget();
                flag.set(true);
            });
            sleep(ms(3_600_000));
        });
        yield_now();
        thread.kill();
        assert!(!thread.is_dead());
        semaphore.release();
        assert!(thread.wait().unwrap_err().is_killed());
        assert!(got.get());
    });
}

#[test]
fn a_bounded_semaphore_keeps_its_bound() {
    check(|| {
        let semaphore = BoundedSemaphore::new(2);
        let text = panic_of(|| semaphore.release());
        assert!(text.contains("more often than acquired"), "{text}");
        // Someone releases what a permit will release, too: there are never more than two.
        let permit = semaphore.acquire();
        semaphore.release();
        drop(permit);
        assert_eq!(semaphore.balance(), 2);
    });
}

#[test]
fn a_capped_semaphore_lets_both_sides_wait() {
    check(|| {
        let (semaphore, log) = (CappedSemaphore::new(1, 1), Log::new());
        let releasers = ["a", "b"].map(|name| {
            let (semaphore, log) = (semaphore.clone(), log.clone());
            spawn(move || {
                semaphore.release();
                log.add(name);
            })
        });
        yield_now();
        assert!(!semaphore.try_release() && semaphore.is_full());
        semaphore.acquire();
        semaphore.acquire();
        assert_eq!(log.take(), "", "acquiring does not switch");
        releasers.into_iter().for_each(|thread| thread.wait().unwrap());
        assert_eq!(log.take(), "a b");
        assert!(semaphore.is_full());
        assert!(!semaphore.release_timeout(ms(1)));
        semaphore.acquire();
        assert!(semaphore.is_locked() && !semaphore.acquire_timeout(ms(1)));
        assert_eq!(semaphore.balance(), -1);
    });
}

#[test]
fn a_capped_semaphore_with_no_limit_to_speak_of() {
    check(|| {
        for limit in [usize::MAX, usize::MAX / 2 + 1] {
            let semaphore = CappedSemaphore::new(0, limit);
            assert_eq!(semaphore.balance(), -isize::MAX);
            semaphore.release();
            assert!(semaphore.balance() < 0, "there is far more room than anybody needs");
            let full = CappedSemaphore::new(limit, limit);
            assert_eq!(full.balance(), isize::MAX);
            assert!(!full.try_release());
        }
    });
}

#[test]
fn a_killed_rendezvous_leaves_nothing() {
    check(|| {
        let semaphore = CappedSemaphore::new(0, 0);
        for is_acquirer in [true, false] {
            let theirs = semaphore.clone();
            let run = move || if is_acquirer { theirs.acquire() } else { theirs.release() };
            let thread = spawn(run);
            yield_now();
            thread.kill();
            assert!(thread.wait().unwrap_err().is_killed());
            assert!(!semaphore.try_acquire() && !semaphore.try_release());
            assert_eq!(semaphore.balance(), 0);
        }
    });
}
