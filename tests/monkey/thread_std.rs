//! Locks and channels of std's: two hundred that use one at once, in green threads of one OS thread if
//! the process is patched, else in OS threads.

use std::sync::atomic::{AtomicBool, AtomicU32, AtomicUsize, Ordering};
use std::sync::{Barrier, Condvar, LazyLock, Mutex, Once, OnceLock, RwLock, mpsc};
use std::thread;
use std::time::{Duration, Instant};

use eventlet_monkey_tests::{at_once, check, check_without_the_patch, sleep_until};
use eventlet_tests::ms;

const N: usize = 200;

#[test]
fn a_mutex_is_held_across_a_blocking_call_while_a_hundred_want_it() {
    check(|| {
        let (mutex, n_others) = (Mutex::new(0), AtomicUsize::new(0));
        at_once(N, |i| {
            if i == 0 {
                let mut count = mutex.lock().unwrap();
                // Those that do not want it do not wait.
                sleep_until(|| n_others.load(Ordering::Relaxed) == N / 2);
                *count += 1;
            } else if i % 2 == 0 {
                *mutex.lock().unwrap() += 1;
            } else {
                thread::sleep(ms(5));
                n_others.fetch_add(1, Ordering::Relaxed);
            }
        });
        assert_eq!(*mutex.lock().unwrap(), N / 2);
    });
}

#[test]
fn a_mutex_is_held_by_each_in_turn() {
    check(|| {
        let (mutex, is_held) = (Mutex::new(0), AtomicBool::new(false));
        at_once(N, |_| {
            for _ in 0..5 {
                let mut count = mutex.lock().unwrap();
                assert!(!is_held.swap(true, Ordering::Relaxed));
                thread::sleep(Duration::from_micros(100));
                *count += 1;
                assert!(is_held.swap(false, Ordering::Relaxed));
            }
        });
        assert_eq!(*mutex.lock().unwrap(), 5 * N);
    });
}

#[test]
fn conditions_go_to_and_fro() {
    const ROUNDS: usize = 10_000;
    check(|| {
        let (turn, changed) = (Mutex::new(0), Condvar::new());
        at_once(2, |i| {
            for _ in 0..ROUNDS {
                let mut turn = changed.wait_while(turn.lock().unwrap(), |turn| *turn % 2 != i);
                *turn.as_deref_mut().unwrap() += 1;
                changed.notify_one();
            }
        });
        assert_eq!(turn.into_inner().unwrap(), 2 * ROUNDS);
    });
}

#[test]
fn a_condition_wakes_all() {
    check(|| {
        let (state, changed) = (Mutex::new((0, false)), Condvar::new());
        at_once(N + 1, |i| {
            let mut state = state.lock().unwrap();
            if i < N {
                state.0 += 1;
                changed.notify_all();
                drop(changed.wait_while(state, |state| !state.1).unwrap());
            } else {
                state = changed.wait_while(state, |state| state.0 < N).unwrap();
                state.1 = true;
                changed.notify_all();
            }
        });
    });
}

#[test]
fn readers_read_together_and_writers_write_alone() {
    check(|| {
        let (lock, n_readers, most) = (RwLock::new(0), AtomicUsize::new(0), AtomicUsize::new(0));
        at_once(N, |i| {
            if i % 10 == 0 {
                let mut count = lock.write().unwrap();
                assert_eq!(n_readers.load(Ordering::SeqCst), 0);
                thread::sleep(ms(1));
                assert_eq!(n_readers.load(Ordering::SeqCst), 0);
                *count += 1;
            } else {
                let count = lock.read().unwrap();
                most.fetch_max(n_readers.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                thread::sleep(ms(2));
                n_readers.fetch_sub(1, Ordering::SeqCst);
                drop(count);
            }
        });
        assert_eq!(lock.into_inner().unwrap(), N / 10);
        assert!(most.into_inner() > 1);
    });
}

#[test]
fn a_barrier_opens_for_all_at_once() {
    check(|| {
        let (barrier, n_leaders, n_here) =
            (Barrier::new(N), AtomicUsize::new(0), AtomicUsize::new(0));
        at_once(N, |_| {
            for round in 1..=3 {
                n_here.fetch_add(1, Ordering::SeqCst);
                if barrier.wait().is_leader() {
                    n_leaders.fetch_add(1, Ordering::SeqCst);
                }
                assert!(n_here.load(Ordering::SeqCst) >= round * N);
            }
        });
        assert_eq!(n_leaders.into_inner(), 3);
    });
}

#[test]
fn something_is_done_once() {
    static LAZY: LazyLock<usize> = LazyLock::new(|| {
        thread::sleep(ms(20));
        7
    });
    check(|| {
        let (once, n_runs, cell) = (Once::new(), AtomicU32::new(0), OnceLock::new());
        at_once(N, |i| {
            once.call_once(|| {
                thread::sleep(ms(50));
                n_runs.fetch_add(1, Ordering::SeqCst);
            });
            assert_eq!(n_runs.load(Ordering::SeqCst), 1);
            let first = *cell.get_or_init(|| {
                thread::sleep(ms(20));
                i
            });
            assert_eq!(cell.get(), Some(&first));
            assert_eq!(*LAZY, 7);
        });
    });
}

/// Everything that the senders send arrives, from each in its order.
fn send_all(sender: impl Fn(usize, u32) + Sync, receiver: mpsc::Receiver<(usize, u32)>) {
    const EACH: u32 = 20;
    let receiver = Mutex::new(receiver);
    at_once(N, |i| {
        if i > 0 {
            (0..EACH).for_each(|n| sender(i, n));
            return;
        }
        let mut next = [0; N];
        let receiver = receiver.lock().unwrap();
        for _ in 0..(N - 1) * EACH as usize {
            let (from, n) = receiver.recv().unwrap();
            assert_eq!(n, next[from]);
            next[from] += 1;
        }
    });
}

#[test]
fn a_channel_carries_what_two_hundred_send() {
    check(|| {
        let (sender, receiver) = mpsc::channel();
        send_all(|i, n| sender.send((i, n)).unwrap(), receiver);
    });
}

#[test]
fn a_bounded_channel_makes_senders_wait() {
    check(|| {
        let (sender, receiver) = mpsc::sync_channel(3);
        send_all(|i, n| sender.send((i, n)).unwrap(), receiver);
    });
}

#[test]
fn a_rendezvous_channel_makes_senders_wait() {
    check(|| {
        let (sender, receiver) = mpsc::sync_channel(0);
        send_all(|i, n| sender.send((i, n)).unwrap(), receiver);
    });
}

#[test]
fn receivers_wait_for_what_is_sent_late() {
    check(|| {
        let channels: Vec<_> = (0..N / 2).map(|_| mpsc::channel()).collect();
        let (senders, receivers): (Vec<_>, Vec<_>) = channels.into_iter().unzip();
        let receivers: Vec<_> = receivers.into_iter().map(Mutex::new).collect();
        let run = at_once(N, |i| {
            if i < N / 2 {
                assert_eq!(receivers[i].lock().unwrap().recv(), Ok(i));
            } else {
                thread::sleep(ms(200));
                senders[i - N / 2].send(i - N / 2).unwrap();
            }
        });
        assert!(run.elapsed >= ms(200));
        assert!(run.elapsed < ms(200) * N as u32 / 8);
    });
}

#[test]
fn waits_end_at_their_time() {
    check(|| {
        let (mutex, condition) = (Mutex::new(()), Condvar::new());
        let run = at_once(N, |i| {
            let (limit, start) = (ms(500 + i as u64 % 10), Instant::now());
            match i % 3 {
                0 => {
                    let guard = mutex.lock().unwrap();
                    let (_guard, result) =
                        condition.wait_timeout_while(guard, limit, |()| true).unwrap();
                    assert!(result.timed_out());
                }
                1 => {
                    let (_sender, receiver) = mpsc::channel::<()>();
                    let result = receiver.recv_timeout(limit);
                    assert_eq!(result, Err(mpsc::RecvTimeoutError::Timeout));
                }
                // It may return at any time.
                _ => {
                    while start.elapsed() < limit {
                        thread::park_timeout(limit - start.elapsed());
                    }
                }
            }
            assert!(start.elapsed() >= limit);
        });
        run.like_the_slowest(ms(500));
    });
}

#[test]
fn os_threads_are_waited_for_by_parking() {
    check(|| {
        at_once(20, |i| {
            let (is_done, waiter) = (AtomicBool::new(false), thread::current());
            thread::scope(|scope| {
                scope.spawn(|| {
                    thread::sleep(ms(20 + i as u64));
                    is_done.store(true, Ordering::Release);
                    waiter.unpark();
                });
                while !is_done.load(Ordering::Acquire) {
                    thread::park();
                }
            });
        });
    });
}

#[test]
fn a_panic_poisons() {
    check(|| {
        let (mutex, is_held) = (Mutex::new(0), Barrier::new(N));
        let n_poisoned = AtomicUsize::new(0);
        at_once(N, |i| {
            if i == 0 {
                let guard = mutex.lock().unwrap();
                is_held.wait();
                let caught = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
                    let _guard = guard;
                    thread::sleep(ms(50));
                    std::panic::resume_unwind(Box::new("a panic"));
                }));
                assert!(caught.is_err());
            } else {
                is_held.wait();
                n_poisoned.fetch_add(usize::from(mutex.lock().is_err()), Ordering::Relaxed);
            }
        });
        assert!(mutex.is_poisoned());
        assert_eq!(n_poisoned.into_inner(), N - 1);
    });
}

#[test]
fn without_the_patch() {
    check_without_the_patch();
}
