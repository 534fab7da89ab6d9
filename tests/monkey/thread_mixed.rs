//! Locks that green threads of three hubs share with OS threads which have none: no wake is lost, whoever
//! waits, and whoever wakes.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Condvar, Mutex, RwLock};
use std::thread;
use std::time::Duration;

use eventlet::hubs::spawn_hub;
use eventlet_monkey_tests::check;
use eventlet_tests::ms;

/// Runs `f` with each number below `n`, a quarter of them in green threads of this hub, half in those
/// of two others, and a quarter in OS threads.
fn everywhere(n: usize, f: impl Fn(usize) + Send + Sync + 'static) {
    let f = Arc::new(f);
    let hubs = [spawn_hub().unwrap(), spawn_hub().unwrap()];
    let (mut here, mut there, mut plain) = (Vec::new(), Vec::new(), Vec::new());
    for i in 0..n {
        let f = f.clone();
        match i % 4 {
            0 => here.push(eventlet::spawn(move || f(i))),
            1 => plain.push(thread::spawn(move || f(i))),
            k => there.push(hubs[k - 2].spawn(move || f(i))),
        }
    }
    here.into_iter().for_each(|thread| thread.wait().unwrap());
    there.into_iter().for_each(|thread| thread.wait().unwrap());
    plain.into_iter().for_each(|thread| thread.join().unwrap());
    hubs.iter().for_each(|hub| drop(hub.shutdown(ms(5000))));
}

/// Numbers without much of a pattern, the same in each run.
struct Numbers(u64);

impl Numbers {
    fn new(i: usize) -> Self {
        Numbers(0x9e37_79b9_7f4a_7c15 ^ (i as u64 + 1) << 32)
    }

    fn below(&mut self, n: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % n
    }

    /// Does something for a while, or lets others run, or sleeps.
    fn dawdle(&mut self) {
        match self.below(64) {
            0 => thread::sleep(Duration::from_micros(self.below(200))),
            1..16 => thread::yield_now(),
            _ => (0..self.below(200)).for_each(|_| std::hint::spin_loop()),
        }
    }
}

/// Permits that are counted with std's means.
struct Permits {
    n_free: Mutex<usize>,
    freed: Condvar,
}

#[test]
fn a_hundred_thousand_permits_are_taken_and_given_back() {
    const N: usize = 40;
    const EACH: usize = 100_000 / N;
    check(|| {
        let permits = Arc::new(Permits { n_free: Mutex::new(3), freed: Condvar::new() });
        let (theirs, n_out) = (permits.clone(), AtomicUsize::new(0));
        everywhere(N, move |i| {
            let mut numbers = Numbers::new(i);
            for _ in 0..EACH {
                let free = theirs.n_free.lock().unwrap();
                *theirs.freed.wait_while(free, |n_free| *n_free == 0).unwrap() -= 1;
                assert!(n_out.fetch_add(1, Ordering::SeqCst) < 3);
                numbers.dawdle();
                n_out.fetch_sub(1, Ordering::SeqCst);
                *theirs.n_free.lock().unwrap() += 1;
                theirs.freed.notify_one();
            }
        });
        assert_eq!(*permits.n_free.lock().unwrap(), 3);
    });
}

#[test]
fn a_hundred_thousand_turns_with_a_mutex() {
    const N: usize = 40;
    const EACH: usize = 100_000 / N;
    check(|| {
        let count = Arc::new(Mutex::new(0));
        let theirs = count.clone();
        everywhere(N, move |i| {
            let mut numbers = Numbers::new(i);
            for _ in 0..EACH {
                let mut count = theirs.lock().unwrap();
                *count += 1;
                numbers.dawdle();
            }
        });
        assert_eq!(*count.lock().unwrap(), N * EACH);
    });
}

#[test]
fn readers_and_writers_everywhere() {
    const N: usize = 40;
    const EACH: usize = 500;
    check(|| {
        let pair = Arc::new(RwLock::new((0, 0)));
        let theirs = pair.clone();
        everywhere(N, move |i| {
            let mut numbers = Numbers::new(i);
            for _ in 0..EACH {
                if numbers.below(4) == 0 {
                    let mut pair = theirs.write().unwrap();
                    pair.0 += 1;
                    numbers.dawdle();
                    pair.1 += 1;
                } else {
                    let pair = theirs.read().unwrap();
                    let first = pair.0;
                    numbers.dawdle();
                    assert_eq!((first, pair.0), (pair.1, pair.1));
                }
            }
        });
        let pair = pair.read().unwrap();
        assert_eq!(pair.0, pair.1);
    });
}

/// Something goes round, from hand to hand.
#[test]
fn rendezvous_everywhere() {
    const N: usize = 12;
    const ROUNDS: usize = 1_000;
    type Hand = Mutex<Option<(SyncSender<usize>, Receiver<usize>)>>;
    check(|| {
        let (mut senders, receivers): (Vec<_>, Vec<_>) = (0..N).map(|_| sync_channel(0)).unzip();
        // Who receives at one channel sends to the next.
        senders.rotate_left(1);
        let hands = senders.into_iter().zip(receivers);
        let hands: Vec<Hand> = hands.map(|hand| Mutex::new(Some(hand))).collect();
        everywhere(N, move |i| {
            let (sender, receiver) = hands[i].lock().unwrap().take().unwrap();
            if i == 0 {
                sender.send(0).unwrap();
            }
            for round in 0..ROUNDS {
                let n_steps = receiver.recv().unwrap();
                let expected = if i == 0 { N * (round + 1) - 1 } else { N * round + i - 1 };
                assert_eq!(n_steps, expected);
                if (i, round) != (0, ROUNDS - 1) {
                    sender.send(n_steps + 1).unwrap();
                }
            }
        });
    });
}

#[test]
fn parked_everywhere() {
    const N: usize = 40;
    const ROUNDS: usize = 50;
    check(|| {
        let threads = Arc::new(Mutex::new(vec![None; N]));
        let tokens: Arc<Vec<_>> = Arc::new((0..N).map(|_| AtomicBool::new(false)).collect());
        everywhere(N, move |i| {
            threads.lock().unwrap()[i] = Some(thread::current());
            let next = (i + 1) % N;
            let wake_next = || {
                tokens[next].store(true, Ordering::Release);
                while threads.lock().unwrap()[next].is_none() {
                    thread::yield_now();
                }
                threads.lock().unwrap()[next].as_ref().unwrap().unpark();
            };
            if i == 0 {
                wake_next();
            }
            for round in 0..ROUNDS {
                while !tokens[i].swap(false, Ordering::Acquire) {
                    thread::park();
                }
                if (i, round) != (0, ROUNDS - 1) {
                    wake_next();
                }
            }
        });
    });
}

/// Who waits for a lock when it is killed gets the lock first, and gives it back.
#[test]
fn kills_and_timeouts_leave_who_waits_for_a_lock_in_peace() {
    check(|| {
        let mutex = Arc::new(Mutex::new(0));
        let held = mutex.lock().unwrap();
        let threads: Vec<_> = (0..50)
            .map(|i| {
                let mutex = mutex.clone();
                eventlet::spawn(move || {
                    let lock = || {
                        *mutex.lock().unwrap() += 1;
                        eventlet::sleep(Duration::ZERO);
                    };
                    if i % 2 == 0 {
                        lock();
                        unreachable!("it was killed");
                    }
                    assert!(eventlet::with_timeout(ms(5), lock).is_err());
                })
            })
            .collect();
        eventlet::sleep(Duration::ZERO);
        threads.iter().step_by(2).for_each(|thread| thread.kill());
        eventlet::sleep(ms(20));
        assert!(threads.iter().all(|thread| !thread.is_dead()));
        drop(held);
        for (i, thread) in threads.into_iter().enumerate() {
            assert_eq!(thread.wait().is_err_and(|exit| exit.is_killed()), i % 2 == 0);
        }
        assert_eq!(*mutex.lock().unwrap(), 50);
        assert!(!mutex.is_poisoned());
    });
}
