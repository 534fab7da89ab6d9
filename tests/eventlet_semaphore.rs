//! The behaviours of Eventlet's own tests of `semaphore`, by their names.

use std::cell::Cell;
use std::rc::Rc;

use eventlet::{BoundedSemaphore, CappedSemaphore, Semaphore, debug, sleep, spawn};
use eventlet_tests::{check, ms, panic_of};

#[test]
fn bounded() {
    check(|| {
        let semaphore = CappedSemaphore::new(2, 3);
        semaphore.acquire();
        semaphore.acquire();
        let theirs = semaphore.clone();
        let releaser = spawn(move || theirs.release());
        semaphore.acquire();
        assert_eq!(semaphore.balance(), -3);
        (0..3).for_each(|_| semaphore.release());
        let theirs = semaphore.clone();
        let acquirer = spawn(move || theirs.acquire());
        semaphore.release();
        assert_eq!(semaphore.balance(), 3);
        releaser.wait().unwrap();
        acquirer.wait().unwrap();
    });
}

#[test]
fn bounded_with_zero_limit() {
    check(|| {
        let semaphore = CappedSemaphore::new(0, 0);
        let theirs = semaphore.clone();
        let acquirer = spawn(move || theirs.acquire());
        semaphore.release();
        acquirer.wait().unwrap();
    });
}

#[test]
fn non_blocking() {
    check(|| assert!(Semaphore::new(0).try_acquire().is_none()));
}

#[test]
fn timeout() {
    check(|| {
        debug::pause_clock();
        let before = debug::now();
        assert!(Semaphore::new(0).acquire_timeout(ms(100)).is_none());
        assert_eq!(debug::now() - before, ms(100));
    });
}

#[test]
fn semaphore_contention() {
    check(|| {
        debug::pause_clock();
        let mutex = Semaphore::new(1);
        let counts = Rc::new([Cell::new(0), Cell::new(0)]);
        let workers = [0, 1].map(|own| {
            let (mutex, counts) = (mutex.clone(), counts.clone());
            spawn(move || {
                while counts.iter().map(Cell::get).min() < Some(200) {
                    let _permit = mutex.acquire();
                    counts[own].set(counts[own].get() + 1);
                    sleep(ms(1));
                }
            })
        });
        sleep(ms(500));
        workers.iter().for_each(|worker| worker.kill());
        let [one, other] = [counts[0].get(), counts[1].get()];
        assert!(one >= 200 && i32::abs_diff(one, other) <= 1, "{one} and {other}");
    });
}

/// What is left of it where the compiler checks types: counts that make no sense.
#[test]
fn semaphore_type_check() {
    check(|| {
        for permits in [0, 1, 100] {
            assert_eq!(Semaphore::new(permits).balance(), permits.cast_signed());
            assert_eq!(BoundedSemaphore::new(permits).balance(), permits.cast_signed());
        }
        let text = panic_of(|| CappedSemaphore::new(2, 1));
        assert!(text.contains("at most 1 cannot begin with 2"), "{text}");
    });
}
