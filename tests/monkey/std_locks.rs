//! Plain `std::sync` and `std::thread`, where the holder of a lock waits for something else.

use std::sync::mpsc::{channel, sync_channel};
use std::sync::{Barrier, Condvar, LazyLock, Mutex, Once, OnceLock, RwLock};
use std::thread;
use std::time::Duration;

use eventlet_monkey_tests::{at_once, check, check_without_the_patch};
use eventlet_tests::{ms, timed};

const N: usize = 100;

/// A lock that is held across a blocking call while a hundred others want it.
#[test]
fn a_mutex_is_held_across_a_blocking_call() {
    check(|| {
        let numbers = Mutex::new(Vec::new());
        let run = at_once(N + 1, |i| {
            // One has no part in it, and is not held up.
            if i == N {
                return timed(ms(100), || thread::sleep(ms(100)));
            }
            let mut numbers = numbers.lock().unwrap();
            numbers.push(i);
            thread::sleep(ms(5));
        });
        assert!(run.elapsed >= ms(500), "{:?}", run.elapsed);
        let mut numbers = numbers.into_inner().unwrap();
        numbers.sort_unstable();
        assert!((0..N).eq(numbers));
    });
}

#[test]
fn readers_share_and_writers_do_not() {
    check(|| {
        let number = RwLock::new(0);
        let run = at_once(N, |i| {
            if i % 10 == 0 {
                let mut number = number.write().unwrap();
                let before = *number;
                thread::sleep(ms(10));
                *number = before + 1;
            } else {
                let number = number.read().unwrap();
                let before = *number;
                thread::sleep(ms(200));
                assert_eq!(*number, before);
            }
        });
        run.like_the_slowest(ms(200));
        assert_eq!(number.into_inner().unwrap(), N / 10);
    });
}

#[test]
fn conditions() {
    check(|| {
        let (turn, changed) = (Mutex::new(0), Condvar::new());
        at_once(N, |i| {
            // The last ones come first, so that all but one have to wait.
            let mut turn = turn.lock().unwrap();
            while *turn != N - 1 - i {
                turn = changed.wait(turn).unwrap();
            }
            *turn += 1;
            changed.notify_all();
        });
        assert_eq!(turn.into_inner().unwrap(), N);
    });
}

#[test]
fn conditions_that_do_not_come() {
    check(|| {
        let (nothing, never) = (Mutex::new(()), Condvar::new());
        let run = at_once(N, |_| {
            let wait = || never.wait_timeout(nothing.lock().unwrap(), ms(500)).unwrap().1;
            timed(ms(500), wait).timed_out()
        });
        assert_eq!(run.like_the_slowest(ms(500)), [true; N]);
    });
}

#[test]
fn barriers() {
    check(|| {
        let barrier = Barrier::new(N);
        let leads = at_once(N, |_| [(); 3].map(|()| barrier.wait().is_leader())).results;
        let n_leaders = |round: usize| leads.iter().filter(|lead| lead[round]).count();
        assert_eq!([0, 1, 2].map(n_leaders), [1; 3]);
    });
}

#[test]
fn channels() {
    check(|| {
        let (sender, receiver) = channel();
        let (bounded, narrow) = sync_channel(1);
        let (receiver, narrow) = (Mutex::new(receiver), Mutex::new(narrow));
        let senders: Vec<_> =
            (0..N).map(|_| Mutex::new(Some((sender.clone(), bounded.clone())))).collect();
        drop((sender, bounded));
        let run = at_once(N + 2, |i| {
            if i == 0 {
                return receiver.lock().unwrap().iter().sum();
            }
            if i == 1 {
                return narrow.lock().unwrap().iter().sum();
            }
            let (sender, bounded) = senders[i - 2].lock().unwrap().take().unwrap();
            for j in 0..10 {
                sender.send(i - 2).unwrap();
                bounded.send(j).unwrap();
            }
            0
        });
        assert_eq!(run.results[..2], [10 * N * (N - 1) / 2, 45 * N]);
    });
}

#[test]
fn who_comes_late_waits_for_the_first() {
    static ONCE: Once = Once::new();
    static CELL: OnceLock<usize> = OnceLock::new();
    static LAZY: LazyLock<usize> = LazyLock::new(|| {
        thread::sleep(ms(100));
        3
    });
    check(|| {
        let sleep = || thread::sleep(ms(100));
        let run = at_once(N, |i| {
            ONCE.call_once(sleep);
            assert!(ONCE.is_completed());
            let number = CELL.get_or_init(|| {
                sleep();
                i
            });
            number + *LAZY
        });
        assert!(run.results.iter().all(|number| *number == run.results[0]));
        run.like_the_slowest(ms(300));
    });
}

/// A lock of an OS thread that has no hub, and one of ours: each waits for the other.
#[test]
fn other_os_threads() {
    check(|| {
        let (numbers, changed) = (Mutex::new(0), Condvar::new());
        let wait_for = |parity: usize| {
            let odd = |number: &mut usize| *number % 2 != parity;
            let mut number = changed.wait_while(numbers.lock().unwrap(), odd).unwrap();
            *number += 1;
            changed.notify_all();
        };
        thread::scope(|scope| {
            scope.spawn(|| (0..N).for_each(|_| wait_for(0)));
            at_once(N, |_| wait_for(1));
        });
        assert_eq!(numbers.into_inner().unwrap(), 2 * N);
    });
}

#[test]
fn sleeping() {
    check(|| {
        let run = at_once(200, |_| timed(ms(500), || thread::sleep(ms(500))));
        run.like_the_slowest(ms(500));
        at_once(1, |_| timed(Duration::ZERO, thread::yield_now));
    });
}

#[test]
fn without_the_patch() {
    check_without_the_patch();
}
