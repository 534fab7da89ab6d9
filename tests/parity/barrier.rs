//! What std documents about `std::sync::Barrier`.

use std::panic::{RefUnwindSafe, UnwindSafe};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{self, TryRecvError};
use std::sync::{Arc, Barrier, BarrierWaitResult, Mutex};
use std::thread;

use eventlet_tests::check;

/// Runs `f` in `n` threads, and returns what they return.
fn in_threads<R: Send + 'static>(n: usize, f: impl Fn() -> R + Send + Clone + 'static) -> Vec<R> {
    let threads: Vec<_> = (0..n)
        .map(|_| {
            let f = f.clone();
            thread::spawn(f)
        })
        .collect();
    threads.into_iter().map(|thread| thread.join().unwrap()).collect()
}

fn n_leaders(is_leader: impl IntoIterator<Item = bool>) -> usize {
    is_leader.into_iter().filter(|is_leader| *is_leader).count()
}

#[test]
fn one_waits_for_nobody() {
    check(|| {
        let barrier = Barrier::new(1);
        assert!(barrier.wait().is_leader());
        assert!(barrier.wait().is_leader());
    });
}

#[test]
fn none_is_like_one() {
    check(|| {
        let barrier = Barrier::new(0);
        assert!(barrier.wait().is_leader());
        assert!(barrier.wait().is_leader());
    });
}

#[test]
fn one_of_all_is_the_leader() {
    check(|| {
        let barrier = Arc::new(Barrier::new(10));
        assert_eq!(n_leaders(in_threads(10, move || barrier.wait().is_leader())), 1);
    });
}

#[test]
fn nobody_passes_before_all_have_come() {
    check(|| {
        let barrier = Arc::new(Barrier::new(3));
        let (sender, receiver) = mpsc::channel();
        let waiters: Vec<_> = (0..2)
            .map(|_| {
                let (barrier, sender) = (barrier.clone(), sender.clone());
                thread::spawn(move || sender.send(barrier.wait().is_leader()).unwrap())
            })
            .collect();
        for _ in 0..10 {
            thread::yield_now();
            assert_eq!(receiver.try_recv(), Err(TryRecvError::Empty));
        }
        let mine = barrier.wait().is_leader();
        let theirs = [receiver.recv().unwrap(), receiver.recv().unwrap()];
        assert_eq!(n_leaders([mine, theirs[0], theirs[1]]), 1);
        waiters.into_iter().for_each(|waiter| waiter.join().unwrap());
    });
}

#[test]
fn it_is_used_again_and_again() {
    check(|| {
        const ROUNDS: usize = 20;
        let barrier = Arc::new(Barrier::new(4));
        let results = in_threads(4, move || {
            let leads = (0..ROUNDS).map(|_| barrier.wait().is_leader());
            leads.collect::<Vec<_>>()
        });
        for round in 0..ROUNDS {
            assert_eq!(n_leaders(results.iter().map(|leads| leads[round])), 1);
        }
    });
}

#[test]
fn no_round_begins_before_the_last_has_ended() {
    check(|| {
        let barrier = Arc::new(Barrier::new(4));
        let rounds = Arc::new(Mutex::new(Vec::new()));
        let theirs = rounds.clone();
        in_threads(4, move || {
            for round in 0..10 {
                theirs.lock().unwrap().push(round);
                barrier.wait();
            }
        });
        assert!(rounds.lock().unwrap().is_sorted());
    });
}

#[test]
fn more_come_than_it_lets_through_at_a_time() {
    check(|| {
        let barrier = Arc::new(Barrier::new(3));
        assert_eq!(n_leaders(in_threads(12, move || barrier.wait().is_leader())), 4);
    });
}

#[test]
fn the_leader_can_do_what_is_done_once() {
    check(|| {
        let barrier = Arc::new(Barrier::new(5));
        let (found, done) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let counts = in_threads(5, move || {
            found.fetch_add(1, Ordering::SeqCst);
            if barrier.wait().is_leader() {
                done.store(found.load(Ordering::SeqCst), Ordering::SeqCst);
            }
            barrier.wait();
            done.load(Ordering::SeqCst)
        });
        assert_eq!(counts, [5; 5]);
    });
}

#[test]
fn a_destructor_waits_for_it_while_unwinding() {
    struct WaitOnDrop(Arc<Barrier>);
    impl Drop for WaitOnDrop {
        fn drop(&mut self) {
            self.0.wait();
        }
    }
    check(|| {
        let barrier = Arc::new(Barrier::new(2));
        let theirs = barrier.clone();
        let died = thread::spawn(move || {
            let _wait = WaitOnDrop(theirs);
            panic!("and waits");
        });
        for _ in 0..10 {
            thread::yield_now();
        }
        barrier.wait();
        assert!(died.join().is_err());
        // Nothing is poisoned by that.
        let theirs = barrier.clone();
        let other = thread::spawn(move || theirs.wait().is_leader());
        assert_ne!(barrier.wait().is_leader(), other.join().unwrap());
    });
}

#[test]
fn has_the_traits_of_a_thing_that_is_shared() {
    fn is_shared<T: Send + Sync + UnwindSafe + RefUnwindSafe>() {}
    static START: Barrier = Barrier::new(1);
    check(|| {
        is_shared::<Barrier>();
        is_shared::<BarrierWaitResult>();
        assert_eq!(format!("{START:?}"), "Barrier { .. }");
        assert_eq!(format!("{:?}", START.wait()), "BarrierWaitResult { is_leader: true }");
    });
}
