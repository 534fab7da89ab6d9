//! What std documents about parking.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use eventlet_tests::check;

const LONG: Duration = Duration::from_secs(3600);

#[test]
fn a_token_that_is_there_is_taken_at_once() {
    check(|| {
        thread::current().unpark();
        thread::park();
        thread::current().unpark();
        thread::park_timeout(LONG);
    });
}

#[test]
fn an_unpark_before_the_park_is_not_lost() {
    check(|| {
        let may_park = Arc::new(AtomicBool::new(false));
        let theirs = may_park.clone();
        let parking = thread::spawn(move || {
            while !theirs.load(Ordering::Acquire) {
                thread::yield_now();
            }
            thread::park();
            "passed"
        });
        parking.thread().unpark();
        may_park.store(true, Ordering::Release);
        assert_eq!(parking.join().unwrap(), "passed");
    });
}

#[test]
fn a_parked_thread_is_woken() {
    check(|| {
        let flag = Arc::new(AtomicBool::new(false));
        let theirs = flag.clone();
        let parked = thread::spawn(move || {
            while !theirs.load(Ordering::Acquire) {
                thread::park();
            }
        });
        thread::sleep(Duration::from_millis(2));
        flag.store(true, Ordering::Release);
        parked.thread().unpark();
        parked.join().unwrap();
    });
}

#[test]
fn tokens_do_not_add_up() {
    check(|| {
        thread::current().unpark();
        thread::current().unpark();
        thread::park();
        let start = Instant::now();
        let mut n_returns = 0;
        // A wait may end early, but not again and again.
        while start.elapsed() < Duration::from_millis(5) {
            thread::park_timeout(Duration::from_millis(5));
            n_returns += 1;
        }
        assert!(n_returns < 1000);
    });
}

#[test]
fn a_park_with_a_limit_ends_by_itself() {
    check(|| {
        thread::park_timeout(Duration::from_millis(2));
        thread::park_timeout(Duration::ZERO);
        #[allow(deprecated)]
        thread::park_timeout_ms(1);
    });
}

#[test]
fn a_park_with_a_limit_takes_the_token() {
    check(|| {
        thread::current().unpark();
        thread::park_timeout(Duration::ZERO);
        thread::current().unpark();
        thread::park_timeout(Duration::MAX);
    });
}

#[test]
fn a_park_with_a_long_limit_is_ended_by_an_unpark() {
    check(|| {
        let flag = Arc::new(AtomicBool::new(false));
        let theirs = flag.clone();
        let parked = thread::spawn(move || {
            while !theirs.load(Ordering::Acquire) {
                thread::park_timeout(LONG);
            }
        });
        thread::yield_now();
        flag.store(true, Ordering::Release);
        parked.thread().unpark();
        parked.join().unwrap();
    });
}

#[test]
fn a_thread_that_has_ended_can_be_unparked() {
    check(|| {
        let handle = thread::spawn(thread::current);
        let thread = handle.thread().clone();
        let same = handle.join().unwrap();
        thread.unpark();
        same.unpark();
    });
}

#[test]
fn the_main_thread_can_be_unparked_by_others() {
    check(|| {
        let flag = Arc::new(AtomicBool::new(false));
        let (theirs, main) = (flag.clone(), thread::current());
        let waker = thread::spawn(move || {
            theirs.store(true, Ordering::Release);
            main.unpark();
        });
        while !flag.load(Ordering::Acquire) {
            thread::park();
        }
        waker.join().unwrap();
    });
}

#[test]
fn each_thread_has_a_token_of_its_own() {
    check(|| {
        let n_passed = Arc::new(AtomicUsize::new(0));
        let may_pass: Arc<[AtomicBool; 5]> = Arc::default();
        let parked: Vec<_> = (0..5)
            .map(|n| {
                let (n_passed, may_pass) = (n_passed.clone(), may_pass.clone());
                thread::spawn(move || {
                    while !may_pass[n].load(Ordering::Acquire) {
                        thread::park();
                    }
                    n_passed.fetch_add(1, Ordering::SeqCst);
                })
            })
            .collect();
        for (n, thread) in parked.into_iter().enumerate().rev() {
            assert_eq!(n_passed.load(Ordering::SeqCst), 4 - n);
            may_pass[n].store(true, Ordering::Release);
            thread.thread().unpark();
            thread.join().unwrap();
        }
    });
}

#[test]
fn two_threads_take_turns() {
    check(|| {
        let turn = Arc::new(AtomicUsize::new(0));
        let (theirs, main) = (turn.clone(), thread::current());
        let other = thread::spawn(move || {
            for n in 0..100 {
                while theirs.load(Ordering::Acquire) != 2 * n + 1 {
                    thread::park();
                }
                theirs.store(2 * n + 2, Ordering::Release);
                main.unpark();
            }
        });
        for n in 0..100 {
            turn.store(2 * n + 1, Ordering::Release);
            other.thread().unpark();
            while turn.load(Ordering::Acquire) != 2 * n + 2 {
                thread::park();
            }
        }
        other.join().unwrap();
    });
}

#[test]
fn what_was_done_before_the_unpark_is_seen_after_the_park() {
    check(|| {
        let (value, is_there) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicBool::new(false)));
        let (their_value, their_flag) = (value.clone(), is_there.clone());
        let reader = thread::spawn(move || {
            while !their_flag.load(Ordering::Acquire) {
                thread::park();
            }
            their_value.load(Ordering::Relaxed)
        });
        value.store(7, Ordering::Relaxed);
        is_there.store(true, Ordering::Release);
        reader.thread().unpark();
        assert_eq!(reader.join().unwrap(), 7);
    });
}
